"""Bring the system tables up to date with Alembic."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from oneclick.db.database import Database
from oneclick.errors import ConfigError

HEAD = "0001"
"""The newest revision in ``migrations/versions``; known here so that a start without news does not import Alembic
(half a second)."""

LOCK = 7_263_549_001
"""The PostgreSQL advisory lock that keeps two processes from migrating at once."""

MIGRATIONS = Path(__file__).parent / "migrations"


def revision(connection: sa.Connection) -> str:
    """Return the revision that the database is at, ``""`` for an empty one."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return ""
    return str(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() or "")


def migrate(database: Database) -> None:
    """Create or upgrade the system tables. Safe to call from several processes at once."""
    with database.connection() as connection:
        if revision(connection) == HEAD:
            return
    with database.transaction() as transaction:
        connection = transaction.connection
        if database.dialect == "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
        current = revision(connection)
        if current > HEAD:
            raise ConfigError(f"The database is at revision {current}, newer than this program knows ({HEAD}).")
        if current < HEAD:
            _upgrade(connection)


def _upgrade(connection: sa.Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
