"""Which node a pod goes to, and why it goes to none."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

from oneclick_demo_cluster.machinery import kinds, quantities
from oneclick_demo_cluster.machinery.objects import Obj, dig, labels_of, name_of, namespace_of
from oneclick_demo_cluster.machinery.quota import pod_resources
from oneclick_demo_cluster.machinery.store import Store


def place(store: Store, pod: Obj) -> tuple[str, str]:
    """Return the node for a pod; or no node and the sentence that says why."""
    nodes = store.list(kinds.NODES)
    if problem := _claims(store, pod, len(nodes)):
        return "", problem
    reasons: Counter[str] = Counter()
    fitting: list[tuple[int, str]] = []
    pods = [other for other in store.list(kinds.PODS) if dig(other, "spec", "nodeName") and _runs(other)]
    for node in nodes:
        here = [other for other in pods if other["spec"]["nodeName"] == name_of(node)]
        why = _refusals(pod, node, here)
        reasons.update(why)
        if not why:
            fitting.append((len(here), name_of(node)))
    if fitting:
        return min(fitting)[1], ""
    listed = ", ".join(f"{count} {reason}" for reason, count in sorted(reasons.items()))
    text = f"0/{len(nodes)} nodes are available: {listed}. preemption: 0/{len(nodes)} nodes are available: "
    return "", f"{text}{len(nodes)} Preemption is not helpful for scheduling."


def _runs(pod: Obj) -> bool:
    return dig(pod, "status", "phase") not in ("Succeeded", "Failed")


def _claims(store: Store, pod: Obj, nodes: int) -> str:
    for volume in dig(pod, "spec", "volumes", default=()):
        name = dig(volume, "persistentVolumeClaim", "claimName")
        if name is None:
            continue
        claim = store.get(kinds.CLAIMS, namespace_of(pod), name)
        if claim is None:
            return f'0/{nodes} nodes are available: persistentvolumeclaim "{name}" not found.'
        if dig(claim, "status", "phase") != "Bound":
            return f"0/{nodes} nodes are available: pod has unbound immediate PersistentVolumeClaims."
    return ""


def _refusals(pod: Obj, node: Obj, here: list[Obj]) -> list[str]:
    wanted = dig(pod, "spec", "nodeSelector", default={})
    labels = labels_of(node)
    if any(labels.get(key) != value for key, value in wanted.items()):
        return ["node(s) didn't match Pod's node affinity/selector"]
    if dig(node, "spec", "unschedulable"):
        return ["node(s) were unschedulable"]
    why = []
    asked = pod_resources(pod, "requests")
    for name in ("cpu", "memory", "ephemeral-storage"):
        room = quantities.parse(dig(node, "status", "allocatable", name, default="0"))
        taken = sum((pod_resources(other, "requests").get(name, Decimal(0)) for other in here), Decimal(0))
        if asked.get(name, Decimal(0)) > room - taken and asked.get(name):
            why.append(f"Insufficient {name}")
    if len(here) >= int(dig(node, "status", "allocatable", "pods", default="110")):
        why.append("Too many pods")
    return why
