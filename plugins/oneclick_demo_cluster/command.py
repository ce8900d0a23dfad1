"""``oneclick demo-cluster``."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import click


@click.command("demo-cluster")
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="ONECLICK_DATA",
    default=Path("oneclick_data"),
    show_default=True,
    help="The data folder; the kubeconfig is written there.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="The port to listen on; any free one if 0.")
@click.option("--advertise", default="", metavar="URL", help="The address that the kubeconfig names, if another.")
def demo_cluster(data: Path, host: str, port: int, advertise: str) -> None:
    """Run a stand-in for a Kubernetes cluster, in memory: nothing really runs there.

    For a first look without a cluster, and for tests. It ends on SIGTERM or Ctrl-C.
    """
    from oneclick_demo_cluster.process import run

    logging.basicConfig(level=logging.INFO, format="demo-cluster: %(message)s")
    if advertise and not advertise.startswith(("http://", "https://")):
        raise click.BadParameter("must be an address like http://demo:8001", param_hint="--advertise")
    try:
        run(data, host, port, advertise.rstrip("/"))
    except OSError as error:
        raise click.ClickException(f"The demo cluster cannot listen on {host}:{port}: {error}") from error
    # Nothing is left to save, and the interpreter would take a second to tidy a full store away.
    os._exit(0)
