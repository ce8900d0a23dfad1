"""Records as clients see them (contract §1.4)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import orjson

from oneclick.collections import Collection
from oneclick.fields import AutodateField, BoolField, DateField, Field, JsonField, MultipleField, NumberField
from oneclick.fields.text import PlainTextField
from oneclick.records.record import Record, Show
from oneclick.records.request import RequestInfo
from oneclick.records.unseen import unseen_of
from oneclick_hooks import RecordEnrichEvent

if TYPE_CHECKING:
    from oneclick.records.store import RecordStore

NEVER = frozenset(("password", "tokenKey"))
"""What an auth collection never sends, not even to superusers."""

_AS_STORED = (PlainTextField, BoolField, DateField, AutodateField)
_PLAIN = (*_AS_STORED, NumberField)
_EXACT = 2.0**53


def serialise(
    store: RecordStore,
    record: Record,
    request: RequestInfo,
    *,
    own_email: bool = False,
    managed: bool = False,
    unseen: frozenset[str] | None = None,
    expand: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return a record's JSON for ``request``'s client.

    ``own_email``: it is shown whatever its visibility (the answer to a login); ``managed``: the manage rule holds.
    ``unseen``: the fields that the rules do not show him; without it they are asked.
    """
    collection = record.collection
    data = record.shown(_plan(collection, request.is_superuser))
    for name in _secret_names(collection):
        if name in data:
            data[name] = store.secrets.mask_record(record, name)
    if collection.is_auth and "email" in data and not (own_email or managed or _sees_email(record, request)):
        del data["email"]
    data["collectionId"], data["collectionName"] = collection.id, collection.name
    if unseen is None:
        unseen = unseen_of(store, record, request)
    for name in unseen:
        data.pop(name, None)
    if store.plugins.has("on_record_enrich"):
        _enrich(store, record, request, data)
    if expand := {name: related for name, related in (expand or {}).items() if name not in unseen}:
        data["expand"] = expand
    return data


def _enrich(store: RecordStore, record: Record, request: RequestInfo, data: dict[str, Any]) -> None:
    """Let plugins hide and add keys. One that raises stops the answer: what it would hide must not get out."""
    event = RecordEnrichEvent(store.app, record, request)
    store.plugins.hook.on_record_enrich(event=event)
    for name in event.hidden:
        data.pop(name, None)
    data.update(event.extra)


def _sees_email(record: Record, request: RequestInfo) -> bool:
    if request.is_superuser or record["emailVisibility"]:
        return True
    own = request.auth
    return own is not None and own.id == record.id and own.collection.id == record.collection.id


@lru_cache(maxsize=512)
def _plan(collection: Collection, see_hidden: bool) -> tuple[tuple[str, Show | None, Show | None], ...]:
    """Return the fields that are sent, in alphabetical order, with what makes JSON of them."""
    shown = [
        field
        for field in collection.fields
        if (see_hidden or not field.hidden) and not (collection.is_auth and field.name in NEVER)
    ]
    shown.sort(key=lambda field: field.name)
    return tuple((str(field.name), _of_stored(field), _of_value(field)) for field in shown)


def _of_value(field: Field) -> Show | None:
    return None if isinstance(field, _PLAIN) else field.to_json


def _of_stored(field: Field) -> Show | None:
    """Return what makes JSON of a column; most are JSON as they are, since no column is ever null."""
    if isinstance(field, _AS_STORED) or (isinstance(field, MultipleField) and not field.is_multiple):
        return None
    if isinstance(field, NumberField):
        return _number
    if isinstance(field, MultipleField):
        return _names
    return lambda stored: field.to_json(field.from_db(stored))


def _number(stored: float) -> int | float:
    return int(stored) if stored.is_integer() and abs(stored) < _EXACT else stored


def _names(stored: str) -> Any:
    return [] if stored == "[]" else orjson.loads(stored)


@lru_cache(maxsize=512)
def _secret_names(collection: Collection) -> tuple[str, ...]:
    return tuple(field.name for field in collection.fields if isinstance(field, JsonField) and field.secret_paths)
