"""Deployments: a ReplicaSet for each revision, and the way from one to the next."""

from __future__ import annotations

from collections.abc import Iterable

from oneclick_demo_cluster.controllers import rollout
from oneclick_demo_cluster.controllers.base import MANAGER, OPTIONS, Controller, Key, owner_key
from oneclick_demo_cluster.controllers.deployment_status import Previous, write_status
from oneclick_demo_cluster.machinery import kinds
from oneclick_demo_cluster.machinery.deletion import delete
from oneclick_demo_cluster.machinery.kinds import Kind
from oneclick_demo_cluster.machinery.objects import (
    Obj,
    copy_of,
    dig,
    is_terminating,
    labels_of,
    name_of,
    namespace_of,
    owner_reference,
    safe_hash,
)
from oneclick_demo_cluster.machinery.store import Change

COMPONENT = "deployment-controller"
REVISION = "deployment.kubernetes.io/revision"
HASH = "pod-template-hash"


class Deployments(Controller):
    """Rolls out templates."""

    kind = kinds.DEPLOYMENTS
    name = COMPONENT

    def keys(self, kind: Kind, change: Change) -> Iterable[Key]:
        """Deployments and the owners of ReplicaSets."""
        if kind is kinds.REPLICA_SETS:
            return owner_key(change.new, self.kind)
        if kind is kinds.PODS and change.type == "DELETED":
            # Recreate waits for the last old pod to be gone, which no count of its ReplicaSet shows.
            return self._deployment_of(change.new)
        return super().keys(kind, change)

    def _deployment_of(self, pod: Obj) -> Iterable[Key]:
        for key in owner_key(pod, kinds.REPLICA_SETS):
            replica_set = self.store.get(kinds.REPLICA_SETS, *key)
            if replica_set is not None:
                yield from owner_key(replica_set, self.kind)

    def reconcile(self, key: Key) -> float | None:
        """Take the next step of the rollout and write the status."""
        deployment = self.store.get(self.kind, *key)
        if deployment is None or is_terminating(deployment):
            return None
        sets = self._replica_sets(deployment)
        wanted = safe_hash(deployment["spec"]["template"])
        new = next((entry for entry in sets if labels_of(entry).get(HASH) == wanted), None)
        old = [entry for entry in sets if entry is not new]
        found = new is not None
        if not deployment["spec"].get("paused"):
            recreate = deployment["spec"]["strategy"]["type"] == "Recreate"
            if recreate and self._old_pods(old, stop=True):
                return self._status(deployment, None, created=False)
            new = self._current(deployment, new, old, wanted)
            plan = rollout.recreate_plan if recreate else rollout.rolling_plan
            for replica_set, replicas in plan(deployment, new, old):
                self._scale(deployment, replica_set, replicas)
            self._clean_up(deployment)
        return self._status(deployment, wanted, created=not found)

    def _replica_sets(self, deployment: Obj) -> list[Obj]:
        owned = self.store.owned(deployment["metadata"]["uid"])
        return sorted((obj for kind, obj in owned if kind is kinds.REPLICA_SETS), key=revision_of)

    def _old_pods(self, old: list[Obj], *, stop: bool) -> bool:
        """Scale the old ReplicaSets down (Recreate); returns whether any of their pods still exists."""
        for replica_set in old:
            if stop and replica_set["spec"]["replicas"]:
                owner = self.store.get(self.kind, *next(iter(owner_key(replica_set, self.kind))))
                if owner is not None:
                    self._scale(owner, replica_set, 0)
        return any(
            dig(pod, "status", "phase") not in ("Succeeded", "Failed")
            for replica_set in old
            for kind, pod in self.store.owned(replica_set["metadata"]["uid"])
            if kind is kinds.PODS
        )

    def _current(self, deployment: Obj, new: Obj | None, old: list[Obj], wanted: str) -> Obj:
        """Return the ReplicaSet of the current template, made if need be, with the newest revision."""
        revision = max((revision_of(entry) for entry in old), default=0) + 1
        if new is None:
            new = self.writer.create(
                kinds.REPLICA_SETS, namespace_of(deployment), self._make(deployment, wanted), OPTIONS
            )
        revision = max(revision, revision_of(new))

        def annotate(obj: Obj) -> None:
            notes = obj["metadata"].setdefault("annotations", {})
            notes[REVISION] = str(revision)
            if obj["kind"] == "ReplicaSet":
                notes["deployment.kubernetes.io/desired-replicas"] = str(deployment["spec"]["replicas"])
                most = deployment["spec"]["replicas"] + rollout.surge(deployment)
                notes["deployment.kubernetes.io/max-replicas"] = str(most)

        key = (namespace_of(deployment), name_of(deployment))
        self.writer.change(self.kind, *key, annotate, MANAGER)
        changed = self.writer.change(kinds.REPLICA_SETS, namespace_of(new), name_of(new), annotate, MANAGER)
        return changed or new

    def _make(self, deployment: Obj, wanted: str) -> Obj:
        spec = deployment["spec"]
        template, selector = copy_of(spec["template"]), copy_of(spec["selector"])
        template.setdefault("metadata", {}).setdefault("labels", {})[HASH] = wanted
        selector.setdefault("matchLabels", {})[HASH] = wanted
        notes = dict(deployment["metadata"].get("annotations") or {})
        notes.pop("kubectl.kubernetes.io/last-applied-configuration", None)
        return {
            "metadata": {
                "name": f"{name_of(deployment)}-{wanted}",
                "labels": dict(template["metadata"]["labels"]),
                "annotations": notes,
                "ownerReferences": [owner_reference(self.kind, deployment)],
            },
            "spec": {
                "replicas": 0,
                "minReadySeconds": spec.get("minReadySeconds", 0),
                "selector": selector,
                "template": template,
            },
        }

    def _scale(self, deployment: Obj, replica_set: Obj, replicas: int) -> None:
        before = replica_set["spec"]["replicas"]
        if before == replicas:
            return

        def write(obj: Obj) -> None:
            obj["spec"]["replicas"] = replicas

        self.writer.change(kinds.REPLICA_SETS, namespace_of(replica_set), name_of(replica_set), write, MANAGER)
        direction = "up" if replicas > before else "down"
        text = f"Scaled {direction} replica set {name_of(replica_set)} from {before} to {replicas}"
        self.recorder.normal(self.kind, deployment, "ScalingReplicaSet", text, COMPONENT)

    def _clean_up(self, deployment: Obj) -> None:
        """Delete the oldest ReplicaSets beyond the history limit."""
        sets = self._replica_sets(deployment)[:-1]
        idle = [entry for entry in sets if not entry["spec"]["replicas"] and not dig(entry, "status", "replicas")]
        for entry in idle[: max(0, len(idle) - deployment["spec"].get("revisionHistoryLimit", 10))]:
            delete(self.writer, kinds.REPLICA_SETS, namespace_of(entry), name_of(entry))

    def _status(self, deployment: Obj, wanted: str | None, *, created: bool) -> float | None:
        current = self.store.get(self.kind, namespace_of(deployment), name_of(deployment))
        if current is None:
            return None
        sets = self._replica_sets(current)
        new = next((entry for entry in sets if wanted and labels_of(entry).get(HASH) == wanted), None)
        again: list[float] = []

        def write(obj: Obj) -> None:
            left = write_status(obj, new, sets, Previous.of(obj), created=created)
            if left is not None:
                again.append(left)

        self.writer.change(self.kind, namespace_of(current), name_of(current), write)
        return again[0] if again else None


def revision_of(replica_set: Obj) -> int:
    """Return the revision of a ReplicaSet."""
    text = (replica_set["metadata"].get("annotations") or {}).get(REVISION, "0")
    return int(text) if text.isdigit() else 0
