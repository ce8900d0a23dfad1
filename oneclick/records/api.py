"""Records as the API serves them: rules, then hooks, then the answer's JSON (contract §1).

Each function takes the :class:`RecordStore`, the collection and the :class:`RequestInfo`, and returns what is sent;
errors are :class:`ApiError`. Query parameters (``page``, ``filter``, ``expand``, …) come from the request;
``fields`` is left to whoever sends the answer (:func:`oneclick.records.picker.pick`).
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from oneclick.collections import Collection
from oneclick.errors import BadRequest, Forbidden, NotFound, ValidationError
from oneclick.filters import FilterError
from oneclick.records.auth_forms import check_auth_form
from oneclick.records.body import apply_body, rule_values
from oneclick.records.dummy import rule_holds
from oneclick.records.expand import expand_records
from oneclick.records.managed import managed_ids
from oneclick.records.query import Query
from oneclick.records.record import Record
from oneclick.records.request import RequestInfo
from oneclick.records.sealing import seal_record, sealed_by_client
from oneclick.records.serialise import serialise
from oneclick.records.unseen import NOTHING, unseen_fields
from oneclick.records.write import FAILED
from oneclick_hooks import RecordEvent, RecordsListEvent

if TYPE_CHECKING:
    from oneclick.records.store import RecordStore

log = logging.getLogger(__name__)

ONLY_SUPERUSERS = "Only superusers can perform this action."
NO_SIGN_UP = "There is no account for you here, and none can be made by signing in."
NO_VIEWS = "Unsupported collection type."
CREATE_REQUEST = "on_record_create_request"
PER_PAGE, MOST_PER_PAGE = 30, 1_000
TRUE = frozenset(("1", "t", "T", "TRUE", "true", "True"))
FALSE = frozenset(("", "0", "f", "F", "FALSE", "false", "False"))


def list_page(store: RecordStore, collection: Collection, request: RequestInfo) -> dict[str, Any]:
    """Return a page of records: what the list rule lets through, narrowed by the client's filter."""
    _check_rule(collection, "list", request)
    page, per_page, skip_total = _paging(request.query)
    query = store.query(collection, request=request)
    try:
        if not request.is_superuser:
            query.rule(collection.rule("list"))
        query.client_filter(request.query.get("filter", ""))
        query.sort(request.query.get("sort", ""), client=True)
    except FilterError as error:
        log.info("list of %s: %s", collection.name, error)
        raise BadRequest from error
    event = RecordsListEvent(store.app, collection, request)

    loaded: list[Record] = []

    def load() -> None:
        loaded.extend(query.records(per_page, (page - 1) * per_page))
        event.records = list(loaded)

    with store.database.connection():
        event.operation = load
        store.plugins.run("on_records_list_request", event)
        total = -1 if skip_total else _total(query, page, per_page, len(loaded))
        items = answers(store, list(event.records), request)  # type: ignore[arg-type]
    pages = -1 if skip_total else math.ceil(total / per_page)
    return {"items": items, "page": page, "perPage": per_page, "totalItems": total, "totalPages": pages}


def view_record(store: RecordStore, collection: Collection, record_id: str, request: RequestInfo) -> dict[str, Any]:
    """Return one record if the view rule holds."""
    _check_rule(collection, "view", request)
    with store.database.connection():
        record = _found(store, collection, "view", record_id, request)
        return _respond(store, "on_record_view_request", record, request, lambda: None)


def create_record(store: RecordStore, collection: Collection, request: RequestInfo) -> dict[str, Any]:
    """Create a record from the request's body if the create rule holds for what it would be."""
    _check_writable(collection)
    _check_rule(collection, "create", request)
    record, ruled = prepare_new(store, collection, request, collection.rule("create"))
    save = partial(store.save, record, ruled)
    return _respond(store, CREATE_REQUEST, record, ruled, save)


def prepare_new(
    store: RecordStore, collection: Collection, request: RequestInfo, rule: str | None
) -> tuple[Record, RequestInfo]:
    """Return a new record made of the request's body, and the request as rules and hooks see it.

    ``rule`` must hold for it. Raises ``BadRequest`` where it does not, ``ValidationError`` for what clients may not
    send.
    """
    record = Record(collection)
    resolved = apply_body(record, request.body, superuser=request.is_superuser, failure=FAILED["create"])
    if not record["id"]:
        record["id"] = collection.id_field.generated()
    seen = request.with_body(rule_values(record, resolved))
    if not request.is_superuser and not _holds(store, _unverified(record), "create", rule, seen):
        raise BadRequest(FAILED["create"])
    _prepare(store, record, seen, "create", _manages(store, record, seen))
    return record, seen


