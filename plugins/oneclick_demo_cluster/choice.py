"""Whether the demo cluster is the cluster to use, and waiting for it to answer."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from oneclick_demo_cluster import kubeconfig
from oneclick_hooks.kubernetes import ClusterConnection
from oneclick_hooks.protocols import App

NOTICE = (
    "This is the demo cluster: nothing really runs here. It forgets everything when it stops, and your rollouts are"
    " applied again at the next start."
)
START_SECONDS = 10.0
"""How long a process waits for a demo cluster that is just starting."""

POLL_SECONDS = 0.05
UNDER_SERVE = "ONECLICK_SERVE"
"""Set by ``oneclick serve`` for its processes, and for those that join it."""

_TRUE = frozenset({"1", "true", "yes", "on"})


def environment(app: App) -> Mapping[str, str]:
    """Return the environment that the application was configured with."""
    config = getattr(app, "config", None)
    found: Mapping[str, str] = getattr(config, "environ", os.environ)
    return found


def is_chosen(environ: Mapping[str, str]) -> bool:
    """Whether the settings choose the demo cluster: by name, or because they name no other (see docs/settings)."""
    mode = environ.get("ONECLICK_CLUSTER", "").strip().lower() or "auto"
    if mode != "auto":
        return mode == "demo"
    other = environ.get("KUBERNETES_SERVICE_HOST") or environ.get("DATABASE_URL", "").strip()
    return not other and environ.get("LOCAL", "").strip().lower() not in _TRUE


def connection(app: App) -> ClusterConnection | None:
    """Return the way to the demo cluster, once it answers; ``None`` when it is not chosen or never starts."""
    environ = environment(app)
    if not is_chosen(environ):
        return None
    path = kubeconfig.path_in(Path(app.data_dir))
    # Chosen by default and not under `oneclick serve`, nobody is about to start one.
    expected = environ.get("ONECLICK_CLUSTER", "").strip().lower() == "demo" or bool(environ.get(UNDER_SERVE))
    end = time.monotonic() + (START_SECONDS if expected or path.exists() else 0.0)
    while not _answers(path):
        if time.monotonic() >= end:
            break
        time.sleep(POLL_SECONDS)
    return ClusterConnection(kubeconfig=str(path), notice=NOTICE) if path.exists() else None


def _answers(path: Path) -> bool:
    """Whether somebody listens where the kubeconfig says (a killed demo cluster leaves its file behind)."""
    address = urlsplit(kubeconfig.read_server(path))
    if not address.hostname:
        return False
    try:
        with socket.create_connection((address.hostname, address.port or 80), timeout=1):
            return True
    except OSError:
        return False
