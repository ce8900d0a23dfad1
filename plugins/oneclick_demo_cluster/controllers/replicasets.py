"""ReplicaSets: as many pods as they ask for."""

from __future__ import annotations

from collections.abc import Iterable

from oneclick_demo_cluster.controllers.base import OPTIONS, Controller, Key, owner_key
from oneclick_demo_cluster.machinery import kinds
from oneclick_demo_cluster.machinery.deletion import delete
from oneclick_demo_cluster.machinery.errors import StatusError
from oneclick_demo_cluster.machinery.kinds import Kind
from oneclick_demo_cluster.machinery.objects import (
    Obj,
    condition_of,
    controller_of,
    copy_of,
    dig,
    drop_condition,
    is_terminating,
    name_of,
    namespace_of,
    owner_reference,
    seconds_since,
    set_condition,
)
from oneclick_demo_cluster.machinery.store import Change

COMPONENT = "replicaset-controller"
RETRY = 3.0


class ReplicaSets(Controller):
    """Creates and deletes pods, and counts them."""

    kind = kinds.REPLICA_SETS
    name = COMPONENT

    def keys(self, kind: Kind, change: Change) -> Iterable[Key]:
        """ReplicaSets and the owners of pods."""
        if kind is kinds.PODS:
            return owner_key(change.new, self.kind)
        return super().keys(kind, change)

    def reconcile(self, key: Key) -> float | None:
        """Create or delete the difference, then write the counts."""
        replica_set = self.store.get(self.kind, *key)
        if replica_set is None:
            return None
        pods = self._pods(replica_set)
        failure: StatusError | None = None
        missing = replica_set["spec"].get("replicas", 1) - len(pods)
        if not is_terminating(replica_set):
            if missing > 0:
                failure = self._create(replica_set, missing)
            elif missing < 0:
                self._delete(replica_set, pods, -missing)
            pods = self._pods(replica_set)
        again = self._write_status(replica_set, pods, missing, failure)
        return RETRY if failure else again

    def _pods(self, replica_set: Obj) -> list[Obj]:
        owned = (pod for kind, pod in self.store.owned(replica_set["metadata"]["uid"]) if kind is kinds.PODS)
        return [pod for pod in owned if is_active(pod) and controller_of(pod)]

    def _create(self, replica_set: Obj, count: int) -> StatusError | None:
        template = replica_set["spec"]["template"]
        for _ in range(count):
            pod = copy_of({"metadata": template.get("metadata") or {}, "spec": template["spec"]})
            pod["metadata"]["generateName"] = f"{name_of(replica_set)}-"
            pod["metadata"]["ownerReferences"] = [owner_reference(self.kind, replica_set)]
            try:
                made = self.writer.create(kinds.PODS, namespace_of(replica_set), pod, OPTIONS)
            except StatusError as error:
                text = f"Error creating: {error.message}"
                self.recorder.warning(self.kind, replica_set, "FailedCreate", text, COMPONENT)
                return error
            text = f"Created pod: {name_of(made)}"
            self.recorder.normal(self.kind, replica_set, "SuccessfulCreate", text, COMPONENT)
        return None

    def _delete(self, replica_set: Obj, pods: list[Obj], count: int) -> None:
        """Those that do least go first: not scheduled, not running, not ready, youngest."""
        for pod in sorted(pods, key=_worth)[:count]:
            delete(self.writer, kinds.PODS, namespace_of(pod), name_of(pod))
            text = f"Deleted pod: {name_of(pod)}"
            self.recorder.normal(self.kind, replica_set, "SuccessfulDelete", text, COMPONENT)

    def _write_status(
        self, replica_set: Obj, pods: list[Obj], missing: int, failure: StatusError | None
    ) -> float | None:
        least = replica_set["spec"].get("minReadySeconds", 0)
        ready = [pod for pod in pods if is_ready(pod)]
        owned = [pod for kind, pod in self.store.owned(replica_set["metadata"]["uid"]) if kind is kinds.PODS]
        waits = [least - ready_for(pod) for pod in ready]
        counts = {
            "replicas": len(pods),
            "fullyLabeledReplicas": len(pods),
            "readyReplicas": len(ready),
            "availableReplicas": sum(wait <= 0 for wait in waits),
            "terminatingReplicas": sum(is_terminating(pod) for pod in owned),
        }

        def write(obj: Obj) -> None:
            status = obj.setdefault("status", {})
            for name, count in counts.items():
                if count or name in ("replicas", "terminatingReplicas"):
                    status[name] = count
                else:
                    status.pop(name, None)
            status["observedGeneration"] = obj["metadata"].get("generation", 1)
            if failure is not None:
                reason = "FailedCreate" if missing > 0 else "FailedDelete"
                set_condition(status, "ReplicaFailure", "True", reason, failure.message)
            elif condition_of(obj, "ReplicaFailure"):
                drop_condition(status, "ReplicaFailure")

        self.writer.change(self.kind, namespace_of(replica_set), name_of(replica_set), write)
        return min((wait for wait in waits if wait > 0), default=None)


def is_active(pod: Obj) -> bool:
    """Whether a pod counts: it neither ended nor is about to go."""
    return not is_terminating(pod) and dig(pod, "status", "phase") not in ("Succeeded", "Failed")


def is_ready(pod: Obj) -> bool:
    """Whether a pod is ready."""
    return (condition_of(pod, "Ready") or {}).get("status") == "True"


def ready_for(pod: Obj) -> float:
    """Return for how long a pod has been ready."""
    return seconds_since((condition_of(pod, "Ready") or {}).get("lastTransitionTime"))


def _worth(pod: Obj) -> tuple[bool, bool, bool, float]:
    running = dig(pod, "status", "phase") == "Running"
    age = seconds_since(pod["metadata"]["creationTimestamp"])
    return (bool(dig(pod, "spec", "nodeName")), running, is_ready(pod), age)
