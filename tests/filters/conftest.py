"""A PostgreSQL server of the session's own, where Debian's binaries are installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
import sqlalchemy as sa

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


def _as_postgres(*command):
    """PostgreSQL refuses to run as root."""
    prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    subprocess.run([*prefix, *map(str, command)], check=True, capture_output=True, cwd="/")


def _missing(reason):
    if {"all", "postgresql"} & set(os.environ.get("ONECLICK_TEST_REQUIRE", "").replace(" ", "").split(",")):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def postgresql_url():
    if url := os.environ.get("ONECLICK_TEST_POSTGRESQL"):
        yield url
        return
    if not BINARIES:
        _missing("PostgreSQL is not installed")
    binaries = BINARIES[-1]
    folder = Path(tempfile.mkdtemp(prefix="oc-pg-", dir="/tmp"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    data = folder / "data"
    _as_postgres(binaries / "initdb", "-D", data, "-A", "trust", "-U", "oneclick", "--no-sync", "-E", "UTF8")
    options = f"-c listen_addresses='' -k {folder} -c fsync=off -c synchronous_commit=off"
    _as_postgres(binaries / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start")
    try:
        yield f"postgresql+psycopg://oneclick@/postgres?host={folder}"
    finally:
        _as_postgres(binaries / "pg_ctl", "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def sqlite_engine():
    return sa.create_engine("sqlite://", poolclass=sa.StaticPool)


@pytest.fixture(scope="session")
def postgresql_engine(postgresql_url):
    engine = sa.create_engine(postgresql_url)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def engine(request):
    return request.getfixturevalue(f"{request.param}_engine")
