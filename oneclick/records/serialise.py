"""Records as clients see them (contract §1.4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from oneclick.collections import Collection
from oneclick.fields import AutodateField, BoolField, DateField, Field, JsonField, NumberField
from oneclick.fields.text import PlainTextField
from oneclick.records.record import Record
from oneclick.records.request import RequestInfo
from oneclick_hooks import RecordEnrichEvent

if TYPE_CHECKING:
    from oneclick.records.store import RecordStore

NEVER = frozenset(("password", "tokenKey"))
"""What an auth collection never sends, not even to superusers."""

_PLAIN = (PlainTextField, NumberField, BoolField, DateField, AutodateField)

_Show = Callable[[Any], Any]


def serialise(
    store: RecordStore,
    record: Record,
    request: RequestInfo,
    *,
    own_email: bool = False,
    managed: bool = False,
    expand: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return a record's JSON for ``request``'s client.

    ``own_email``: it is shown whatever its visibility (the answer to a login); ``managed``: the manage rule holds.
    """
    collection = record.collection
    event = RecordEnrichEvent(store.app, record, request)
    if store.plugins.has("on_record_enrich"):
        # Whoever hides a key must not be passed over: one that raises stops the answer.
        store.plugins.hook.on_record_enrich(event=event)
    data: dict[str, Any] = {}
    for name, show in _shown(collection, request.is_superuser):
        if name in event.hidden:
            continue
        value = record[name]
        data[name] = value if show is None else show(value)
    for name in _secret_names(collection):
        if name in data:
            data[name] = store.secrets.mask_record(record, name)
    if collection.is_auth and "email" in data and not (own_email or managed or _sees_email(record, request)):
        del data["email"]
    data["collectionId"], data["collectionName"] = collection.id, collection.name
    data.update(event.extra)
    if expand:
        data["expand"] = dict(expand)
    return data


def _sees_email(record: Record, request: RequestInfo) -> bool:
    if request.is_superuser or record["emailVisibility"]:
        return True
    own = request.auth
    return own is not None and own.id == record.id and own.collection.id == record.collection.id


@lru_cache(maxsize=512)
def _shown(collection: Collection, see_hidden: bool) -> tuple[tuple[str, _Show | None], ...]:
    """Return the fields that are sent, in alphabetical order, with how their values are turned to JSON."""
    shown = [
        field
        for field in collection.fields
        if (see_hidden or not field.hidden) and not (collection.is_auth and field.name in NEVER)
    ]
    return tuple((str(field.name), _show(field)) for field in sorted(shown, key=lambda item: item.name))


def _show(field: Field) -> _Show | None:
    return None if isinstance(field, _PLAIN) else field.to_json


@lru_cache(maxsize=512)
def _secret_names(collection: Collection) -> tuple[str, ...]:
    return tuple(field.name for field in collection.fields if isinstance(field, JsonField) and field.secret_paths)
