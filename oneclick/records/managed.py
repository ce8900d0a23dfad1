"""Which auth records a caller manages (the manage rule holds): their emails are shown, their passwords changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from oneclick.records.record import Record
from oneclick.records.request import RequestInfo

if TYPE_CHECKING:
    from oneclick.records.store import RecordStore


def managed_ids(store: RecordStore, records: Sequence[Record], request: RequestInfo) -> frozenset[str]:
    """Return the ids of those among ``records`` (of one collection) that the caller manages."""
    if not records or not records[0].collection.is_auth or request.is_superuser:
        return frozenset()
    collection = records[0].collection
    rule = collection.rule("manage")
    if not rule:
        return frozenset()
    query = store.query(collection, request=request)
    query.rule(rule)
    query.condition(collection.table.c.id.in_([record.id for record in records]))
    return frozenset(record.id for record in query.records(len(records)))
