"""SQLAlchemy engines for SQLite and PostgreSQL.

Both run in driver-level autocommit: a read costs no BEGIN and no ROLLBACK, and :class:`~oneclick.db.database.Database`
opens write transactions by SQL of its own on the connection that a thread holds already.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url

from oneclick.errors import ConfigError

BUSY_TIMEOUT_MS = 10_000
"""How long a SQLite writer waits for another process's write transaction."""

POOL_SIZE = 8
POOL_OVERFLOW = 24
POOL_TIMEOUT = 30.0


def make_engine(url: str) -> sa.Engine:
    """Return an engine for ``url`` (``sqlite:///…`` or ``postgresql://…``). Opens no connection."""
    parsed = _parse(url)
    common: dict[str, Any] = {
        # Parameters are people's data, which is not for the log.
        "hide_parameters": True,
        "isolation_level": "AUTOCOMMIT",
        "skip_autocommit_rollback": True,
        "pool_size": POOL_SIZE,
        "max_overflow": POOL_OVERFLOW,
        "pool_timeout": POOL_TIMEOUT,
    }
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(parsed, common)
    return sa.create_engine(
        parsed.set(drivername="postgresql+psycopg"),
        pool_pre_ping=True,
        connect_args={"application_name": "oneclick"},
        **common,
    )


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except sa.exc.ArgumentError as error:
        raise ConfigError("DATABASE_URL is not a database address such as postgresql://user@host/name.") from error
    if parsed.get_backend_name() not in ("sqlite", "postgresql"):
        raise ConfigError(f"DATABASE_URL names {parsed.get_backend_name()!r}; sqlite and postgresql are supported.")
    if parsed.get_backend_name() == "sqlite" and parsed.database in (None, "", ":memory:"):
        raise ConfigError("DATABASE_URL needs a file for sqlite, such as sqlite:////var/lib/oneclick/data.db.")
    return parsed


def _sqlite(url: URL, common: dict[str, Any]) -> sa.Engine:
    Path(str(url.database)).expanduser().parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000}, **common)
    sa.event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    """Set up a new SQLite connection: WAL, waiting writers, case-insensitive LIKE stays SQLite's own."""
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout = {BUSY_TIMEOUT_MS}",
        "journal_mode = WAL",
        "journal_size_limit = 200000000",
        "synchronous = NORMAL",
        "temp_store = MEMORY",
        "cache_size = -32000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
