"""Objects as a cluster shows them, for the tests of health and status."""

from __future__ import annotations

from typing import Any

from tests.kubernetes.samples import DEPLOYMENT, PROJECT

LABELS = {"one-click.dev/projectId": PROJECT, "one-click.dev/deploymentId": DEPLOYMENT}
IMAGE = "docker.io/library/nginx:9.9"
DONE = {"type": "Progressing", "status": "True", "reason": "NewReplicaSetAvailable"}
MOVING = {"type": "Progressing", "status": "True", "reason": "ReplicaSetUpdated"}
STALLED = {"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded"}
ADMITTED = {"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate"}


def deployment(
    *conditions: dict[str, Any],
    replicas: int | None = 1,
    total: int = 0,
    updated: int = 0,
    available: int = 0,
    revision: int = 2,
    seen: int = 4,
    **spec: Any,
) -> dict[str, Any]:
    """Return a Deployment of generation 4; counts of zero are left out as Kubernetes leaves them out."""
    counts = {
        "replicas": total,
        "updatedReplicas": updated,
        "readyReplicas": available,
        "availableReplicas": available,
        "unavailableReplicas": total - available,
    }
    return {
        "metadata": {
            "name": DEPLOYMENT,
            "uid": "d",
            "generation": 4,
            "annotations": {"deployment.kubernetes.io/revision": str(revision)},
        },
        "spec": {**({} if replicas is None else {"replicas": replicas}), **spec},
        "status": {
            "observedGeneration": seen,
            "conditions": list(conditions),
            **{name: count for name, count in counts.items() if count},
        },
    }


def replica_set(revision: int = 2, *conditions: dict[str, Any]) -> dict[str, Any]:
    """Return the ReplicaSet of a revision."""
    return {
        "metadata": {
            "name": f"{DEPLOYMENT}-{revision}",
            "uid": f"rs{revision}",
            "annotations": {"deployment.kubernetes.io/revision": str(revision)},
            "ownerReferences": [{"kind": "Deployment", "name": DEPLOYMENT, "uid": "d"}],
        },
        "status": {"conditions": list(conditions)},
    }


def pod(
    state: dict[str, Any] | None = None,
    last: dict[str, Any] | None = None,
    *,
    revision: int = 2,
    name: str = "p1",
    ready: bool = False,
    phase: str = "Pending",
    conditions: tuple[dict[str, Any], ...] = (),
    restarts: int = 0,
    deleted: bool = False,
    created: str = "2026-01-01T00:00:00Z",
    memory: str = "512Mi",
    **status: Any,
) -> dict[str, Any]:
    """Return a pod of a revision with one container in a state."""
    found: dict[str, Any] = {
        "metadata": {
            "name": name,
            "uid": name,
            "labels": dict(LABELS),
            "creationTimestamp": created,
            "ownerReferences": [{"kind": "ReplicaSet", "name": f"{DEPLOYMENT}-{revision}", "uid": f"rs{revision}"}],
        },
        "spec": {
            "nodeName": "node-1",
            "containers": [
                {
                    "name": DEPLOYMENT,
                    "image": IMAGE,
                    "resources": {
                        "requests": {"cpu": "100m", "memory": "256Mi"},
                        "limits": {"cpu": "500m", "memory": memory},
                    },
                }
            ],
            "volumes": [{"name": f"data-{DEPLOYMENT}", "persistentVolumeClaim": {"claimName": f"data-{DEPLOYMENT}"}}],
        },
        "status": {
            "phase": phase,
            "startTime": created,
            "conditions": [{"type": "Ready", "status": str(ready)}, *conditions],
            "containerStatuses": [
                {
                    "name": DEPLOYMENT,
                    "image": IMAGE,
                    "ready": ready,
                    "restartCount": restarts,
                    "state": state or {},
                    "lastState": last or {},
                }
            ],
            **status,
        },
    }
    if deleted:
        found["metadata"]["deletionTimestamp"] = created
    return found


def waiting(reason: str, message: str = "") -> dict[str, Any]:
    return {"waiting": {"reason": reason, **({"message": message} if message else {})}}


def terminated(code: int | None = 1, reason: str = "Error", message: str = "", **times: str) -> dict[str, Any]:
    return {
        "terminated": {
            "reason": reason,
            **({} if code is None else {"exitCode": code}),
            **({"message": message} if message else {}),
            **times,
        }
    }


def unschedulable(message: str) -> dict[str, Any]:
    return {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": message}


def event(reason: str, message: str, name: str = "p1", time: str = "2026-01-01T00:00:00Z") -> dict[str, Any]:
    return {
        "reason": reason,
        "message": message,
        "lastTimestamp": time,
        "involvedObject": {"kind": "Pod", "name": name, "uid": name},
    }


def claim(phase: str = "Pending", storage_class: str | None = "fast") -> dict[str, Any]:
    return {
        "metadata": {"name": f"data-{DEPLOYMENT}", "uid": f"data-{DEPLOYMENT}", "labels": dict(LABELS)},
        "spec": {} if storage_class is None else {"storageClassName": storage_class},
        "status": {"phase": phase},
    }
