"""How many replicas the metrics call for."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from oneclick_demo_cluster.controllers.replicasets import is_active
from oneclick_demo_cluster.load import container_usage, is_measured
from oneclick_demo_cluster.machinery import kinds, quantities
from oneclick_demo_cluster.machinery.objects import Obj, dig, labels_of, namespace_of
from oneclick_demo_cluster.machinery.selectors import matches_labels
from oneclick_demo_cluster.machinery.store import Store

TOLERANCE = 0.1
UNABLE = "the HPA was unable to compute the replica count"


@dataclass(slots=True)
class Recommendation:
    """The highest number that any metric calls for; ``None`` when none can be read, and then why."""

    replicas: int | None = None
    metric: str = ""
    problem: str = ""
    metrics: list[Obj] = field(default_factory=list)


def recommend(store: Store, scaler: Obj, deployment: Obj) -> Recommendation:
    """Read the metrics of an autoscaler."""
    pods = [
        pod
        for pod in store.list(kinds.PODS, namespace_of(deployment))
        if is_active(pod) and is_measured(pod) and matches_labels(deployment["spec"].get("selector"), labels_of(pod))
    ]
    result = Recommendation()
    if not pods:
        result.problem = (
            "the HPA was unable to compute the replica count: no metrics returned from resource metrics API"
        )
        return result
    for metric in scaler["spec"].get("metrics") or ():
        if metric.get("type") == "Resource":
            _read(store, metric["resource"], pods, deployment["spec"]["replicas"], result)
    if result.replicas is None and not result.problem:
        result.problem = f"{UNABLE}: no metric of a known type"
    return result


def _read(store: Store, resource: Obj, pods: list[Obj], current: int, result: Recommendation) -> None:
    name, target = resource.get("name", ""), resource.get("target") or {}
    used, requested = 0.0, 0.0
    for pod in pods:
        for container in pod["spec"]["containers"]:
            usage = container_usage(store, pod, container)
            used += usage[0] / 1e9 if name == "cpu" else usage[1]
            asked = dig(container, "resources", "requests", name)
            if asked is None and target.get("type") == "Utilization":
                text = f"failed to get {name} utilization: missing request for {name} in container {container['name']}"
                result.problem = (
                    f"the HPA was unable to compute the replica count: {text} of Pod {pod['metadata']['name']}"
                )
                return
            requested += float(quantities.parse(asked or "0"))
    average = used / len(pods)
    shown = f"{max(1, round(average * 1000))}m" if name == "cpu" else str(int(average))
    now: Obj = {"averageValue": shown}
    if target.get("type") == "Utilization":
        utilisation = used / requested * 100
        now["averageUtilization"] = round(utilisation)
        ratio, word = utilisation / target["averageUtilization"], "resource utilization (percentage of request)"
    else:
        wanted = float(quantities.parse(target.get("averageValue", "1")))
        ratio, word = average / wanted, "resource"
    replicas = current if abs(ratio - 1) <= TOLERANCE else math.ceil(ratio * len(pods))
    result.metrics.append({"type": "Resource", "resource": {"name": name, "current": now}})
    if result.replicas is None or replicas > result.replicas:
        result.replicas, result.metric = replicas, f"{name} {word}"
