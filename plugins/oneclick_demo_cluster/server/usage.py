"""``metrics.k8s.io``: what pods and nodes use, made up but steady."""

from __future__ import annotations

from oneclick_demo_cluster.load import container_usage, is_measured
from oneclick_demo_cluster.machinery import kinds
from oneclick_demo_cluster.machinery.errors import not_found
from oneclick_demo_cluster.machinery.objects import Obj, dig, labels_of, name_of, namespace_of, time_text
from oneclick_demo_cluster.machinery.store import Store
from oneclick_demo_cluster.server.messages import Request
from oneclick_demo_cluster.server.presenting import list_of, matcher
from oneclick_demo_cluster.server.routing import Target

WINDOW = "15s"


def answer(store: Store, target: Target, request: Request) -> Obj:
    """Answer a request for one or many PodMetrics or NodeMetrics."""
    source = kinds.PODS if target.kind is kinds.POD_METRICS else kinds.NODES
    make = pod_metrics if source is kinds.PODS else node_metrics
    if target.name:
        obj = store.get(source, target.namespace, target.name)
        if obj is None or (source is kinds.PODS and not is_measured(obj)):
            raise not_found(target.kind, target.name)
        return make(store, obj)
    match = matcher(request.query.get("labelSelector", ""), request.query.get("fieldSelector", ""))
    found = [obj for obj in store.list(source, target.namespace) if match is None or match(obj)]
    items = [make(store, obj) for obj in found if source is kinds.NODES or is_measured(obj)]
    return list_of(target.kind, items, {})


def pod_metrics(store: Store, pod: Obj) -> Obj:
    """Return a pod's PodMetrics."""
    containers = []
    for container in dig(pod, "spec", "containers", default=()):
        cpu, memory = container_usage(store, pod, container)
        usage = {"cpu": f"{cpu}n", "memory": f"{memory // 1024}Ki"}
        containers.append({"name": container["name"], "usage": usage})
    return {**_head(kinds.POD_METRICS, pod), "containers": containers}


def node_metrics(store: Store, node: Obj) -> Obj:
    """Return a node's NodeMetrics: its pods and a little for itself."""
    cpu, memory = 80_000_000, 600 * 1024 * 1024
    for pod in store.list(kinds.PODS):
        if dig(pod, "spec", "nodeName") == name_of(node) and is_measured(pod):
            for container in dig(pod, "spec", "containers", default=()):
                used = container_usage(store, pod, container)
                cpu, memory = cpu + used[0], memory + used[1]
    return {**_head(kinds.NODE_METRICS, node), "usage": {"cpu": f"{cpu}n", "memory": f"{memory // 1024}Ki"}}


def _head(kind: kinds.Kind, obj: Obj) -> Obj:
    metadata: Obj = {"name": name_of(obj), "creationTimestamp": time_text()}
    if namespace := namespace_of(obj):
        metadata["namespace"] = namespace
    if labels := labels_of(obj):
        metadata["labels"] = labels
    return {
        "apiVersion": kind.api_version,
        "kind": kind.kind,
        "metadata": metadata,
        "timestamp": time_text(),
        "window": WINDOW,
    }
