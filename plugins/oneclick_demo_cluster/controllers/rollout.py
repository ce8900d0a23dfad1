"""The arithmetic of a rollout: how many pods each ReplicaSet is to have next. Pure functions."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from oneclick_demo_cluster.machinery.objects import Obj, dig

Step = tuple[Obj, int]


def recreate_plan(deployment: Obj, new: Obj, old: list[Obj]) -> Iterator[Step]:
    """All old pods are gone: the new ones may come."""
    yield new, deployment["spec"]["replicas"]


def rolling_plan(deployment: Obj, new: Obj, old: list[Obj]) -> Iterator[Step]:
    """Scale the new one up within the surge, the old ones down as far as enough pods stay available."""
    desired = deployment["spec"]["replicas"]
    total = sum(entry["spec"]["replicas"] for entry in (new, *old))
    current = new["spec"]["replicas"]
    if current > desired:
        yield new, desired
        current = desired
    elif current < desired and total < desired + surge(deployment):
        current += min(desired + surge(deployment) - total, desired - current)
        yield new, current
    yield from _shrink(deployment, new, old, desired)


def _shrink(deployment: Obj, new: Obj, old: list[Obj], desired: int) -> Iterator[Step]:
    least = desired - unavailable(deployment)
    sets = (new, *old)
    spare = sum(entry["spec"]["replicas"] for entry in sets) - least
    spare -= max(0, new["spec"]["replicas"] - _available(new))
    sizes = {entry["metadata"]["name"]: entry["spec"]["replicas"] for entry in old}
    for entry in old:  # those that are broken anyway go first
        name = entry["metadata"]["name"]
        broken = max(0, sizes[name] - _available(entry))
        gone = max(0, min(spare, broken))
        sizes[name] -= gone
        spare -= gone
    surplus = sum(_available(entry) for entry in sets) - least
    for entry in old:
        name = entry["metadata"]["name"]
        gone = max(0, min(surplus, spare, sizes[name]))
        sizes[name] -= gone
        surplus -= gone
        spare -= gone
    for entry in old:
        yield entry, sizes[entry["metadata"]["name"]]


def surge(deployment: Obj) -> int:
    """Return how many pods there may be above the desired number."""
    return _bounds(deployment)[0]


def unavailable(deployment: Obj) -> int:
    """Return how many pods may be missing."""
    return _bounds(deployment)[1]


def _bounds(deployment: Obj) -> tuple[int, int]:
    if deployment["spec"]["strategy"]["type"] == "Recreate":
        return 0, 0
    rolling = dig(deployment, "spec", "strategy", "rollingUpdate", default={})
    desired = deployment["spec"]["replicas"]
    above = _share(rolling.get("maxSurge", "25%"), desired, up=True)
    below = min(_share(rolling.get("maxUnavailable", "25%"), desired, up=False), desired)
    return (above, below) if above or below else (0, 1)


def _share(value: Any, whole: int, *, up: bool) -> int:
    if isinstance(value, int):
        return value
    part = whole * int(value.removesuffix("%")) / 100
    return math.ceil(part) if up else math.floor(part)


def _available(replica_set: Obj) -> int:
    return int(dig(replica_set, "status", "availableReplicas", default=0))
