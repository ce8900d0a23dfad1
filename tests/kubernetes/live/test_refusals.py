"""The cluster's no, at the field of the manifest that a person can change."""

from __future__ import annotations

from typing import Any

import pytest

from oneclick_kubernetes.errors import ClusterError, Conflict, Expired, Missing, Unreachable, from_status
from oneclick_kubernetes.refusals import path_of, refused

ID = "0y2vd9m7pvvnwzq"
MANIFEST: dict[str, Any] = {
    "spec": {
        "interfaces": [{"name": "http"}, {"name": "metrics"}],
        "volumes": [{"name": "data"}],
        "cronjobs": [{"name": "nightly"}],
    }
}


def of(kind: str, name: str = ID) -> dict[str, Any]:
    return {"kind": kind, "metadata": {"name": name}}


@pytest.mark.parametrize(
    ("wanted", "field", "path"),
    [
        (of("Deployment"), "spec.template.spec.containers[0].image", "spec.image"),
        (of("Deployment"), "spec.template.spec.containers[0].resources.requests", "spec.resources.requests"),
        (of("Deployment"), "spec.template.spec.containers[0].resources.limits[cpu]", "spec.resources.limits.cpu"),
        (of("Pod"), "spec.containers[0].resources.requests.cpu", "spec.resources.requests.cpu"),
        (of("Pod"), "spec.tolerations[2].operator", "spec.tolerations.2"),
        (of("Pod"), "", "spec"),
        (of("Deployment"), "spec.template.spec.nodeSelector", "spec.nodeSelector"),
        (of("Service", f"metrics-{ID}-svc"), "spec.ports[0].port", "spec.interfaces.1"),
        (of("Ingress", f"http-{ID}-ingress"), "spec.rules[0].host", "spec.interfaces.0"),
        (of("PersistentVolumeClaim", f"data-{ID}"), "spec.resources", "spec.volumes.0"),
        (of("CronJob", f"nightly-{ID}"), "spec.schedule", "spec.cronjobs.0"),
        (of("HorizontalPodAutoscaler"), "spec.minReplicas", "spec.horizontalScale"),
        (of("NetworkPolicy"), "spec", "spec"),
    ],
)
def test_field_behind_an_objects_field(wanted: dict[str, Any], field: str, path: str) -> None:
    assert ".".join(path_of(wanted, field, MANIFEST, ID)) == path


def test_one_leaf_at_each_place() -> None:
    image = "spec.template.spec.containers[0].image"
    error = refused(
        [
            (of("Deployment"), ClusterError("bad", 422, "Invalid", ((image, "first"), (image, "second")))),
            (of("Service", f"http-{ID}-svc"), Conflict("conflict", 409, "Conflict", ((".spec.ports", "theirs"),))),
        ],
        MANIFEST,
        ID,
    )
    assert error.status == 400
    assert error.message == "The cluster refused the rollout: bad."
    assert error.data["manifest"]["spec"]["image"]["message"] == "First."
    assert error.data["manifest"]["spec"]["interfaces"]["0"]["code"] == "validation_cluster_conflict"


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (404, {}, Missing),
        (409, {"reason": "Conflict"}, Conflict),
        (410, {}, Expired),
        (400, {"reason": "Expired"}, Expired),
        (429, {}, Unreachable),
        (503, None, Unreachable),
        (500, {"message": "failed to create typed patch object (x): .a: field not declared in schema"}, ClusterError),
        (403, {"reason": "Forbidden"}, ClusterError),
    ],
)
def test_errors_by_what_the_server_says(status: int, body: dict[str, Any] | None, kind: type[ClusterError]) -> None:
    assert type(from_status(status, body)) is kind
