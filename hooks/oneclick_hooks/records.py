"""Hooks around records: request, validate, create, update, delete, and what comes after the commit.

A plain implementation runs before the operation, a ``wrapper=True`` generator around it. No transaction is open in
``…_request``, in the part of ``on_record_create`` (update, delete) before its ``yield``, and in ``on_record_validate``;
one is around ``…_execute``; ``…_after_…_success`` run after the outermost commit.
"""

from __future__ import annotations

from oneclick_hooks.events import (
    FileDownloadEvent,
    RecordEnrichEvent,
    RecordErrorEvent,
    RecordEvent,
    RecordsListEvent,
)
from oneclick_hooks.markers import hookspec


@hookspec
def on_records_list_request(event: RecordsListEvent) -> None:
    """A page of records is asked for over the API."""


@hookspec
def on_record_view_request(event: RecordEvent) -> None:
    """One record is asked for over the API; the view rule holds."""


@hookspec
def on_record_create_request(event: RecordEvent) -> None:
    """The API was asked to create ``event.record``; the create rule holds."""


@hookspec
def on_record_update_request(event: RecordEvent) -> None:
    """The API was asked to update ``event.record``; the update rule holds."""


@hookspec
def on_record_delete_request(event: RecordEvent) -> None:
    """The API was asked to delete ``event.record``; the delete rule holds."""


@hookspec
def on_record_validate(event: RecordEvent) -> None:
    """The record is validated, before a create or update; raise ``ApiError`` with field errors to refuse it."""


@hookspec
def on_record_create(event: RecordEvent) -> None:
    """Around the whole creation: validation, transaction, commit."""


@hookspec
def on_record_update(event: RecordEvent) -> None:
    """Around the whole update: validation, transaction, commit."""


@hookspec
def on_record_delete(event: RecordEvent) -> None:
    """Around the whole deletion: transaction, commit."""


@hookspec
def on_record_create_execute(event: RecordEvent) -> None:
    """Around the INSERT, inside the transaction: only the database may be talked to."""


@hookspec
def on_record_update_execute(event: RecordEvent) -> None:
    """Around the UPDATE, inside the transaction: only the database may be talked to."""


@hookspec
def on_record_delete_execute(event: RecordEvent) -> None:
    """Around the DELETE, inside the transaction: only the database may be talked to."""


@hookspec
def on_record_after_create_success(event: RecordEvent) -> None:
    """The creation is committed. An implementation that fails is logged and stops nothing."""


@hookspec
def on_record_after_update_success(event: RecordEvent) -> None:
    """The update is committed. An implementation that fails is logged and stops nothing."""


@hookspec
def on_record_after_delete_success(event: RecordEvent) -> None:
    """The deletion is committed. An implementation that fails is logged and stops nothing."""


@hookspec
def on_record_after_create_error(event: RecordErrorEvent) -> None:
    """The creation failed or was rolled back; ``event.error`` says why."""


@hookspec
def on_record_after_update_error(event: RecordErrorEvent) -> None:
    """The update failed or was rolled back; ``event.error`` says why."""


@hookspec
def on_record_after_delete_error(event: RecordErrorEvent) -> None:
    """The deletion failed or was rolled back; ``event.error`` says why."""


@hookspec
def on_record_enrich(event: RecordEnrichEvent) -> None:
    """A record is about to be sent (REST or realtime): hide or add keys."""


@hookspec
def on_file_download_request(event: FileDownloadEvent) -> None:
    """A file is about to be sent."""
