"""A Deployment's status: counts, and the conditions with their true reasons."""

from __future__ import annotations

from dataclasses import dataclass

from oneclick_demo_cluster.controllers.rollout import unavailable
from oneclick_demo_cluster.machinery.objects import (
    Obj,
    condition_of,
    dig,
    drop_condition,
    name_of,
    seconds_since,
    set_condition,
    time_text,
)


@dataclass(frozen=True, slots=True)
class Previous:
    """The counts before, by which progress is seen."""

    updated: int
    ready: int
    available: int
    old: int

    @classmethod
    def of(cls, deployment: Obj) -> Previous:
        """Read them from a status."""
        status = deployment.get("status") or {}
        updated = status.get("updatedReplicas", 0)
        return cls(
            updated,
            status.get("readyReplicas", 0),
            status.get("availableReplicas", 0),
            status.get("replicas", 0) - updated,
        )


def write_status(deployment: Obj, new: Obj | None, sets: list[Obj], before: Previous, *, created: bool) -> float | None:
    """Write the status in place; returns after how many seconds the deadline passes."""
    status: Obj = deployment.setdefault("status", {})
    counts = _counts(new, sets)
    for name, count in counts.items():
        if count or name == "terminatingReplicas":
            status[name] = count
        else:
            status.pop(name, None)
    status["observedGeneration"] = deployment["metadata"].get("generation", 1)
    _available(deployment, status, counts["availableReplicas"])
    failure = condition_of(new, "ReplicaFailure") if new else None
    if failure:
        set_condition(status, "ReplicaFailure", "True", failure["reason"], failure.get("message", ""), updated=True)
    else:
        drop_condition(status, "ReplicaFailure")
    if deployment["spec"].get("paused"):
        set_condition(status, "Progressing", "Unknown", "DeploymentPaused", "Deployment is paused", updated=True)
        return None
    return _progress(deployment, status, new, before, created=created)


def _counts(new: Obj | None, sets: list[Obj]) -> dict[str, int]:
    def total(name: str, among: list[Obj]) -> int:
        return sum(int(dig(entry, "status", name, default=0)) for entry in among)

    desired = sum(int(entry["spec"]["replicas"]) for entry in sets)
    available = total("availableReplicas", sets)
    return {
        "replicas": total("replicas", sets),
        "updatedReplicas": total("replicas", [new] if new else []),
        "readyReplicas": total("readyReplicas", sets),
        "availableReplicas": available,
        "unavailableReplicas": max(0, desired - available),
        "terminatingReplicas": total("terminatingReplicas", sets),
    }


def _available(deployment: Obj, status: Obj, available: int) -> None:
    if available >= deployment["spec"]["replicas"] - unavailable(deployment):
        text = "Deployment has minimum availability."
        set_condition(status, "Available", "True", "MinimumReplicasAvailable", text, updated=True)
    else:
        text = "Deployment does not have minimum availability."
        set_condition(status, "Available", "False", "MinimumReplicasUnavailable", text, updated=True)


def _progress(deployment: Obj, status: Obj, new: Obj | None, before: Previous, *, created: bool) -> float | None:
    current = condition_of(deployment, "Progressing") or {}
    if new is None:
        text = f'Deployment "{name_of(deployment)}" is progressing.'
        set_condition(status, "Progressing", "True", "ReplicaSetUpdated", text, updated=True)
        return None
    name, desired = name_of(new), deployment["spec"]["replicas"]
    was_complete = current.get("reason") == "NewReplicaSetAvailable" and f'"{name}"' in current.get("message", "")
    if was_complete and status.get("replicas", 0) == status.get("updatedReplicas", 0):
        return None  # a finished rollout stays finished, whatever becomes of its pods
    counts = [status.get(field, 0) for field in ("updatedReplicas", "replicas", "availableReplicas")]
    if all(count == desired for count in counts):
        text = f'ReplicaSet "{name}" has successfully progressed.'
        set_condition(status, "Progressing", "True", "NewReplicaSetAvailable", text, updated=True)
        return None
    if created:
        text = f'Created new replica set "{name}"'
        set_condition(status, "Progressing", "True", "NewReplicaSetCreated", text, updated=True)
    elif current and f'"{name}"' not in current.get("message", ""):
        text = f'Found new replica set "{name}"'
        set_condition(status, "Progressing", "True", "FoundNewReplicaSet", text, updated=True)
    elif _moved(before, Previous.of(deployment)) or not current or was_complete:
        text = f'ReplicaSet "{name}" is progressing.'
        set_condition(status, "Progressing", "True", "ReplicaSetUpdated", text, updated=True)
        entry = condition_of(deployment, "Progressing")
        if entry is not None:
            entry["lastUpdateTime"] = time_text()
    return _deadline(deployment, status, name)


def _moved(before: Previous, after: Previous) -> bool:
    return (
        after.updated > before.updated
        or after.old < before.old
        or after.ready > before.ready
        or after.available > before.available
    )


def _deadline(deployment: Obj, status: Obj, name: str) -> float | None:
    entry = condition_of(deployment, "Progressing") or {}
    if entry.get("reason") == "ProgressDeadlineExceeded":
        return None
    allowed = deployment["spec"].get("progressDeadlineSeconds", 600)
    left = float(allowed - seconds_since(entry.get("lastUpdateTime")))
    if left > 0:
        return left + 0.5
    text = f'ReplicaSet "{name}" has timed out progressing.'
    set_condition(status, "Progressing", "False", "ProgressDeadlineExceeded", text, updated=True)
    return None
