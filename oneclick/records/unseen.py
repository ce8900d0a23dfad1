"""Which fields of records a caller is not shown, since he sees those records by a rule that shows others alone."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from oneclick.filters import FilterError
from oneclick.records.dummy import rule_holds
from oneclick.records.record import Record
from oneclick.records.request import RequestInfo

if TYPE_CHECKING:
    from oneclick.records.store import RecordStore

log = logging.getLogger(__name__)

NOTHING: frozenset[str] = frozenset()


def unseen_fields(store: RecordStore, records: Sequence[Record], request: RequestInfo) -> Mapping[str, frozenset[str]]:
    """Return by id the fields that the caller does not see of ``records`` (of one collection), in one query a rule."""
    found = {record.id: NOTHING for record in records}
    if not records or request.is_superuser:
        return found
    for rule, names in records[0].collection.partly_seen.items():
        whole = _where(store, records, rule, request)
        found |= {record.id: found[record.id] | names for record in records if record.id not in whole}
    return found


def unseen_of(store: RecordStore, record: Record, request: RequestInfo) -> frozenset[str]:
    """Return the fields that the caller does not see of a record, be it stored (still) or not."""
    if request.is_superuser:
        return NOTHING
    partly = record.collection.partly_seen.items()
    return NOTHING.union(*(names for rule, names in partly if not _holds(store, record, rule, request)))


def _where(store: RecordStore, records: Sequence[Record], rule: str | None, request: RequestInfo) -> frozenset[str]:
    query = store.query(records[0].collection, request=request)
    try:
        query.rule(rule)
    except FilterError as error:
        _complain(records[0], error)
        return NOTHING
    query.condition(query.collection.table.c.id.in_([record.id for record in records]))
    return frozenset(record.id for record in query.records(len(records)))


def _holds(store: RecordStore, record: Record, rule: str | None, request: RequestInfo) -> bool:
    try:
        return rule_holds(store, record, rule, request)
    except FilterError as error:
        _complain(record, error)
        return False


def _complain(record: Record, error: FilterError) -> None:
    log.error("a list or view rule of %s cannot be used: %s", record.collection.name, error)
