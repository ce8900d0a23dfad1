"""``oneclick logs``."""

from __future__ import annotations

import queue
import threading
import time
from datetime import UTC, datetime

import click

from oneclick.cli.client import Client, Refused, Row, signed_in
from oneclick.cli.group import CommandError
from oneclick.cli.projects import find_deployment

LOOK_SECONDS = 2.0
QUEUED_LINES = 10_000


@click.command()
@click.argument("deployment")
@click.option("--project", default="", help="The project's name or id.")
@click.option("-f", "--follow", is_flag=True, help="Go on with new lines, and with new pods.")
@click.option("--tail", type=click.IntRange(0), help="Only so many of the last lines of each pod.")
@click.option("--since", help="Only what is newer: seconds, or a time such as 2026-01-31T12:00:00Z.")
@click.option("--container", help="The container (the app's).")
@click.option("--previous", is_flag=True, help="The log of the container that ran before the last restart.")
def logs(
    deployment: str,
    project: str,
    follow: bool,
    tail: int | None,
    since: str | None,
    container: str | None,
    previous: bool,
) -> None:
    """Print the log of a deployment's pods (NAME, PROJECT/NAME or an id)."""
    client = signed_in()
    found = find_deployment(client, deployment, project)
    options = {"tail": str(tail) if tail is not None else "", "since": since or "", "container": container or ""}
    params = {name: value for name, value in options.items() if value} | {"previous": str(previous).lower()}
    if follow:
        Follower(client, found, params).run()
        return
    pods = pod_names(client, found)
    if not pods:
        raise CommandError(f"{deployment} has no pods.")
    for pod in pods:
        for line in client.lines(f"/rollouts/{found['project']}/{pod}/logs", {**params, "follow": "false"}):
            click.echo(f"{pod}: {line}" if len(pods) > 1 else line)


def pod_names(client: Client, deployment: Row) -> list[str]:
    """Return the names of a deployment's pods."""
    now = client.ask("GET", f"/rollouts/{deployment['project']}/{deployment['id']}/status")
    return list(now["deployment"]["podNames"])


class Follower:
    """Follows all pods of a deployment, those that come later too."""

    def __init__(self, client: Client, deployment: Row, params: dict[str, str]) -> None:
        self.client, self.deployment, self.params = client, deployment, params
        self.lines: queue.Queue[tuple[str, str]] = queue.Queue(QUEUED_LINES)
        self.threads: dict[str, threading.Thread] = {}
        self.ended: dict[str, str] = {}

    def run(self) -> None:
        """Print lines until Ctrl-C."""
        looked = 0.0
        while True:
            if time.monotonic() - looked >= LOOK_SECONDS:
                self._look_again() if looked else self._look()
                looked = time.monotonic()
            try:
                pod, line = self.lines.get(timeout=LOOK_SECONDS / 4)
            except queue.Empty:
                continue
            click.echo(f"{pod}: {line}" if len(self.threads) > 1 else line)

    def _look_again(self) -> None:
        try:
            self._look()
        except Refused:
            raise
        except CommandError as error:
            raise CommandError(f"The server at {self.client.url} has stopped or is out of reach.") from error

    def _look(self) -> None:
        pods = pod_names(self.client, self.deployment)
        for gone in self.threads.keys() - set(pods):
            if not self.threads[gone].is_alive():
                del self.threads[gone]
        for pod in pods:
            if pod not in self.threads or not self.threads[pod].is_alive():
                # A daemon: it waits for a stream that may never end.
                self.threads[pod] = threading.Thread(target=self._stream, args=(pod,), daemon=True)
                self.threads[pod].start()

    def _stream(self, pod: str) -> None:
        params = {**self.params, "follow": "true"}
        if pod in self.ended:
            # The stream ended (a restarted container, a server that went away): what came before is printed.
            params = {**params, "since": self.ended[pod]}
            params.pop("tail", None)
        try:
            for line in self.client.lines(f"/rollouts/{self.deployment['project']}/{pod}/logs", params):
                self.lines.put((pod, line))
        except CommandError:
            # Not running yet, or gone: looking again will tell.
            return
        self.ended[pod] = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
