"""Namespaces that are going: everything in them goes first."""

from __future__ import annotations

from oneclick_demo_cluster.controllers.base import Controller, Key
from oneclick_demo_cluster.machinery import kinds
from oneclick_demo_cluster.machinery.deletion import delete
from oneclick_demo_cluster.machinery.objects import Obj, is_terminating, name_of, set_condition

LOOK_AGAIN = 0.2


class Namespaces(Controller):
    """Empties namespaces and lets them go."""

    kind = kinds.NAMESPACES
    name = "namespace-controller"

    def reconcile(self, key: Key) -> float | None:
        """Delete the contents; once there are none, the namespace."""
        namespace = self.store.get(self.kind, *key)
        if namespace is None or not is_terminating(namespace):
            return None
        left = self._empty(name_of(namespace))
        if left:
            self.writer.change(self.kind, *key, lambda obj: _explain(obj, left))
            return LOOK_AGAIN

        def release(obj: Obj) -> None:
            obj["spec"]["finalizers"] = []

        self.writer.change(self.kind, *key, release)
        return None

    def _empty(self, namespace: str) -> list[tuple[kinds.Kind, Obj]]:
        """Delete what is there; returns what is still there."""
        left = []
        for kind in kinds.CONTENTS:
            for obj in self.store.list(kind, namespace):
                gone = False
                if not is_terminating(obj):
                    _, gone = delete(self.writer, kind, namespace, name_of(obj))
                if not gone:
                    left.append((kind, obj))
        return left


def _explain(namespace: Obj, left: list[tuple[kinds.Kind, Obj]]) -> None:
    """Say in the status what the namespace waits for."""
    status: Obj = namespace.setdefault("status", {})
    counts: dict[str, int] = {}
    finalizers: dict[str, int] = {}
    for kind, obj in left:
        counts[kind.qualified] = counts.get(kind.qualified, 0) + 1
        for finalizer in obj["metadata"].get("finalizers") or ():
            finalizers[finalizer] = finalizers.get(finalizer, 0) + 1
    listed = ", ".join(f"{name} has {count} resource instances" for name, count in sorted(counts.items()))
    text = f"Some resources are remaining: {listed}"
    set_condition(status, "NamespaceContentRemaining", "True", "SomeResourcesRemain", text)
    if finalizers:
        listed = ", ".join(f"{name} in {count} resource instances" for name, count in sorted(finalizers.items()))
        text = f"Some content in the namespace has finalizers remaining: {listed}"
        set_condition(status, "NamespaceFinalizersRemaining", "True", "SomeFinalizersRemain", text)
    else:
        text = "All content-preserving finalizers finished"
        set_condition(status, "NamespaceFinalizersRemaining", "False", "ContentHasNoFinalizers", text)
