"""Small tools for objects as they are in JSON."""

from __future__ import annotations

import random
import uuid
from datetime import UTC, datetime
from typing import Any

import orjson

from oneclick_demo_cluster.machinery.kinds import Kind

Obj = dict[str, Any]

SAFE_LETTERS = "bcdfghjklmnpqrstvwxz2456789"
"""Letters for generated names: no vowels, so no words."""


def copy_of(value: Any) -> Any:
    """Return a deep copy (stored objects are shared and must not be changed)."""
    return orjson.loads(orjson.dumps(value))


def now() -> datetime:
    """Return the current time in UTC."""
    return datetime.now(UTC)


def time_text(moment: datetime | None = None) -> str:
    """Write a moment in RFC 3339 with seconds."""
    return f"{moment or now():%Y-%m-%dT%H:%M:%SZ}"


def micro_time_text(moment: datetime | None = None) -> str:
    """Write a moment in RFC 3339 with microseconds."""
    return f"{moment or now():%Y-%m-%dT%H:%M:%S.%fZ}"


def parse_time(text: str) -> datetime:
    """Read an RFC 3339 time. Raises ``ValueError``."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def seconds_since(text: str | None) -> float:
    """Return how long ago a written time was; 0 for none."""
    return (now() - parse_time(text)).total_seconds() if text else 0.0


def random_suffix(length: int = 5) -> str:
    """Return the random end of a generated name."""
    return "".join(random.choices(SAFE_LETTERS, k=length))  # noqa: S311  (a name, not a secret)


def new_uid() -> str:
    """Return a new object uid."""
    return str(uuid.uuid4())


def fnv32(data: bytes) -> int:
    """Return the 32-bit FNV-1a hash."""
    value = 0x811C9DC5
    for byte in data:
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return value


def safe_hash(value: Any) -> str:
    """Return a short hash of a JSON value, in letters that may stand in a name."""
    digits = str(fnv32(orjson.dumps(value, option=orjson.OPT_SORT_KEYS)))
    return "".join(SAFE_LETTERS[ord(digit) % len(SAFE_LETTERS)] for digit in digits)


def dig(value: Any, *keys: str | int, default: Any = None) -> Any:
    """Follow ``keys`` into nested objects; ``default`` where the way ends."""
    for key in keys:
        if isinstance(value, dict):
            value = value.get(key)
        elif isinstance(value, list) and isinstance(key, int) and key < len(value):
            value = value[key]
        else:
            return default
    return default if value is None else value


def name_of(obj: Obj) -> str:
    """Return the object's name."""
    return str(obj["metadata"]["name"])


def namespace_of(obj: Obj) -> str:
    """Return the object's namespace; empty for cluster-wide ones."""
    return str(obj["metadata"].get("namespace", ""))


def labels_of(obj: Obj) -> dict[str, str]:
    """Return the object's labels."""
    return obj["metadata"].get("labels") or {}


def owner_reference(kind: Kind, owner: Obj) -> Obj:
    """Return the reference by which a controller owns what it makes."""
    return {
        "apiVersion": kind.api_version,
        "kind": kind.kind,
        "name": name_of(owner),
        "uid": owner["metadata"]["uid"],
        "controller": True,
        "blockOwnerDeletion": True,
    }


def controller_of(obj: Obj) -> Obj | None:
    """Return the owner reference of the controller, if there is one."""
    for reference in obj["metadata"].get("ownerReferences") or ():
        if reference.get("controller"):
            return reference  # type: ignore[no-any-return]
    return None


def is_terminating(obj: Obj) -> bool:
    """Whether the object was asked to go."""
    return bool(obj["metadata"].get("deletionTimestamp"))


def condition_of(obj: Obj, type_: str) -> Obj | None:
    """Return one condition of the status."""
    for condition in dig(obj, "status", "conditions", default=()):
        if condition.get("type") == type_:
            return condition  # type: ignore[no-any-return]
    return None


def set_condition(
    status: Obj, type_: str, value: str, reason: str, message: str = "", *, updated: bool = False
) -> None:
    """Set a condition; its transition time changes with its value only."""
    conditions: list[Obj] = status.setdefault("conditions", [])
    old = next((entry for entry in conditions if entry["type"] == type_), None)
    moment = time_text()
    new: Obj = {"type": type_, "status": value, "reason": reason, "message": message}
    same_value = old is not None and old["status"] == value
    new["lastTransitionTime"] = old["lastTransitionTime"] if old and same_value else moment
    if updated:
        same = old is not None and same_value and (old.get("reason"), old.get("message")) == (reason, message)
        new["lastUpdateTime"] = old["lastUpdateTime"] if old and same else moment
    if not reason:
        del new["reason"]
    if not message:
        del new["message"]
    if old is None:
        conditions.append(new)
    else:
        conditions[conditions.index(old)] = new


def drop_condition(status: Obj, type_: str) -> None:
    """Remove a condition."""
    if "conditions" in status:
        status["conditions"] = [entry for entry in status["conditions"] if entry["type"] != type_]
