"""Deleting: preconditions, grace, finalizers, and what becomes of what an object owns."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from oneclick_demo_cluster.machinery import kinds
from oneclick_demo_cluster.machinery.errors import conflict
from oneclick_demo_cluster.machinery.kinds import Kind
from oneclick_demo_cluster.machinery.objects import Obj, copy_of, dig, name_of, now, time_text
from oneclick_demo_cluster.machinery.writes import Writer

FOREGROUND, ORPHAN = "foregroundDeletion", "orphan"


def delete(
    writer: Writer, kind: Kind, namespace: str, name: str, options: Obj | None = None, *, dry_run: bool = False
) -> tuple[Obj, bool]:
    """Delete an object; returns its state and whether it is gone already (it may wait for its end)."""
    options = options or {}
    with writer.store.lock:
        obj: Obj = copy_of(writer.live(kind, namespace, name))
        _check_preconditions(kind, obj, options.get("preconditions") or {})
        grace = _grace(kind, obj, options.get("gracePeriodSeconds"))
        metadata = obj["metadata"]
        earlier = metadata.get("deletionGracePeriodSeconds")
        if "deletionTimestamp" not in metadata or (earlier is not None and grace < earlier):
            metadata["deletionTimestamp"] = time_text(now() + timedelta(seconds=grace))
            metadata["deletionGracePeriodSeconds"] = grace
            if kind in (kinds.DEPLOYMENTS, kinds.REPLICA_SETS):
                metadata["generation"] = metadata.get("generation", 1) + 1
        _set_propagation(metadata, options)
        if kind is kinds.NAMESPACES:
            obj["status"] = {**(obj.get("status") or {}), "phase": "Terminating"}
        waits = bool(
            metadata.get("finalizers") or grace or (kind is kinds.NAMESPACES and obj["spec"].get("finalizers"))
        )
        if dry_run:
            return obj, not waits
        if waits:
            return writer.store.put(kind, obj), False
        return writer.store.remove(kind, obj), True


def deleted_status(kind: Kind, obj: Obj) -> Obj:
    """Return the ``Status`` that answers a deletion which is done."""
    details = {"name": name_of(obj), "group": kind.group, "kind": kind.plural, "uid": obj["metadata"]["uid"]}
    return {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Success",
        "details": {key: value for key, value in details.items() if value},
    }


def _check_preconditions(kind: Kind, obj: Obj, wanted: Obj) -> None:
    for field, shown in (("uid", "UID"), ("resourceVersion", "ResourceVersion")):
        value = wanted.get(field)
        if value and value != obj["metadata"][field]:
            text = f"the {shown} in the precondition ({value}) does not match the {shown} in record "
            text += f"({obj['metadata'][field]}). The object might have been deleted and then recreated"
            raise conflict(kind, name_of(obj), text)


def _grace(kind: Kind, obj: Obj, asked: Any) -> int:
    """Only pods that run somewhere take their time."""
    if kind is not kinds.PODS or not dig(obj, "spec", "nodeName"):
        return 0
    if dig(obj, "status", "phase") in ("Succeeded", "Failed"):
        return 0
    return int(asked) if asked is not None else int(dig(obj, "spec", "terminationGracePeriodSeconds", default=30))


def _set_propagation(metadata: Obj, options: Obj) -> None:
    policy = options.get("propagationPolicy")
    if policy is None and "orphanDependents" in options:
        policy = "Orphan" if options["orphanDependents"] else "Background"
    finalizer = {"Foreground": FOREGROUND, "Orphan": ORPHAN}.get(policy or "")
    kept = [entry for entry in metadata.get("finalizers") or () if entry not in (FOREGROUND, ORPHAN) or not policy]
    if finalizer and finalizer not in kept:
        kept.append(finalizer)
    if kept:
        metadata["finalizers"] = kept
    else:
        metadata.pop("finalizers", None)
