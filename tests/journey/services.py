"""PostgreSQL and Redis servers of the tests' own, in folders of their own."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from installation import eventually, free_port


def postgresql_binaries() -> Path | None:
    """Return the folder of ``initdb`` and ``postgres``, ``None`` where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    path = shutil.which("initdb")
    return Path(path).parent if path else None


def redis_binary() -> str | None:
    """Return a ``redis-server``, ``None`` where there is none."""
    return shutil.which("redis-server")


@contextmanager
def postgresql(binaries: Path) -> Iterator[str]:
    """Run a PostgreSQL server on a free port; the value is the URL of an empty database."""
    folder, port = Path(tempfile.mkdtemp(prefix="oc-pg-")), free_port()
    as_user = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    if as_user:
        shutil.chown(folder, "postgres")
    data = folder / "data"
    options = ["-U", "oneclick", "-A", "trust", "--no-sync"]
    subprocess.run([*as_user, binaries / "initdb", "-D", data, *options], check=True, capture_output=True, cwd=folder)
    settings = [f"port={port}", "listen_addresses=127.0.0.1", f"unix_socket_directories={folder}", "fsync=off"]
    flags = [flag for setting in settings for flag in ("-c", setting)]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [*as_user, binaries / "postgres", "-D", data, *flags], stdout=log, stderr=log, cwd=folder
        )
        ready = [binaries / "pg_isready", "-h", "127.0.0.1", "-p", str(port), "-q"]
        try:
            eventually(lambda: subprocess.run(ready, check=False).returncode == 0, 60, "PostgreSQL answers")
            create = [binaries / "createdb", "-h", "127.0.0.1", "-p", str(port), "-U", "oneclick", "oneclick"]
            subprocess.run(create, check=True, capture_output=True)
            yield f"postgresql://oneclick@127.0.0.1:{port}/oneclick"
        finally:
            server.terminate()
            server.wait(30)
            shutil.rmtree(folder, ignore_errors=True)


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
