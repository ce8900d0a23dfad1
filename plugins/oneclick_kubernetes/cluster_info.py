"""What everybody who is signed in may know of the cluster, and the pods' usage."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from oneclick_kubernetes import live
from oneclick_kubernetes.cluster.budget import together
from oneclick_kubernetes.cluster.client import Client
from oneclick_kubernetes.cluster.kinds import INGRESS_CLASSES, NODES, POD_METRICS, STORAGE_CLASSES, Kind, name_of
from oneclick_kubernetes.errors import ClusterError, Missing, Unreachable
from oneclick_kubernetes.quantities import total

INFO_SECONDS = 30.0
METRICS_SECONDS = 5.0
MOST_KEPT = 1000
_DEFAULTS = {
    STORAGE_CLASSES.plural: "storageclass.kubernetes.io/is-default-class",
    INGRESS_CLASSES.plural: "ingressclass.kubernetes.io/is-default-class",
}
_CAPACITIES = ("cpu", "memory", "pods", "ephemeral-storage")


class Kept:
    """Answers kept for a while, so that many who ask cost the API server what one does."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._asking: dict[Any, threading.Lock] = {}
        self._answers: dict[Any, tuple[float, Any]] = {}

    def get(self, key: Any, ask: Callable[[], Any]) -> Any:
        """Return the kept answer, or ask: one at a time for each key."""
        with self._lock:
            if len(self._answers) >= MOST_KEPT:
                self._answers.clear()
                self._asking.clear()
            lock = self._asking.setdefault(key, threading.Lock())
        with lock:
            known = self._answers.get(key)
            if known is not None and time.monotonic() - known[0] < self._seconds:
                return known[1]
            answer = ask()
            self._answers[key] = (time.monotonic(), answer)
            return answer


_info = Kept(INFO_SECONDS)
_metrics = Kept(METRICS_SECONDS)


def cluster_info(app: Any) -> dict[str, Any]:
    """Return storage and ingress classes with their defaults, the version, the nodes, and whether this is a
    demonstration."""
    found = live.of(app)
    info: dict[str, Any] = _info.get(id(found.client), partial(_read_info, found.client))
    notice = found.connection.notice if found.connection is not None else ""
    return {**info, "demo": bool(notice), "notice": notice}


def _read_info(client: Client) -> dict[str, Any]:
    version = client.version()
    storage, ingress, nodes = together(partial(client.list, kind) for kind in (STORAGE_CLASSES, INGRESS_CLASSES, NODES))
    return {
        "storageClasses": _names(storage),
        "defaultStorageClass": _default(STORAGE_CLASSES, storage),
        "ingressClasses": _names(ingress),
        "defaultIngressClass": _default(INGRESS_CLASSES, ingress),
        "version": str(version.get("gitVersion") or ""),
        "nodes": [_node(node) for node in _allowed(nodes)],
    }


def _allowed(found: list[dict[str, Any]] | Exception) -> list[dict[str, Any]]:
    # Nodes and classes are cluster-wide: where we may not read them, the rest is still worth telling.
    if isinstance(found, Unreachable) or (isinstance(found, Exception) and not isinstance(found, ClusterError)):
        raise found
    return [] if isinstance(found, Exception) else found


def _names(found: list[dict[str, Any]] | Exception) -> list[str]:
    return sorted(name_of(one) for one in _allowed(found))


def _default(kind: Kind, found: list[dict[str, Any]] | Exception) -> str:
    for one in _allowed(found):
        annotations = (one.get("metadata") or {}).get("annotations") or {}
        if annotations.get(_DEFAULTS[kind.plural]) == "true":
            return name_of(one)
    return ""


def _node(node: dict[str, Any]) -> dict[str, Any]:
    status = node.get("status") or {}
    conditions = {one.get("type"): one.get("status") for one in status.get("conditions") or ()}
    return {
        "name": name_of(node),
        "ready": conditions.get("Ready") == "True",
        "capacity": _amounts(status.get("capacity")),
        "allocatable": _amounts(status.get("allocatable")),
    }


def _amounts(amounts: dict[str, Any] | None) -> dict[str, str]:
    return {name: str((amounts or {}).get(name)) for name in _CAPACITIES if (amounts or {}).get(name) is not None}


def pod_metrics(app: Any, project: str, pods: set[str]) -> list[dict[str, str]]:
    """Return CPU in cores and memory in bytes, as decimal strings, of those pods that the cluster has measured."""
    client = live.of(app).client
    found: list[dict[str, Any]] = _metrics.get((id(client), project), partial(_read_metrics, client, project))
    return [_usage(one) for one in found if name_of(one) in pods]


def _read_metrics(client: Client, project: str) -> list[dict[str, Any]]:
    try:
        return client.list(POD_METRICS, project)
    except Missing:
        return []
    except Unreachable as error:
        if error.status:
            # The API server answers; it is metrics-server that is not there.
            return []
        raise


def _usage(measured: dict[str, Any]) -> dict[str, str]:
    containers = [one.get("usage") or {} for one in measured.get("containers") or ()]
    return {
        "name": name_of(measured),
        "cpu": total(str(one.get("cpu") or "0") for one in containers),
        "memory": total(str(one.get("memory") or "0") for one in containers),
    }
