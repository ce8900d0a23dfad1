"""The one PostgreSQL server of a test run: of its own, in a folder of its own, on a unix socket and no port."""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import psycopg
import pytest

from oneclick.ids import LOWER, random_text


def new_postgresql(template: str = "template1") -> str:
    """Make a database, an empty one or a copy, and return its address.

    Where PostgreSQL is not installed the test is skipped, or fails if ``ONECLICK_TEST_REQUIRE`` asks for it.
    """
    address = _server()
    if address is None:
        missing = "there is no initdb in /usr/lib/postgresql/*/bin or on the PATH"
        required = os.environ.get("ONECLICK_TEST_REQUIRE", "").replace(" ", "").split(",")
        if {"all", "postgresql"} & set(required):
            pytest.fail(missing)
        pytest.skip(missing)
    name = f"t_{random_text(10, LOWER)}"
    with psycopg.connect(address.format(database="postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    return address.format(database=name)


def _binaries() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


@functools.cache
def _server() -> str | None:
    """Start the server once; return its address with a place for the database, None where it is not installed."""
    binaries = _binaries()
    if binaries is None:
        return None
    # The path of a unix socket may have no more than 107 bytes: not below pytest's folders.
    folder = Path(tempfile.mkdtemp(prefix="ocpg", dir="/tmp"))
    # PostgreSQL refuses to run as root.
    shell = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if shell:
        shutil.chown(folder, "postgres")
    data = folder / "data"

    def run(*command: str) -> None:
        subprocess.run([*shell, *command], check=True, cwd=folder, stdout=subprocess.DEVNULL)

    run(str(binaries / "initdb"), "-D", str(data), "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync")
    options = f"-c listen_addresses='' -c fsync=off -c synchronous_commit=off -c max_connections=200 -k {folder}"
    run(str(binaries / "pg_ctl"), "-D", str(data), "-w", "-o", options, "-l", str(folder / "log"), "start")

    def stop() -> None:
        run(str(binaries / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)

    atexit.register(stop)
    return f"postgresql://postgres@/{{database}}?host={folder}"
