"""Merging an applied configuration into an object, and taking fields out of it again."""

from __future__ import annotations

from typing import Any

from oneclick_demo_cluster.machinery.fields import Path
from oneclick_demo_cluster.machinery.listtypes import Keys, is_atomic, is_set, item_key, list_keys, set_key


def merge(live: Any, wanted: Any, names: tuple[str, ...] = ()) -> Any:
    """Return ``live`` with everything that ``wanted`` says; keyed lists are merged item by item."""
    if isinstance(live, dict) and isinstance(wanted, dict) and not is_atomic(names):
        merged = dict(live)
        for key, value in wanted.items():
            merged[key] = merge(live[key], value, (*names, key)) if key in live else value
        return merged
    if isinstance(live, list) and isinstance(wanted, list):
        if keys := list_keys(names):
            return _merge_items(live, wanted, keys, names)
        if is_set(names):
            return [*live, *(value for value in wanted if value not in live)]
    return wanted


def _merge_items(live: list[Any], wanted: list[Any], keys: Keys, names: tuple[str, ...]) -> list[Any]:
    """Items in the wanted order, those that only the live list has at their old place among them."""
    ours = {item_key(item, keys): item for item in wanted}
    theirs = {item_key(item, keys): item for item in live}
    merged = {key: merge(theirs[key], item, names) if key in theirs else item for key, item in ours.items()}
    result: list[Any] = []
    waiting = list(merged)
    for key, item in theirs.items():
        if key not in merged:
            result.append(item)
            continue
        if key in waiting:
            upto = waiting.index(key) + 1
            result.extend(merged[name] for name in waiting[:upto])
            del waiting[:upto]
    result.extend(merged[name] for name in waiting)
    return result


def remove(value: Any, path: Path, names: tuple[str, ...] = ()) -> None:
    """Take what lies at ``path`` out of ``value``, in place; maps and lists that become empty go too."""
    element, rest = path[0], path[1:]
    if element.startswith("f:"):
        name = element[2:]
        if not isinstance(value, dict) or name not in value:
            return
        if rest:
            remove(value[name], rest, (*names, name))
        if not rest or value[name] in ({}, []):
            del value[name]
        return
    index = _index_of(value, element, names)
    if index is None:
        return
    if rest:
        remove(value[index], rest, names)
    else:
        del value[index]


def _index_of(value: Any, element: str, names: tuple[str, ...]) -> int | None:
    if not isinstance(value, list):
        return None
    keys = list_keys(names)
    for index, item in enumerate(value):
        if element == (item_key(item, keys) if keys else set_key(item)):
            return index
    return None
