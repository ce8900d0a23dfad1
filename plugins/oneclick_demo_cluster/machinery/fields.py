"""Sets of field paths: what a manager owns, as ``managedFields`` writes it.

A path is a tuple of elements: ``f:name`` for a field, ``k:{…}`` for an item of a keyed list, ``v:…`` for one of a set.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from oneclick_demo_cluster.machinery.listtypes import is_atomic, is_set, item_key, list_keys, set_key
from oneclick_demo_cluster.machinery.objects import Obj

Path = tuple[str, ...]

ITEM: Final = "(item)"
"""Stands for the value of a list item itself, whose fields are leaves of their own."""

UNOWNED_METADATA = (
    "name",
    "generateName",
    "namespace",
    "uid",
    "resourceVersion",
    "generation",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "managedFields",
    "selfLink",
)
"""Fields of the metadata that nobody owns."""


def leaves(value: Any, path: Path = (), names: tuple[str, ...] = ()) -> dict[Path, Any]:
    """Return the leaves below ``value`` with their values."""
    found: dict[Path, Any] = {}
    if isinstance(value, dict) and value and not is_atomic(names):
        for key, inner in value.items():
            found.update(leaves(inner, (*path, f"f:{key}"), (*names, key)))
        return found
    if isinstance(value, list) and value and (keys := list_keys(names)):
        for item in value:
            below = (*path, item_key(item, keys))
            found[below] = ITEM
            found.update(leaves(item, below, names))
        return found
    if isinstance(value, list) and value and is_set(names):
        return {(*path, set_key(item)): item for item in value}
    if path:
        found[path] = value
    return found


def object_leaves(obj: Obj, *, with_status: bool = False) -> dict[Path, Any]:
    """Return the leaves of an object that can be owned; ``status`` alone, or everything else."""
    if with_status:
        return leaves({"status": obj.get("status") or {}})
    body = {key: value for key, value in obj.items() if key not in ("apiVersion", "kind", "status")}
    body["metadata"] = {key: value for key, value in obj["metadata"].items() if key not in UNOWNED_METADATA}
    return {path: value for path, value in leaves(body).items() if path != ("f:metadata",)}


def to_fields(paths: Iterable[Path]) -> Obj:
    """Write a set of paths as ``fieldsV1``."""
    root: Obj = {}
    members = sorted(paths)
    inner = {path[:length] for path in members for length in range(1, len(path))}
    for path in members:
        node = root
        for element in path:
            node = node.setdefault(element, {})
        if path in inner:
            node["."] = {}
    return root


def from_fields(tree: Obj, path: Path = ()) -> set[Path]:
    """Read ``fieldsV1``."""
    if not tree:
        return {path} if path else set()
    found: set[Path] = set()
    for element, inner in tree.items():
        if element == ".":
            found.add(path)
        else:
            found |= from_fields(inner, (*path, element))
    return found


def prefixes(paths: Iterable[Path]) -> set[Path]:
    """Return the paths and everything above them."""
    return {path[:length] for path in paths for length in range(1, len(path) + 1)}


def with_parents(paths: Iterable[Path]) -> set[Path]:
    """Return the paths and the named fields above them (not the list items): who set a field set its parents."""
    found = set()
    for path in paths:
        found.add(path)
        found.update(path[:length] for length in range(1, len(path)) if path[length - 1].startswith("f:"))
    return found


def dotted(path: Path) -> str:
    """Write a path as conflict messages do: ``.spec.containers[name="x"].image``."""
    text = ""
    for element in path:
        kind, _, rest = element.partition(":")
        if kind == "f":
            text += f".{rest}"
        elif kind == "k":
            text += "[" + rest.strip("{}").replace('":', '"=').replace('"=', "=").replace('{"', "").lstrip('"') + "]"
        else:
            text += f"[={rest}]"
    return text
