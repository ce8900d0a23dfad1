"""How lists and maps merge: which lists are keyed and by what, which values are replaced as one.

The API server learns this from its schema (``x-kubernetes-list-type``, ``-list-map-keys``, ``-map-type``); for the
kinds served here the field's name, sometimes with its parent's, decides.
"""

from __future__ import annotations

from typing import Any

import orjson

Keys = tuple[str, ...]

CONTAINER_LISTS = frozenset({"containers", "initContainers", "ephemeralContainers"})

KEYED: dict[str, Keys] = {
    **dict.fromkeys(CONTAINER_LISTS, ("name",)),
    "env": ("name",),
    "volumes": ("name",),
    "volumeMounts": ("mountPath",),
    "volumeDevices": ("devicePath",),
    "imagePullSecrets": ("name",),
    "hostAliases": ("ip",),
    "topologySpreadConstraints": ("topologyKey", "whenUnsatisfiable"),
    "schedulingGates": ("name",),
    "conditions": ("type",),
    "ownerReferences": ("uid",),
}
SETS = frozenset({"finalizers"})
ATOMIC_MAPS = frozenset(
    {
        "selector",
        "nodeSelector",
        "labelSelector",
        "namespaceSelector",
        "podSelector",
        "configMapKeyRef",
        "secretKeyRef",
        "fieldRef",
        "resourceFieldRef",
        "involvedObject",
        "ownerReferences",
    }
)
KEY_DEFAULTS = {"protocol": "TCP"}


def list_keys(path: tuple[str, ...]) -> Keys | None:
    """Return the merge keys of the list at ``path`` (field names); ``None`` for one that is replaced as a whole."""
    name = path[-1] if path else ""
    if name == "ports":
        if len(path) > 1 and path[-2] in CONTAINER_LISTS:
            return ("containerPort", "protocol")
        return ("port", "protocol") if path == ("spec", "ports") else None
    if name == "secrets" and len(path) == 1:
        return ("name",)
    return KEYED.get(name)


def is_set(path: tuple[str, ...]) -> bool:
    """Whether the list at ``path`` is a set of plain values."""
    return bool(path) and path[-1] in SETS


def is_atomic(path: tuple[str, ...]) -> bool:
    """Whether the map at ``path`` is replaced as a whole."""
    return bool(path) and path[-1] in ATOMIC_MAPS


def item_key(item: Any, keys: Keys) -> str:
    """Return the path element of an item in a keyed list, as ``managedFields`` writes it."""
    values = {key: item.get(key, KEY_DEFAULTS.get(key)) for key in keys} if isinstance(item, dict) else {}
    return "k:" + orjson.dumps(values, option=orjson.OPT_SORT_KEYS).decode()


def set_key(value: Any) -> str:
    """Return the path element of a value in a set."""
    return "v:" + orjson.dumps(value).decode()