def update_record(store: RecordStore, collection: Collection, record_id: str, request: RequestInfo) -> dict[str, Any]:
    """Change a record by the request's body if the update rule holds for what it is."""
    _check_writable(collection)
    _check_rule(collection, "update", request)
    record = store.find(collection, record_id)
    # A body that no record could take is refused alike whether there is such a record or not.
    changed = record if record is not None else Record(collection)
    resolved = apply_body(changed, request.body, superuser=request.is_superuser, failure=FAILED["update"])
    if record is None:
        raise NotFound
    ruled = request.with_body(rule_values(record, resolved))
    stored = _found(store, collection, "update", record_id, ruled)
    _prepare(store, record, ruled, "update", _manages(store, stored, ruled))
    save = partial(store.save, record, ruled)
    return _respond(store, "on_record_update_request", record, ruled, save)


def delete_record(store: RecordStore, collection: Collection, record_id: str, request: RequestInfo) -> None:
    """Delete a record if the delete rule holds."""
    _check_writable(collection)
    _check_rule(collection, "delete", request)
    record = _found(store, collection, "delete", record_id, request)
    event = RecordEvent(store.app, record, request, operation=partial(store.delete, record, request))
    store.plugins.run("on_record_delete_request", event)


def answers(
    store: RecordStore, records: Sequence[Record], request: RequestInfo, *, created: bool = False
) -> list[dict[str, Any]]:
    """Return the JSON of records of one collection, expanded as the request asks.

    ``created``: the request made them, so that they are shown to it whatever the list and view rules say.
    """
    expanded = expand_records(store, records, request.query.get("expand", ""), request)
    managed = managed_ids(store, records, request)
    unseen = {} if created else unseen_fields(store, records, request)
    return [
        serialise(
            store,
            record,
            request,
            managed=record.id in managed,
            unseen=unseen.get(record.id, NOTHING),
            expand=more,
        )
        for record, more in zip(records, expanded, strict=True)
    ]


def _respond(
    store: RecordStore, hook: str, record: Record, request: RequestInfo, operation: Callable[[], Any]
) -> dict[str, Any]:
    """Run a request hook around ``operation`` and return the record's JSON."""
    store.plugins.run(hook, RecordEvent(store.app, record, request, operation=operation))
    return answers(store, [record], request, created=hook == CREATE_REQUEST)[0]


def _check_rule(collection: Collection, action: str, request: RequestInfo) -> None:
    if not request.is_superuser and collection.rule(action) is None:
        raise Forbidden(ONLY_SUPERUSERS)


def _check_writable(collection: Collection) -> None:
    if collection.is_view:
        raise BadRequest(NO_VIEWS)


def _found(store: RecordStore, collection: Collection, action: str, record_id: str, request: RequestInfo) -> Record:
    """Return the record if the action's rule holds. A rule that cannot be used lets nobody through."""
    try:
        record = store.allowed(collection, action, record_id, request)
    except FilterError as error:
        log.error("the %s rule of %s cannot be used: %s", action, collection.name, error)
        record = None
    if record is None:
        raise NotFound
    return record


def _holds(store: RecordStore, record: Record, action: str, rule: str | None, request: RequestInfo) -> bool:
    try:
        return rule_holds(store, record, rule, request)
    except FilterError as error:
        log.error("the %s rule of %s cannot be used: %s", action, record.collection.name, error)
        return False


def _manages(store: RecordStore, record: Record, request: RequestInfo) -> bool:
    """Tell whether the caller may do to an auth record what its owner may not."""
    if not record.collection.is_auth or request.is_superuser:
        return True
    rule = record.collection.rule("manage")
    return bool(rule) and _holds(store, record, "manage", rule, request)


def _unverified(record: Record) -> Record:
    """Return the record as the create rule sees it: nobody makes themselves verified."""
    if not record.collection.is_auth:
        return record
    copy = record.copy()
    copy["verified"] = False
    return copy


def _prepare(store: RecordStore, record: Record, request: RequestInfo, action: str, manages: bool) -> None:
    """Check what only clients must keep to, and seal secrets, before any plugin sees the record."""
    if record.collection.is_auth:
        check_auth_form(record, request.body, FAILED[action], manages=manages)
    if errors := sealed_by_client(record):
        raise ValidationError(errors, FAILED[action])
    seal_record(store, record)


def _paging(query: Mapping[str, str]) -> tuple[int, int, bool]:
    page, per_page = _whole(query, "page"), _whole(query, "perPage")
    skip = query.get("skipTotal", "")
    if skip not in TRUE and skip not in FALSE:
        raise BadRequest
    return max(page, 1), min(per_page, MOST_PER_PAGE) if per_page > 0 else PER_PAGE, skip in TRUE


def _whole(query: Mapping[str, str], name: str) -> int:
    text = query.get(name, "")
    if not text:
        return 0
    try:
        number = int(text)
    except ValueError as error:
        raise BadRequest from error
    if not -(2**63) <= number < 2**63 or not text.lstrip("+-").isascii() or "_" in text or text != text.strip():
        raise BadRequest
    # No table has more rows: what is behind is empty, and an offset must stay a 64-bit number.
    return min(number, 2**50)


def _total(query: Query, page: int, per_page: int, found: int) -> int:
    """Count, unless the page at hand tells: one that is not full is the last."""
    if 0 < found < per_page or (page == 1 and found == 0):
        return (page - 1) * per_page + found
    return query.count()
