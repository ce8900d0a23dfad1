"""Databases for tests: a SQLite file each, or one of the test run's PostgreSQL server each."""

from __future__ import annotations

import atexit
import functools
import shutil
import tempfile
from pathlib import Path

from sqlalchemy.engine import make_url

from oneclick.collections import Collections
from oneclick.db import Database, migrate
from tests.db.postgresql import new_postgresql


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
