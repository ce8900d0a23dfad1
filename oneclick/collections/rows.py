"""Collections as rows of the system table ``_collections``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
import sqlalchemy as sa

from oneclick.collections.model import ACTIONS, Collection
from oneclick.db.system_tables import collections as table
from oneclick.fields import field_from_dict

_ALL = sa.select(table)


def read_all(connection: sa.Connection) -> list[Collection]:
    """Return the stored collections, the system's first, then by name."""
    rows = connection.execute(_ALL).mappings().all()
    return sorted((_collection(row) for row in rows), key=lambda item: (not item.system, item.name.lower()))


def read_declared(connection: sa.Connection) -> dict[str, Any]:
    """Return by collection id what plugins declared last."""
    rows = connection.execute(sa.select(table.c.id, table.c.declared)).all()
    return {row[0]: orjson.loads(row[1]) for row in rows}


def insert(connection: sa.Connection, collection: Collection, declared: Mapping[str, Any] | None = None) -> None:
    """Store a new collection."""
    connection.execute(sa.insert(table), _row(collection, declared or {}))


def update(connection: sa.Connection, collection: Collection, declared: Mapping[str, Any] | None = None) -> None:
    """Store a changed collection; without ``declared`` what was declared last stays."""
    row = _row(collection, declared)
    connection.execute(sa.update(table).where(table.c.id == collection.id).values(row))


def delete(connection: sa.Connection, collection: Collection) -> None:
    """Forget a collection."""
    connection.execute(sa.delete(table).where(table.c.id == collection.id))


def _collection(row: Mapping[Any, Any]) -> Collection:
    return Collection(
        id=row["id"],
        name=row["name"],
        type=row["type"],
        fields=tuple(field_from_dict(item) for item in orjson.loads(row["fields"])),
        rules={action: row[f"{action}Rule"] for action in ACTIONS},
        indexes=tuple(orjson.loads(row["indexes"])),
        options=orjson.loads(row["options"]),
        system=bool(row["system"]),
        created=row["created"],
        updated=row["updated"],
        plugin=row["plugin"],
    )


def _row(collection: Collection, declared: Mapping[str, Any] | None) -> dict[str, Any]:
    row = {
        "id": collection.id,
        "name": collection.name,
        "type": collection.type,
        "system": collection.system,
        **{f"{action}Rule": collection.rules.get(action) for action in ACTIONS},
        "fields": _json([field.to_dict() for field in collection.fields]),
        "indexes": _json(collection.indexes),
        "options": _json(collection.options),
        "plugin": collection.plugin,
        "created": collection.created,
        "updated": collection.updated,
    }
    if declared is not None:
        row["declared"] = _json(declared)
    return row


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()
