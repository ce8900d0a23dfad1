"""Making the record of somebody whom an identity provider vouches for (contract §2.6)."""

from __future__ import annotations

import io
import secrets
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from oneclick.collections import Collection
from oneclick.errors import ApiError, Forbidden
from oneclick.fields import FileField, NewFile, TextField
from oneclick.records.api import NO_SIGN_UP, prepare_new
from oneclick.records.record import Record
from oneclick.records.request import RequestInfo
from oneclick.storage.kinds import HEAD, sniff
from oneclick_hooks import OAuth2User, RecordEvent

if TYPE_CHECKING:
    from oneclick.records.store import RecordStore


def sign_up(
    store: RecordStore,
    collection: Collection,
    user: OAuth2User,
    data: Mapping[str, Any],
    request: RequestInfo,
    *,
    invited: bool = False,
) -> Record:
    """Create the record: what the client says (``data``), and for the rest what the provider says.

    The create rule decides, in the context ``oauth2``, unless ``invited``. Raises ``Forbidden`` when nobody may sign
    up, and ``ApiError`` with errors by field.
    """
    if collection.rule("create") is None and not invited and not request.is_superuser:
        raise Forbidden(NO_SIGN_UP)
    password = secrets.token_urlsafe(24)
    body = {**data, "password": password, "passwordConfirm": password}
    body.setdefault("email", user.email)
    mapped = _mapped(store, collection, user)
    body |= {name: value for name, value in mapped.items() if name not in data}
    record, ruled = prepare_new(store, collection, replace(request, body=body), ruled=not invited)
    record["verified"] = bool(user.email) and str(record["email"]).lower() == user.email.lower()
    save = partial(store.save, record, ruled)
    store.plugins.run("on_record_create_request", RecordEvent(store.app, record, ruled, operation=save))
    return record


def picture_field(collection: Collection) -> FileField | None:
    """Return the field that takes the picture, if it is one for files."""
    field = collection.field(collection.options["oauth2"]["mappedFields"].get("avatarURL") or "")
    return field if isinstance(field, FileField) else None


def add_picture(store: RecordStore, record: Record, content: bytes) -> None:
    """Give ``record`` a picture; one that the field does not take is left out."""
    field = picture_field(record.collection)
    if field is None or record[field.name]:
        return
    file = NewFile("avatar", len(content), sniff(content[:HEAD]), lambda: cast(BinaryIO, io.BytesIO(content)))
    record[field.name] = [file] if field.is_multiple else file
    try:
        store.save(record)
    except ApiError:
        record[field.name] = record.original(field.name)


def _mapped(store: RecordStore, collection: Collection, user: OAuth2User) -> dict[str, Any]:
    """Return what the provider says by the collection's fields, as far as they take it."""
    said = {"id": user.id, "name": user.name, "username": user.username, "avatarURL": user.avatar_url}
    values: dict[str, Any] = {}
    for name, target in collection.options["oauth2"]["mappedFields"].items():
        field = collection.field(target) if target else None
        value = said.get(name)
        if field is None or not value or isinstance(field, FileField):
            continue
        if name == "username" and not _is_free(store, collection, field, value):
            continue
        if isinstance(field, TextField) and field.max:
            value = value[: field.max] if name == "name" else value
        if not field.validate(value):
            values[target] = value
    return values


def _is_free(store: RecordStore, collection: Collection, field: Any, username: str) -> bool:
    return store.first(collection, f"{field.name}:lower = {{:name}}", {"name": username.lower()}) is None
