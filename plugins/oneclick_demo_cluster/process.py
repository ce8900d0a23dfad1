"""The demo cluster's process: everything put together, until a signal ends it."""

from __future__ import annotations

import logging
import os
import secrets
import signal
import threading
from dataclasses import dataclass
from pathlib import Path

from oneclick_demo_cluster import kubeconfig
from oneclick_demo_cluster.controllers import build
from oneclick_demo_cluster.controllers.loop import Loop
from oneclick_demo_cluster.machinery.store import Store
from oneclick_demo_cluster.machinery.writes import Writer
from oneclick_demo_cluster.seed import seed
from oneclick_demo_cluster.server.app import ApiServer
from oneclick_demo_cluster.server.http import Server

log = logging.getLogger(__name__)

ENDS = (signal.SIGTERM, signal.SIGINT)
READY_FILE = "ONECLICK_READY_FILE"
"""Names a file to make once the service can be used (``oneclick serve`` waits for it)."""


@dataclass(slots=True)
class DemoCluster:
    """A running demo cluster."""

    server: Server
    loop: Loop
    store: Store
    token: str

    @classmethod
    def start(cls, host: str, port: int, token: str) -> DemoCluster:
        """Start listening and controlling. Raises ``OSError`` when the address is taken."""
        store = Store()
        writer = Writer(store)
        loop = Loop(store, build(store, writer))
        server = Server((host, port), ApiServer(store, writer, token))
        seed(writer)
        loop.start()
        threading.Thread(target=server.serve_forever, args=(0.1,), name="http", daemon=True).start()
        return cls(server, loop, store, token)

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self.server.server_address[1])

    def stop(self) -> None:
        """End watches and log streams, and stop listening."""
        self.store.close()
        self.server.shutdown()
        self.server.server_close()
        self.loop.stop()


def run(data: Path, host: str, port: int, advertise: str) -> None:
    """Run until SIGTERM or SIGINT; the kubeconfig is there as long as the cluster answers."""
    # Waited for below, not handled: a handler could come at any moment, while a lock is held.
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDS)
    path = kubeconfig.path_in(data)
    token = kubeconfig.read_token(path) or secrets.token_urlsafe(32)
    cluster = _start(host, port, path, token)
    address = advertise or f"http://{_reachable(host)}:{cluster.port}"
    kubeconfig.write(path, address, token)
    if ready := os.environ.get(READY_FILE):
        Path(ready).touch()
    log.info("The demo cluster listens on %s; nothing really runs there. Its kubeconfig is %s.", address, path)
    try:
        signal.sigwait(ENDS)
    finally:
        kubeconfig.remove(path, token)
        cluster.stop()


def _start(host: str, port: int, path: Path, token: str) -> DemoCluster:
    """Start on the given port; without one, on the port of an earlier life if its clients may still look there."""
    earlier = kubeconfig.read_port(path) if not port else 0
    if earlier:
        try:
            return DemoCluster.start(host, earlier, token)
        except OSError:
            log.debug("Port %s of an earlier life is taken.", earlier)
    return DemoCluster.start(host, port, token)


def _reachable(host: str) -> str:
    """An address that listens on everything is reached on this machine by the loopback."""
    if host in ("", "0.0.0.0", "::"):  # noqa: S104  (compared, not bound)
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host
