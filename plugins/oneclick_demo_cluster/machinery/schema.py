"""Which fields there are (fields.txt: a type a line, its fields, behind a colon the type of what lies in them).

A field that no object of its kind has is left out when an object is written, refused when it is applied, and refused
by name when the client asks for strict validation.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from oneclick_demo_cluster.machinery.errors import StatusError, bad_request
from oneclick_demo_cluster.machinery.kinds import Kind
from oneclick_demo_cluster.machinery.listtypes import item_key, list_keys
from oneclick_demo_cluster.machinery.objects import Obj

Types = dict[str, dict[str, str]]
Step = tuple[str, int | None, Any]
"""A field's name; in a list, the index of the item and the item."""


@cache
def types() -> Types:
    """Return the fields of each type, with the type of what lies in them (empty: anything)."""
    found: Types = {}
    for line in Path(__file__).with_name("fields.txt").read_text().splitlines():
        name, *fields = line.split()
        found[name] = {field.partition(":")[0]: field.partition(":")[2] for field in fields}
    return found


def unknown_fields(kind: Kind, obj: Obj) -> list[tuple[Step, ...]]:
    """Return the ways to the fields that this kind does not have."""
    return list(_unknown(obj, kind.kind, ()))


def _unknown(value: Any, type_: str, way: tuple[Step, ...]) -> Iterator[tuple[Step, ...]]:
    fields = types().get(type_)
    if fields is None or not isinstance(value, dict):
        return
    for name, inner in value.items():
        if name not in fields:
            yield (*way, (name, None, None))
        elif isinstance(inner, list):
            for index, item in enumerate(inner):
                yield from _unknown(item, fields[name], (*way, (name, index, item)))
        else:
            yield from _unknown(inner, fields[name], (*way, (name, None, None)))


def drop_unknown(kind: Kind, obj: Obj, *, strict: bool) -> None:
    """Take unknown fields out of an object, in place; when ``strict``, raise a 400 that names them."""
    found = unknown_fields(kind, obj)
    if strict and found:
        listed = ", ".join(f'unknown field "{_indexed(way)}"' for way in found)
        text = f'{kind.kind} in version "{kind.version}" cannot be handled as a {kind.kind}: strict decoding error: '
        raise bad_request(text + listed)
    for way in found:
        place: Any = obj
        for name, index, _ in way[:-1]:
            place = place[name] if index is None else place[name][index]
        del place[way[-1][0]]


def refuse_unknown(kind: Kind, obj: Obj) -> None:
    """Raise the answer to an applied configuration with unknown fields (a 500 in the original, too)."""
    found = [_keyed(way) for way in unknown_fields(kind, obj)]
    if not found:
        return
    who = f"({obj['metadata'].get('name', '')}; {kind.api_version}, Kind={kind.kind})"
    listed = [f"{path}: field not declared in schema" for path in found]
    text = listed[0] if len(listed) == 1 else "errors:" + "".join(f"\n  {line}" for line in listed)
    raise StatusError(500, "", f"failed to create typed patch object {who}: {text}")


def _indexed(way: tuple[Step, ...]) -> str:
    return ".".join(name if index is None else f"{name}[{index}]" for name, index, _ in way)


def _keyed(way: tuple[Step, ...]) -> str:
    text = ""
    names: tuple[str, ...] = ()
    for name, index, item in way:
        names = (*names, name)
        text += f".{name}"
        if index is not None:
            keys = list_keys(names)
            text += f"[{item_key(item, keys)[2:]}]" if keys else f"[{index}]"
    return text
