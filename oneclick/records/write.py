"""Creating and updating a record."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

import sqlalchemy as sa

from oneclick.clock import now_text
from oneclick.errors import BadRequest, NotFound, ValidationError
from oneclick.fields import AutodateField
from oneclick.records import files
from oneclick.records.auth_records import forget_after_change, hash_passwords, prepare_auth
from oneclick.records.check import check_record, generate_values, unique_errors
from oneclick.records.events import WriteOperation
from oneclick.records.record import Record
from oneclick.records.sealing import seal_record
from oneclick.records.statements import statements, update_parameters
from oneclick_hooks.protocols import RequestInfo

if TYPE_CHECKING:
    from oneclick.records.store import RecordStore

FAILED = {"create": "Failed to create record.", "update": "Failed to update record."}


def save_record(store: RecordStore, record: Record, request: RequestInfo | None, *, validate: bool = True) -> None:
    """Create or update with all hooks, in the order of contract §9."""
    action = "create" if record.is_new else "update"
    if record.is_new:
        generate_values(store, record)
    seal_record(store, record)
    write = WriteOperation(store, action, record, request)
    write.run(partial(_perform, store, write, validate))


def _perform(store: RecordStore, write: WriteOperation, validate: bool) -> None:
    """What ``on_record_create`` and ``on_record_update`` are around."""
    record = write.record
    seal_record(store, record)  # a plugin may have set another value
    if record.collection.is_auth:
        prepare_auth(record)
    if validate:
        write.hook("on_record_validate", partial(_validate, store, write))
    hash_passwords(record)
    _set_dates(record)
    unwanted = files.dropped(record)
    keys = files.store_new(store.storage, record)
    done = False
    try:
        write.execute(
            partial(_store, store, write, unwanted), partial(files.remove, store.storage, keys) if keys else None
        )
        done = True
    finally:
        if not done and keys:
            files.remove(store.storage, keys)


def _validate(store: RecordStore, write: WriteOperation) -> None:
    errors = check_record(store, write.record)
    if errors:
        raise ValidationError(errors, FAILED[write.action])


def _store(store: RecordStore, write: WriteOperation, unwanted: list[str]) -> None:
    """The INSERT or UPDATE itself."""
    record = write.record
    row = record.changes()
    before = record.state()
    with _explained(write), store.database.transaction(savepoint=False) as transaction:
        connection = transaction.connection
        if record.is_new:
            connection.execute(statements(record.collection).insert, row)
        elif row:
            statement = statements(record.collection).update(row)
            if connection.execute(statement, update_parameters(record.id, row)).rowcount == 0:
                raise NotFound
            if record.collection.is_auth:
                forget_after_change(store, record, frozenset(row))
        if unwanted:
            transaction.after_commit(partial(files.remove, store.storage, unwanted))
        record.mark_stored(row)
        transaction.after_rollback(lambda _error: record.restore(before))


@contextmanager
def _explained(write: WriteOperation) -> Iterator[None]:
    """Turn what the database refuses into errors for the client."""
    try:
        yield
    except sa.exc.IntegrityError as error:
        fields = unique_errors(write.record.collection, error)
        raise ValidationError(fields, FAILED[write.action]) from error
    except sa.exc.DataError as error:
        raise BadRequest(FAILED[write.action]) from error


def _set_dates(record: Record) -> None:
    now = now_text()
    for field in record.collection.fields:
        if not isinstance(field, AutodateField):
            continue
        due = field.on_create if record.is_new else field.on_update
        # What code has set (an import) stays; clients cannot set it.
        given = record[field.name] and (record.is_new or record.changed(field.name))
        if due and not given:
            record[field.name] = now
