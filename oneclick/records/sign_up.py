"""Making the record of somebody whom an identity provider vouches for (contract §2.6)."""

from __future__ import annotations

import io
import secrets
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from oneclick.auth.external import same_address
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

    The create rule decides, in the context ``oauth2``. Where there is none, or a setting closes sign-up, those who are
    ``invited`` come in all the same, with what the provider says of them and nothing of their own choice
    (:func:`own_words`); a rule that is stored holds for them too. Raises ``Forbidden`` when nobody may sign up, and
    ``ApiError`` with errors by field.
    """
    rule = collection.rule("create")
    if rule is None and invited:
        rule = collection.rules.get("create") or ""
    if rule is None and not request.is_superuser:
        raise Forbidden(NO_SIGN_UP)
    password = secrets.token_urlsafe(24)
    body = {**data, "password": password, "passwordConfirm": password}
    body.setdefault("email", user.email)
    mapped = _mapped(store, collection, user)
    body |= {name: value for name, value in mapped.items() if name not in data}
    record, ruled = prepare_new(store, collection, replace(request, body=body), rule)
    record["verified"] = same_address(str(record["email"]), user.email)
    save = partial(store.save, record, ruled)
    store.plugins.run("on_record_create_request", RecordEvent(store.app, record, ruled, operation=save))
    return record


def own_words(collection: Collection, data: Mapping[str, Any], *, superuser: bool) -> dict[str, Any]:
    """Return what of ``data`` a new person may choose: all that the create rule is to judge, and without such a rule
    only what else the provider would say (name, user name)."""
    if superuser or collection.rule("create") is not None:
        return dict(data)
    targets = collection.options["oauth2"]["mappedFields"]
    return {name: data[name] for key in ("name", "username") if (name := targets.get(key)) in data}


def picture_field(collection: Collection) -> FileField | None:
    """Return the field that takes the picture, if it is one for files."""
    name = collection.options["oauth2"]["mappedFields"].get("avatarURL")
    field = collection.field(name) if isinstance(name, str) and name else None
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
        field = text_field(collection, target)
        value = said.get(name)
        if field is None or not value:
            continue
        if name == "username" and not _is_free(store, collection, field, value):
            continue
        value = value[: field.max] if name == "name" and field.max else value
        if not field.check_limits(value) and not field.validate(value):
            values[target] = value
    return values


def text_field(collection: Collection, name: Any) -> TextField | None:
    """Return the field called ``name`` if it may take what a provider says: a plain text that clients see."""
    field = collection.field(name) if isinstance(name, str) and name else None
    fits = isinstance(field, TextField) and not field.system and not field.hidden
    return field if fits else None  # type: ignore[return-value]


def _is_free(store: RecordStore, collection: Collection, field: Any, username: str) -> bool:
    return store.first(collection, f"{field.name}:lower = {{:name}}", {"name": username.lower()}) is None
