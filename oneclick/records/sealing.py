"""Sealing the secrets of a record before it is stored, and finding the values behind placeholders."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from oneclick.errors import FieldErrors, ValidationError
from oneclick.fields import JsonField
from oneclick.records.record import Record
from oneclick.records.secrets import owner_of, unresolved
from oneclick.records.shapes import misshapen
from oneclick.records.statements import rowid

if TYPE_CHECKING:
    from oneclick.records.store import RecordStore

PAGE = 20
MOST = 2_000
"""How many of an owner's records are looked through for a secret."""


def secret_fields(record: Record) -> list[JsonField]:
    """Return the fields that hold secrets."""
    return [item for item in record.collection.fields if isinstance(item, JsonField) and item.secret_paths]


def sealed_by_client(record: Record) -> FieldErrors:
    """Return errors for sealed values in changed fields: only the server makes such, so a client must not send one."""
    errors: FieldErrors = {}
    for field in secret_fields(record):
        if record.changed(field.name):
            before = str(record.original(field.name))
            problem = unresolved(record[field.name], field.secret_paths, sealed=True)
            if problem and before != str(record[field.name]):
                errors[field.name] = problem
    return errors


def seal_record(store: RecordStore, record: Record) -> None:
    """Put sealed values in the place of placeholders (from the same owner's records, newest first) and of plain
    secrets. A placeholder that nothing answers stays: the validation names it, unless a plugin resolves it first.

    Raises :class:`ValidationError` for values that do not have the shape in which the secrets would be found.
    """
    fields = [field for field in secret_fields(record) if record.is_new or record.changed(field.name)]
    if errors := _shape_errors(record, fields):
        raise ValidationError(errors, f"Failed to {'create' if record.is_new else 'update'} record.")
    for field in fields:
        owner = owner_of(record, field)
        own = None if record.is_new else record.original(field.name)
        candidates = _candidates(store, record, field, owner)
        value = store.secrets.resolve(record[field.name], field.secret_paths, owner, candidates, own)
        record[field.name] = store.secrets.seal_all(value, field.secret_paths)


def _shape_errors(record: Record, fields: list[JsonField]) -> FieldErrors:
    found = {field.name: misshapen(record[field.name], field.secret_paths) for field in fields}
    return {name: problem for name, problem in found.items() if problem}


def _candidates(store: RecordStore, record: Record, field: JsonField, owner: str) -> Iterator[Any]:
    """Yield the values of the owner's records, newest first."""
    if not field.secret_owner or not owner:
        return
    table = record.collection.table
    newest = rowid(store.database.dialect, table).desc()
    order = [table.c.created.desc(), newest] if "created" in table.c else [newest]
    statement = sa.select(table.c[field.name]).where(table.c[field.secret_owner] == owner).order_by(*order)
    for offset in range(0, MOST, PAGE):
        with store.database.connection() as connection:
            rows = connection.execute(statement.limit(PAGE).offset(offset)).all()
        yield from (field.from_db(row[0]) for row in rows)
        if len(rows) < PAGE:
            return
