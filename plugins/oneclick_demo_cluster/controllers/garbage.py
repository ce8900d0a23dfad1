"""Owner references: what loses its last owner goes; owners that wait for their dependents are let go after them."""

from __future__ import annotations

from collections.abc import Iterable

from oneclick_demo_cluster.controllers.base import Controller, Key
from oneclick_demo_cluster.machinery import kinds
from oneclick_demo_cluster.machinery.deletion import FOREGROUND, ORPHAN, delete
from oneclick_demo_cluster.machinery.kinds import BY_NAME, Kind
from oneclick_demo_cluster.machinery.objects import Obj, is_terminating, name_of, namespace_of
from oneclick_demo_cluster.machinery.store import Change

LOST = "lost"
"""The first part of a key whose second part is the uid of an owner that may be gone; else it is a kind's place."""

GRACE = 0.2


class Garbage(Controller):
    """Collects what nobody owns any more."""

    kind = kinds.PODS
    name = "garbage-collector"

    def keys(self, kind: Kind, change: Change) -> Iterable[Key]:
        """Owners that went, owners of new objects, and owners that wait."""
        metadata = change.new["metadata"]
        owners = metadata.get("ownerReferences") or ()
        if change.type == "DELETED":
            yield (LOST, metadata["uid"])
        elif set(metadata.get("finalizers") or ()) & {FOREGROUND, ORPHAN}:
            yield (_place(kind, namespace_of(change.new)), name_of(change.new))
        for owner in owners:
            owner_kind = BY_NAME.get((owner.get("apiVersion", ""), owner.get("kind", "")))
            if owner_kind is None:
                continue  # of a kind that is not served: nobody can tell whether it is there
            if change.type == "ADDED":
                yield (LOST, owner.get("uid", ""))
            elif change.type == "DELETED":
                yield (_place(owner_kind, namespace_of(change.new)), owner["name"])

    def reconcile(self, key: Key) -> float | None:
        """Look after one owner."""
        if key[0] == LOST:
            self._collect(key[1])
            return None
        place, _, namespace = key[0].partition("|")
        kind = next(kind for kind in kinds.STORED if kind.qualified == place)
        owner = self.store.get(kind, namespace if kind.namespaced else "", key[1])
        if owner is None or not is_terminating(owner):
            return None
        finalizers = owner["metadata"].get("finalizers") or ()
        if FOREGROUND in finalizers:
            if self._delete_dependents(owner):
                return GRACE
            self._release(kind, owner, FOREGROUND)
        elif ORPHAN in finalizers:
            for dependent_kind, dependent in self.store.owned(owner["metadata"]["uid"]):
                self._disown(dependent_kind, dependent, owner["metadata"]["uid"])
            self._release(kind, owner, ORPHAN)
        return None

    def _collect(self, uid: str) -> None:
        """Delete what belonged to ``uid`` alone, if that is really gone."""
        for kind, obj in list(self.store.owned(uid)):
            owners = obj["metadata"]["ownerReferences"]
            if any(self._exists(obj, owner) for owner in owners if owner["uid"] == uid):
                continue
            if any(self._exists(obj, owner) for owner in owners):
                self._disown(kind, obj, uid)
            elif not is_terminating(obj):
                delete(self.writer, kind, namespace_of(obj), name_of(obj), {"propagationPolicy": "Background"})

    def _exists(self, obj: Obj, owner: Obj) -> bool:
        kind = BY_NAME.get((owner.get("apiVersion", ""), owner.get("kind", "")))
        if kind is None or kind in kinds.VIRTUAL:
            return True
        found = self.store.get(kind, namespace_of(obj) if kind.namespaced else "", owner.get("name", ""))
        return found is not None and found["metadata"]["uid"] == owner.get("uid")

    def _delete_dependents(self, owner: Obj) -> bool:
        """Delete what an owner waits for; returns whether any of it is still there."""
        left = False
        for kind, obj in list(self.store.owned(owner["metadata"]["uid"])):
            gone = False
            if not is_terminating(obj):
                options = {"propagationPolicy": "Foreground"} if any(self.store.owned(obj["metadata"]["uid"])) else {}
                _, gone = delete(self.writer, kind, namespace_of(obj), name_of(obj), options)
            left = left or not gone
        return left

    def _disown(self, kind: Kind, obj: Obj, uid: str) -> None:
        def write(new: Obj) -> None:
            metadata = new["metadata"]
            metadata["ownerReferences"] = [entry for entry in metadata["ownerReferences"] if entry["uid"] != uid]
            if not metadata["ownerReferences"]:
                del metadata["ownerReferences"]

        self.writer.change(kind, namespace_of(obj), name_of(obj), write)

    def _release(self, kind: Kind, owner: Obj, finalizer: str) -> None:
        def write(new: Obj) -> None:
            kept = [entry for entry in new["metadata"].get("finalizers") or () if entry != finalizer]
            new["metadata"]["finalizers"] = kept
            if not kept:
                del new["metadata"]["finalizers"]

        self.writer.change(kind, namespace_of(owner), name_of(owner), write)


def _place(kind: Kind, namespace: str) -> str:
    return f"{kind.qualified}|{namespace}"
