"""Databases for tests: a SQLite file each, and databases of one PostgreSQL server a test run."""

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
from sqlalchemy.engine import make_url

from oneclick.collections import Collections
from oneclick.db import Database, migrate
from oneclick.ids import LOWER, random_text


def required(what: str) -> bool:
    return bool({"all", what} & set(os.environ.get("ONECLICK_TEST_REQUIRE", "").replace(" ", "").split(",")))


def _binaries() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


@functools.cache
def server() -> str | None:
    """Start PostgreSQL on a unix socket once; return the address of its server, None where there is none."""
    given = os.environ.get("ONECLICK_TEST_POSTGRESQL")
    if given:
        return given.rstrip("/")
    binaries = _binaries()
    if binaries is None:
        return None
    folder = Path(tempfile.mkdtemp(prefix="ocpg", dir="/tmp"))
    shell = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if shell:
        shutil.chown(folder, "postgres")
    data = folder / "data"

    def run(*command: str) -> None:
        subprocess.run([*shell, *command], check=True, cwd=folder, stdout=subprocess.DEVNULL)

    run(str(binaries / "initdb"), "-D", str(data), "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync")
    options = f"-c listen_addresses='' -c fsync=off -c max_connections=200 -k {folder}"
    run(str(binaries / "pg_ctl"), "-D", str(data), "-w", "-o", options, "-l", str(folder / "log"), "start")

    def stop() -> None:
        run(str(binaries / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)

    atexit.register(stop)
    return f"postgresql://postgres@/{{database}}?host={folder}"


def new_postgresql(template: str = "template1") -> str:
    """Make a database, an empty one or a copy, and return its address; skip where there is no server."""
    address = server()
    if address is None:
        if required("postgresql"):
            pytest.fail("PostgreSQL is required and not installed")
        pytest.skip("PostgreSQL is not installed")
    name = f"t_{random_text(10, LOWER)}"
    with psycopg.connect(address.format(database="postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    return address.format(database=name)


def new_database(kind: str, folder: Path) -> str:
    """Return the address of an empty database."""
    return new_postgresql() if kind == "postgresql" else f"sqlite:///{folder}/data.db"


def new_copy(kind: str, folder: Path) -> str:
    """Return the address of a database with the system collections; copied, since making them takes a while."""
    template = _template(kind)
    if kind == "postgresql":
        return new_postgresql(str(make_url(template).database))
    shutil.copy(template.removeprefix("sqlite:///"), folder / "data.db")
    return f"sqlite:///{folder}/data.db"


@functools.cache
def _template(kind: str) -> str:
    folder = Path(tempfile.mkdtemp(prefix="oct"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    url = new_database(kind, folder)
    database = Database(url)
    migrate(database)
    assert Collections(database).ensure() == []
    database.close()
    return url
