"""A Redis server of the tests' own."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from installation import free_port


def redis_binary() -> str | None:
    """Return a ``redis-server``, ``None`` where there is none."""
    return shutil.which("redis-server")


@contextmanager
def redis(binary: str) -> Iterator[str]:
    """Run a Redis server on a free port; the value is its URL."""
    port = free_port()
    command = [binary, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        server.terminate()
        server.wait(30)
