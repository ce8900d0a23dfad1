"""Signing in by password (contract §2.3)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from oneclick.auth.passwords import hash_password, needs_rehash, verify_password, waste_time
from oneclick.collections import Collection
from oneclick_hooks.protocols import Record, RecordStore


def find_by_identity(
    records: RecordStore, collection: Collection, identity: str, fields: Iterable[str]
) -> Record | None:
    """Return the record whose e-mail, username … is ``identity``.

    ``fields`` are looked at in their order, the e-mail first when the identity looks like one; a field without a
    unique index of its own is passed over: it names nobody for sure.
    """
    ordered = sorted(fields, key=lambda name: name != "email") if "@" in identity else list(fields)
    for name in ordered:
        index = collection.unique_index(name)
        if index is None:
            continue
        ignores_case = index.columns[0].ignores_case
        condition = f"{name}:lower = {{:identity}}" if ignores_case else f"{name} = {{:identity}}"
        value = identity.lower() if ignores_case else identity
        record = records.first(collection.name, condition, {"identity": value})
        if record is not None:
            return record
    return None


def check_password(database: Any, record: Record | None, password: str) -> bool:
    """Tell whether ``password`` is the record's; takes as long without a record. An old hash is replaced."""
    if record is None or not record["password"].hash:
        waste_time(password)
        return False
    hashed = record["password"].hash
    if not verify_password(hashed, password):
        return False
    if needs_rehash(hashed):
        _replace_hash(database, record, hashed, hash_password(password))
    return True


def _replace_hash(database: Any, record: Record, old: str, new: str) -> None:
    """Store another hash of the same password: no change of the record that ends tokens or fires hooks."""
    collection: Any = record.collection
    table = collection.table
    statement = sa.update(table).where(table.c.id == record.id, table.c.password == old).values(password=new)
    with database.transaction() as transaction:
        transaction.connection.execute(statement)
