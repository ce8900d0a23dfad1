"""Single JSON values by name, in the system table ``_params``."""

from __future__ import annotations

from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from oneclick.clock import now_text
from oneclick.db.database import Database
from oneclick.db.system_tables import params

_READ = sa.select(params.c.value).where(params.c.id == sa.bindparam("name"))


class Params:
    """The values in ``_params``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, name: str, default: Any = None) -> Any:
        """Return the value stored under ``name``."""
        with self._database.connection() as connection:
            text = connection.execute(_READ, {"name": name}).scalar()
        return default if text is None else orjson.loads(text)

    def set(self, name: str, value: Any) -> None:
        """Store ``value`` under ``name``."""
        row = {"id": name, "value": orjson.dumps(value).decode(), "updated": now_text()}
        with self._database.transaction(savepoint=False) as transaction:
            transaction.connection.execute(upsert(self._database.dialect, params, ["id"]), row)

    def set_default(self, name: str, value: Any) -> Any:
        """Store ``value`` unless there is one, and return what is stored then: the first of several processes wins."""
        row = {"id": name, "value": orjson.dumps(value).decode(), "updated": now_text()}
        with self._database.transaction(savepoint=False) as transaction:
            transaction.connection.execute(insert_missing(self._database.dialect, params, ["id"]), row)
            return self.get(name)

    def delete(self, name: str) -> None:
        """Forget the value."""
        with self._database.transaction(savepoint=False) as transaction:
            transaction.connection.execute(sa.delete(params).where(params.c.id == name))


def upsert(dialect: str, table: sa.Table, key: list[str]) -> Any:
    """Return an INSERT that becomes an UPDATE of the other columns when ``key`` is there already."""
    insert = _insert(dialect, table)
    changed = {column.name: insert.excluded[column.name] for column in table.columns if column.name not in key}
    return insert.on_conflict_do_update(index_elements=key, set_=changed)


def insert_missing(dialect: str, table: sa.Table, key: list[str]) -> Any:
    """Return an INSERT that does nothing when ``key`` is there already."""
    return _insert(dialect, table).on_conflict_do_nothing(index_elements=key)


def _insert(dialect: str, table: sa.Table) -> Any:
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
