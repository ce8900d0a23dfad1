"""Names behind ``@request``: values of the request, and paths that begin at its records."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import sqlalchemy as sa

from oneclick.fields import Field, NumberField, Password, RelationField
from oneclick.fields.casting import is_storable, number_text, storable, to_names
from oneclick.filters import walk
from oneclick.filters.compare import compare
from oneclick.filters.errors import FilterError
from oneclick.filters.operands import NULL, Kind, Operand, integer, number, text, truth
from oneclick.filters.request import AuthRecord, RequestValues
from oneclick.filters.resolver import Resolver, item_operand, split_modifier
from oneclick.filters.walk import Step

# Known without asking the database.
_PLAIN_AUTH = frozenset(("id", "collectionId", "collectionName", "email", "emailVisibility", "verified"))

_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}


def resolve_request(resolver: Resolver, parts: list[str]) -> Operand:
    """Return what ``@request.<parts>`` stands for; null for what the request does not have."""
    request = resolver.context.request
    if request is None:
        return NULL
    if parts[0] == "auth":
        return _auth(resolver, request.auth, parts[1:])
    if parts[0] == "body":
        name, modifier = split_modifier(parts[1])
        found = resolver.collection.field(name)
        if found is not None:
            return _body(resolver, request, found, modifier, parts)
    return _static(resolver, request, parts)


def _auth(resolver: Resolver, auth: AuthRecord | None, parts: list[str]) -> Operand:
    if auth is None:
        return NULL
    if len(parts) == 1 and parts[0] in _PLAIN_AUTH:
        return _value(_plain_auth(auth, parts[0]))
    collection = resolver.load(auth.collection.id)
    walked = resolver.start()
    walked.take(Step("@request.auth", False, walk.to_given_records(collection, [auth.id])), collection)
    return resolver.follow_or_null(walked, parts)


def _plain_auth(auth: AuthRecord, name: str) -> Any:
    if name == "id":
        return auth.id
    if name == "collectionId":
        return auth.collection.id
    return auth.collection.name if name == "collectionName" else auth.get(name)


def _body(resolver: Resolver, request: RequestValues, found: Field, modifier: str, parts: list[str]) -> Operand:
    """Resolve a body key that is a field of the collection."""
    value = request.body.get(found.name)
    if isinstance(found, RelationField) and len(parts) > 2:
        return _body_relation(resolver, found, to_names(value), parts)
    special: dict[str, Callable[[], Operand]] = {
        "each": lambda: _body_each(resolver, found, value),
        "length": lambda: integer(len(_items(found, value))),
        "changed": lambda: _body_changed(resolver, request, found),
    }
    if len(parts) == 2 and modifier in special:
        return special[modifier]()
    return _static(resolver, request, parts)


def _body_relation(resolver: Resolver, relation: RelationField, ids: list[str], parts: list[str]) -> Operand:
    ids = [record_id for record_id in ids if is_storable(record_id)]
    if not ids:
        return NULL
    collection = resolver.load(relation.collection_id)
    walked = resolver.start()
    build = walk.to_given_records(collection, ids)
    walked.take(Step(f"@request.body.{relation.name}", relation.is_multiple, build), collection)
    return resolver.follow_or_null(walked, parts[2:])


def _items(found: Field, value: Any) -> list[Any]:
    if not found.can_be_multiple:
        raise FilterError(f"the field {found.name!r} holds no list")
    if value is None:
        return []
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _body_each(resolver: Resolver, found: Field, value: Any) -> Operand:
    items = orjson.dumps([storable(str(item)) for item in _items(found, value)]).decode()
    walked = resolver.start()
    build = walk.to_given_items(resolver.context.dialect, items)
    walked.take(Step(f"@request.body.{found.name}:each", found.is_multiple, build))
    return walked.operand(item_operand)


def _body_changed(resolver: Resolver, request: RequestValues, found: Field) -> Operand:
    """Return whether a value was sent that differs from the stored one."""
    no, yes = (sa.literal_column(digit, sa.Integer()) for digit in "01")
    if found.name not in request.body:
        return Operand(no, Kind.NUMBER, strict=True)
    resolver.refuse_secrets(found)
    dialect = resolver.context.dialect
    stored = resolver.start().operand(
        lambda table: walk.column_operand(dialect, resolver.collection, found, table),
    )
    differs = compare(dialect, _static(resolver, request, ["body", found.name]), "!=", stored).sql
    return Operand(sa.case((differs, yes), else_=no), Kind.NUMBER, strict=True)


def _static(resolver: Resolver, request: RequestValues, parts: list[str]) -> Operand:
    """Return a value of the request itself."""
    last, modifier = split_modifier(parts[-1])
    there, value = request.find([*parts[:-1], last])
    if modifier == "isset":
        return truth(there)
    if modifier not in ("", "lower"):
        raise FilterError(f"the modifier {modifier!r} cannot be used on {'.'.join(parts)}")
    if isinstance(value, str) and isinstance(resolver.collection.field(last), NumberField):
        value = _as_number(value)
    operand = _value(value)
    if modifier == "lower" and value is not None:
        return text(_plain_text(value).translate(_LOWER))
    return operand


def _as_number(value: str) -> float | str:
    """Return a number that came as text, as forms send it."""
    try:
        return float(value)
    except ValueError:
        return value


def _value(value: Any) -> Operand:
    """Return a Python value as a parameter."""
    if value is None:
        return NULL
    if isinstance(value, (bool, int, float)):
        return number(float(value))
    return text(_plain_text(value))


def _plain_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return number_text(value)
    if isinstance(value, (list, tuple, dict)):
        return orjson.dumps(value, default=str).decode()
    if isinstance(value, Password):
        return value.plain or value.hash
    return str(value)


value_operand = _value
"""Also what ``{:name}`` placeholders become."""
