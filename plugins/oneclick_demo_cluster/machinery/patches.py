"""The three plain kinds of patch: JSON patch, merge patch, strategic merge patch."""

from __future__ import annotations

from typing import Any

from oneclick_demo_cluster.machinery.errors import StatusError, bad_request
from oneclick_demo_cluster.machinery.listtypes import Keys, is_set, list_keys
from oneclick_demo_cluster.machinery.objects import copy_of


def merge_patch(target: Any, patch: Any) -> Any:
    """RFC 7396: objects are merged, ``null`` removes, everything else replaces."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merge_patch(result.get(key), value)
    return result


def strategic_patch(target: Any, patch: Any, names: tuple[str, ...] = ()) -> Any:
    """A merge patch that merges keyed lists item by item; knows ``$patch`` and ``$deleteFromPrimitiveList``."""
    if not isinstance(patch, dict):
        return patch
    if patch.get("$patch") == "replace":
        return {key: value for key, value in patch.items() if key != "$patch"}
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if key.startswith("$deleteFromPrimitiveList/"):
            field = key.partition("/")[2]
            result[field] = [item for item in result.get(field) or () if item not in value]
        elif key.startswith("$") or (isinstance(value, dict) and value.get("$patch") == "delete"):
            if not key.startswith("$"):
                result.pop(key, None)
        elif value is None:
            result.pop(key, None)
        elif isinstance(value, list):
            result[key] = _strategic_list(result.get(key), value, (*names, key))
        else:
            result[key] = strategic_patch(result.get(key), value, (*names, key))
    return result


def _strategic_list(live: Any, patch: list[Any], names: tuple[str, ...]) -> list[Any]:
    keys = list_keys(names)
    live = live if isinstance(live, list) else []
    if is_set(names):
        return [*live, *(value for value in patch if value not in live)]
    if keys is None:
        return patch
    if any(isinstance(item, dict) and item.get("$patch") == "replace" for item in patch):
        return [item for item in patch if not (isinstance(item, dict) and "$patch" in item)]
    result = list(live)
    added: list[Any] = []
    for item in patch:
        index = _same_item(result, item, keys)
        if isinstance(item, dict) and item.get("$patch") == "delete":
            if index is not None:
                del result[index]
        elif index is None:
            added.append(item)
        else:
            result[index] = strategic_patch(result[index], item, names)
    return added + result


def _same_item(items: list[Any], wanted: Any, keys: Keys) -> int | None:
    """A strategic patch names an item by the first merge key alone."""
    if not isinstance(wanted, dict) or keys[0] not in wanted:
        raise bad_request(f"map: {wanted} does not contain declared merge key: {keys[0]}")
    for index, item in enumerate(items):
        if isinstance(item, dict) and item.get(keys[0]) == wanted[keys[0]]:
            return index
    return None


def json_patch(target: Any, operations: Any) -> Any:
    """RFC 6902."""
    if not isinstance(operations, list):
        raise bad_request("error decoding patch: a JSON patch is a list of operations")
    document = copy_of(target)
    for operation in operations:
        try:
            document = _operate(document, operation)
        except (KeyError, IndexError, ValueError, TypeError) as error:
            text = f"the server rejected our request due to an error in our request: {error}"
            raise StatusError(422, "Invalid", text) from error
    return document


def _operate(document: Any, operation: dict[str, Any]) -> Any:
    name, path = operation["op"], _pointer(operation["path"])
    if name == "test":
        if _at(document, path) != operation.get("value"):
            raise ValueError(f"testing path {operation['path']} failed")
        return document
    if name == "remove":
        return _without(document, path)
    if name in ("move", "copy"):
        source = _pointer(operation["from"])
        value = copy_of(_at(document, source))
        document = _without(document, source) if name == "move" else document
        return _with(document, path, value, insert=True)
    if name in ("add", "replace"):
        if name == "replace":
            _at(document, path)
        return _with(document, path, operation["value"], insert=name == "add")
    raise ValueError(f"unexpected operation {name}")


def _pointer(text: str) -> list[str]:
    if text and not text.startswith("/"):
        raise ValueError(f"bad path {text}")
    return [part.replace("~1", "/").replace("~0", "~") for part in text.split("/")[1:]]


def _at(document: Any, path: list[str]) -> Any:
    for part in path:
        document = document[int(part)] if isinstance(document, list) else document[part]
    return document


def _with(document: Any, path: list[str], value: Any, *, insert: bool) -> Any:
    if not path:
        return value
    parent = _at(document, path[:-1])
    if isinstance(parent, list):
        index = len(parent) if path[-1] == "-" else int(path[-1])
        if index > len(parent):
            raise IndexError(f"index {index} is out of range")
        parent[index : index + (0 if insert else 1)] = [value]
    else:
        parent[path[-1]] = value
    return document


def _without(document: Any, path: list[str]) -> Any:
    parent = _at(document, path[:-1])
    del parent[int(path[-1]) if isinstance(parent, list) else path[-1]]
    return document
