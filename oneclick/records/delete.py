"""Deleting a record, and what refers to it (contract §1.9)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import sqlalchemy as sa

from oneclick.collections import Collection
from oneclick.db.dialects import json_list_contains
from oneclick.errors import BadRequest, NotFound
from oneclick.fields import RelationField
from oneclick.records import files
from oneclick.records.auth_records import check_last_superuser, forget_all
from oneclick.records.events import WriteOperation
from oneclick.records.record import Record
from oneclick.records.statements import statements
from oneclick_hooks.protocols import RequestInfo

if TYPE_CHECKING:
    from oneclick.records.store import RecordStore

REFERENCED = "Failed to delete record. Make sure that the record is not part of a required relation reference."


def delete_record(store: RecordStore, record: Record, request: RequestInfo | None) -> None:
    """Delete with all hooks; everything that goes with it is in the same transaction."""
    write = WriteOperation(store, "delete", record, request)
    write.run(lambda: write.execute(partial(_delete, store, record, request)))


def _delete(store: RecordStore, record: Record, request: RequestInfo | None) -> None:
    check_last_superuser(store, record)
    store.tell_deleting(record)
    with store.database.transaction(savepoint=False) as transaction:
        parameters = {"row": record.id}
        if transaction.connection.execute(statements(record.collection).delete, parameters).rowcount == 0:
            raise NotFound
        if record.collection.is_auth:
            forget_all(store, record)
        for collection, field in _pointing(store, record.collection):
            for other in _referring(store, collection, field, record.id):
                _unlink(store, other, field, record.id, request)
        if record.collection.file_fields:
            place = files.folder(record.collection, record.id) + "/"
            transaction.after_commit(partial(files.remove, store.storage, [place]))


def _pointing(store: RecordStore, target: Collection) -> list[tuple[Collection, RelationField]]:
    """Return the relation fields that refer to ``target``, by their collections' names."""
    found = [
        (collection, field)
        for collection in store.collections.all()
        if not collection.is_view
        for field in collection.relation_fields
        if field.collection_id == target.id
    ]
    return sorted(found, key=lambda pair: pair[0].name)


def _referring(store: RecordStore, collection: Collection, field: RelationField, record_id: str) -> list[Record]:
    column = collection.table.c[field.name]
    if field.is_multiple:
        condition = json_list_contains(store.database.dialect, column, record_id)
    else:
        condition = column == record_id
    with store.database.connection() as connection:
        rows = connection.execute(statements(collection).all.where(condition)).all()
    return [Record(collection, statements(collection).row(row)) for row in rows]


def _unlink(
    store: RecordStore, record: Record, field: RelationField, record_id: str, request: RequestInfo | None
) -> None:
    """Take an id out of a relation; what is then empty goes along, or keeps the other from going."""
    left = [item for item in field.names(record[field.name]) if item != record_id]
    if left or not (field.cascade_delete or field.required):
        record[field.name] = left if field.is_multiple else ""
        store.save_unchecked(record, request)
    elif field.cascade_delete:
        # An earlier branch of the cascade may have deleted it already.
        if _exists(store, record):
            delete_record(store, record, request)
    else:
        raise BadRequest(REFERENCED)


def _exists(store: RecordStore, record: Record) -> bool:
    """Tell whether a record still is in the database."""
    with store.database.connection() as connection:
        statement = sa.select(sa.literal(1)).where(record.collection.table.c.id == record.id)
        return connection.execute(statement).first() is not None
