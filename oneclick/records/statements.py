"""SQL statements per collection, made once: SQLAlchemy's cache then finds their compiled form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache
from typing import Any

import sqlalchemy as sa

from oneclick.collections import Collection
from oneclick.collections.tables import ROWID
from oneclick.fields.casting import is_storable

IN_CHUNK = 10_000
"""As many ids as one IN holds: both databases' limits on parameters are above it."""


class Statements:
    """The statements of one collection."""

    def __init__(self, collection: Collection) -> None:
        self.collection = collection
        self.table = collection.table
        # SQLAlchemy's own names are of a str subclass that orjson refuses as keys.
        self.names: tuple[str, ...] = tuple(str(field.name) for field in collection.fields)
        self.columns = tuple(self.table.c[name] for name in self.names)
        self._updates: dict[frozenset[str], sa.Update] = {}

    @cached_property
    def all(self) -> sa.Select[Any]:
        """Select all columns."""
        return sa.select(*self.columns)

    @cached_property
    def by_id(self) -> sa.Select[Any]:
        """Select one record by ``:id``."""
        return self.all.where(self.table.c.id == sa.bindparam("id"))

    @cached_property
    def by_ids(self) -> sa.Select[Any]:
        """Select records by ``:ids``."""
        return self.all.where(self.table.c.id.in_(sa.bindparam("ids", expanding=True)))

    @cached_property
    def ids(self) -> sa.Select[Any]:
        """Select those of ``:ids`` that there are."""
        return sa.select(self.table.c.id).where(self.table.c.id.in_(sa.bindparam("ids", expanding=True)))

    @cached_property
    def insert(self) -> sa.Insert:
        """Insert a whole row."""
        return sa.insert(self.table)

    def update(self, names: Iterable[str]) -> sa.Update:
        """Update columns of the record ``:row``; values by ``:v_`` and the column's name."""
        key = frozenset(names)
        statement = self._updates.get(key)
        if statement is None:
            values: dict[str, Any] = {name: sa.bindparam(f"v_{name}") for name in sorted(key)}
            statement = sa.update(self.table).where(self.table.c.id == sa.bindparam("row")).values(values)
            self._updates[key] = statement
        return statement

    @cached_property
    def delete(self) -> sa.Delete:
        """Delete the record ``:row``."""
        return sa.delete(self.table).where(self.table.c.id == sa.bindparam("row"))

    def row(self, values: Iterable[Any]) -> dict[str, Any]:
        """Return a result row by field."""
        return dict(zip(self.names, values, strict=True))


@lru_cache(maxsize=512)
def statements(collection: Collection) -> Statements:
    """Return the statements of a collection (kept while its definition does not change)."""
    return Statements(collection)


def rowid(dialect: str, table: sa.FromClause) -> sa.ColumnElement[int]:
    """Return the order of insertion as a column of ``table``."""
    name = ROWID if dialect == "postgresql" else "_rowid_"
    return sa.literal_column(f'"{table.name}".{name}', sa.BigInteger)  # type: ignore[attr-defined]


def chunks(ids: Iterable[str]) -> Iterable[list[str]]:
    """Split ids into lists that one IN holds, without those that no record can have."""
    listed = [record_id for record_id in ids if is_storable(record_id)]
    return (listed[start : start + IN_CHUNK] for start in range(0, len(listed), IN_CHUNK))


def update_parameters(record_id: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of :meth:`Statements.update`."""
    return {"row": record_id} | {f"v_{name}": value for name, value in row.items()}
