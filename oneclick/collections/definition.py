"""From a definition in PocketBase's JSON shape to a :class:`Collection`, new or changed."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from oneclick.collections.indexes import parse_index
from oneclick.collections.model import ACTIONS, AUTH, BASE, TYPES, VIEW, Collection
from oneclick.collections.options import default_options, merge_options
from oneclick.collections.system import auth_fields, auth_indexes, id_field
from oneclick.errors import BadRequest
from oneclick.fields import Field, field_from_dict
from oneclick.ids import collection_id, field_id, random_text

INVALID_FORMAT = "Failed to load the submitted data due to invalid formatting."


def new_collection(data: Mapping[str, Any], taken_ids: Iterable[str] = ()) -> Collection:
    """Return the collection that ``data`` defines, with the system fields, ids and options that it leaves out."""
    name, type_ = _text(data, "name"), _text(data, "type") or BASE
    if type_ not in TYPES:
        type_ = type_ or BASE
    identity = _text(data, "id") or _free(collection_id(type_, name), set(taken_ids))
    fields = _with_system_fields(type_, read_fields(_list(data, "fields")), ())
    indexes = [_text_item(item) for item in _list(data, "indexes")]
    return Collection(
        id=identity,
        name=name,
        type=type_,
        fields=fields,
        rules=_rules(data, {}),
        indexes=_indexes(type_, name, identity, indexes, None),
        options=merge_options(default_options(type_), data),
        system=bool(data.get("system", False)),
    )


def changed_collection(current: Collection, data: Mapping[str, Any]) -> Collection:
    """Return ``current`` with what ``data`` changes: objects are merged, lists replace (contract §3.2)."""
    name = _text(data, "name") if "name" in data else current.name
    fields = current.fields
    if "fields" in data:
        fields = _with_system_fields(current.type, read_fields(_list(data, "fields"), current.fields), current.fields)
    indexes = [_text_item(item) for item in _list(data, "indexes")] if "indexes" in data else list(current.indexes)
    options = merge_options(current.options, data)
    if "authRule" in data and data["authRule"] != current.options.get("authRule"):
        options["authToken"]["secret"] = random_text(50)
    return dataclasses.replace(
        current,
        name=name,
        fields=fields,
        rules=_rules(data, current.rules),
        indexes=_indexes(current.type, name, current.id, indexes, current),
        options=options,
    )


def read_fields(items: Iterable[Any], current: tuple[Field, ...] = ()) -> tuple[Field, ...]:
    """Read fields; one without an id gets that of the current field of its name, or one derived from the name."""
    by_name = {field.name: field.id for field in current}
    fields: list[Field] = []
    ids: set[str] = {str(item.get("id")) for item in items if isinstance(item, Mapping) and item.get("id")}
    for item in items:
        if not isinstance(item, Mapping):
            raise BadRequest(INVALID_FORMAT)
        name, type_ = str(item.get("name", "")), str(item.get("type", ""))
        identity = item.get("id") or by_name.get(name) or _free(field_id(type_, name), ids)
        ids.add(str(identity))
        try:
            fields.append(field_from_dict({**item, "id": str(identity)}))
        except ValueError as error:
            raise BadRequest(INVALID_FORMAT) from error
    return tuple(fields)


def _with_system_fields(type_: str, fields: tuple[Field, ...], current: tuple[Field, ...]) -> tuple[Field, ...]:
    """Put ``id`` and an auth collection's own fields first; those of a system collection that are missing return."""
    if type_ == VIEW:
        return fields
    wanted = [id_field(), *(auth_fields() if type_ == AUTH else [])]
    required = {field.name: field for field in (field_from_dict(item) for item in wanted)}
    required |= {field.name: field for field in current if field.system}
    given = {field.name: field for field in fields}
    first = [_kept_system(field, given.get(name)) for name, field in required.items()]
    return (*first, *(field for field in fields if field.name not in required))


def _kept_system(required: Field, given: Field | None) -> Field:
    """Return a system field with the options that may be changed."""
    if given is None or type(given) is not type(required):
        return required
    changes: dict[str, Any] = {"id": required.id, "system": True}
    if required.hidden:
        changes["hidden"] = True
    if getattr(required, "primary_key", False):
        changes["primary_key"] = True
        changes["required"] = True
    return msgspec.structs.replace(given, **changes)


def _indexes(type_: str, name: str, identity: str, given: list[str], current: Collection | None) -> tuple[str, ...]:
    """Write the indexes for the table's name, and add an auth collection's unique ones where they are missing."""
    indexes = [_named(text, name) for text in given]
    if type_ != AUTH:
        return tuple(indexes)
    have = set()
    for text in indexes:
        try:
            index = parse_index(text)
        except ValueError:
            continue  # the validation names it
        if index.unique and len(index.columns) == 1:
            have.add(index.columns[0].name)
    defaults = dict(zip(("tokenKey", "email"), auth_indexes(name, identity), strict=True))
    return tuple([text for column, text in defaults.items() if column not in have] + indexes)


def _named(text: str, table: str) -> str:
    """Write ``table`` into an index; what cannot be read stays for the validation."""
    try:
        return parse_index(text).named(table=table).build()
    except ValueError:
        return text


def _rules(data: Mapping[str, Any], current: Mapping[str, str | None]) -> dict[str, str | None]:
    rules: dict[str, str | None] = {}
    for action in ACTIONS:
        value = data.get(f"{action}Rule", current.get(action))
        if value is not None and not isinstance(value, str):
            raise BadRequest(INVALID_FORMAT)
        rules[action] = value
    return rules


def _free(identity: str, taken: set[str]) -> str:
    candidate, number = identity, 1
    while candidate in taken:
        number += 1
        candidate = f"{identity}{number}"
    return candidate


def _text(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name)
    if value is not None and not isinstance(value, str):
        raise BadRequest(INVALID_FORMAT)
    return value or ""


def _text_item(value: Any) -> str:
    if not isinstance(value, str):
        raise BadRequest(INVALID_FORMAT)
    return value


def _list(data: Mapping[str, Any], name: str) -> list[Any]:
    value = data.get(name)
    if value is not None and not isinstance(value, (list, tuple)):
        raise BadRequest(INVALID_FORMAT)
    return list(value or ())
