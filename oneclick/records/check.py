"""Validation of a record before it is stored: its fields, and what needs the database."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from oneclick.collections import Collection
from oneclick.errors import FieldErrors, field_error
from oneclick.fields import Field, FileField, JsonField, RelationField, TextField
from oneclick.fields.text import PlainTextField
from oneclick.records.record import Record
from oneclick.records.secrets import misplaced, unresolved
from oneclick.records.statements import chunks, statements

if TYPE_CHECKING:
    from oneclick.records.store import RecordStore

NOT_UNIQUE = field_error("validation_not_unique", "Value must be unique")
MISSING_RELATION = field_error(
    "validation_missing_rel_records", "Failed to find all relation records with the provided ids"
)
AUTOGENERATE_TRIES = 8


def check_record(store: RecordStore, record: Record) -> FieldErrors:
    """Return the errors by field; empty when the record may be stored."""
    errors: FieldErrors = {}
    for field in record.collection.fields:
        problem = _check_field(store, record, field)
        if problem:
            errors[field.name] = problem
    if record.is_new and record.collection.is_auth and "id" not in errors and _is_taken(store, record):
        errors["id"] = field_error("validation_invalid_auth_id", "Invalid or duplicated auth record id")
    return errors


def _check_field(store: RecordStore, record: Record, field: Field) -> FieldErrors | None:
    value = record[field.name]
    if problem := field.validate(value):
        return problem
    if not record.is_new and not record.changed(field.name):
        return None
    if isinstance(field, FileField):
        return field.unknown_names(value, record.original(field.name))
    if isinstance(field, JsonField):
        return unresolved(value, field.secret_paths) or misplaced(value, field.secret_paths) or None
    if isinstance(field, PlainTextField) and (problem := misplaced(value)):
        return problem
    if isinstance(field, RelationField):
        return _check_relation(store, field, value)
    if isinstance(field, TextField) and field.primary_key and not record.is_new:
        return field_error("validation_pk_change", "The record primary key cannot be changed")
    return None


def _check_relation(store: RecordStore, field: RelationField, value: Any) -> FieldErrors | None:
    ids = field.names(value)
    if not ids:
        return None
    target = store.collections.get(field.collection_id)
    if target is None:
        text = "Relation connection is missing or cannot be accessed"
        return field_error("validation_missing_rel_collection", text)
    with store.database.connection() as connection:
        found = sum(len(connection.execute(statements(target).ids, {"ids": part}).all()) for part in chunks(ids))
    return None if found == len(ids) else MISSING_RELATION


def _is_taken(store: RecordStore, record: Record) -> bool:
    """Tell whether a record of another auth collection has this id: it would share tokens and files with it."""
    others = [item for item in store.collections.all() if item.is_auth and item.id != record.collection.id]
    with store.database.connection() as connection:
        return any(connection.execute(statements(item).by_id, {"id": record.id}).first() for item in others)


def generate_values(store: RecordStore, record: Record) -> None:
    """Fill a new record's empty texts that have a pattern for it; unique ones with a value that nobody has."""
    for field in record.collection.fields:
        if not isinstance(field, TextField) or not field.autogenerate_pattern or record[field.name]:
            continue
        value = field.generated()
        # Long patterns (ids, token keys) never meet; a short one such as a username's may.
        if field.name in record.collection.unique_fields and field.name != "tokenKey":
            value = _free_value(store, record.collection, field, value)
        record[field.name] = value


def _free_value(store: RecordStore, collection: Collection, field: TextField, value: str) -> str:
    column = collection.table.c[field.name]
    statement = sa.select(column).where(column == sa.bindparam("value"))
    with store.database.connection() as connection:
        for _ in range(AUTOGENERATE_TRIES):
            if connection.execute(statement, {"value": value}).first() is None:
                break
            value = field.generated()
    return value


def unique_errors(collection: Collection, error: sa.exc.IntegrityError) -> FieldErrors:
    """Return the field errors of a violated unique index; empty for any other violation."""
    names = _violated(collection, error)
    return {name: NOT_UNIQUE for name in names if collection.field(name) is not None}


def _violated(collection: Collection, error: sa.exc.IntegrityError) -> tuple[str, ...]:
    diagnosis = getattr(error.orig, "diag", None)
    if diagnosis is not None:  # PostgreSQL names the index
        return _columns_of(collection, str(diagnosis.constraint_name or ""))
    text = str(error.orig)
    if not text.startswith("UNIQUE constraint failed: "):
        return ()
    places = text.partition(": ")[2]
    if places.startswith("index "):
        return _columns_of(collection, places.removeprefix("index ").strip("'"))
    return tuple(place.strip().rpartition(".")[2] for place in places.split(","))


def _columns_of(collection: Collection, index_name: str) -> tuple[str, ...]:
    if index_name == f"{collection.name}_pkey":
        return ("id",)
    found: Mapping[str, tuple[str, ...]] = {index.name: index.column_names for index in collection.parsed_indexes}
    return found.get(index_name, ())
