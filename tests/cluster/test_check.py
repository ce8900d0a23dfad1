"""What the cluster is asked before anything is stored: refusals name the manifest's field, and nothing has changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from kit_app import Installation, image, manifest

from oneclick.errors import ValidationError
from oneclick_kubernetes import outbox
from oneclick_kubernetes.cluster.client import Client
from oneclick_kubernetes.cluster.kinds import NAMESPACES, SERVICES


def test_a_refused_rollout_touches_nothing(installation: Installation, client: Client) -> None:
    """Fault 8: the original ended the running record although it went on running."""
    project, deployment = installation.deployment()
    running = installation.roll_out(project, deployment, manifest("1.27"))
    before = dict(installation.rollout(running.id)._stored)
    row = outbox.read(installation.app, deployment)
    quota = {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": "small", "namespace": project},
        "spec": {"hard": {"limits.cpu": "200m"}},
    }
    client.create(quota)
    bad = manifest(
        "1.28", resources={"requests": {"cpu": "1", "memory": "16Mi"}, "limits": {"cpu": "1", "memory": "1Gi"}}
    )
    with pytest.raises(ValidationError) as caught:
        installation.roll_out(project, deployment, bad)
    leaf = caught.value.data["manifest"]["spec"]
    assert "quota" in caught.value.message
    assert "quota" in str(leaf)
    assert caught.value.status == 400
    assert dict(installation.rollout(running.id)._stored) == before
    assert image(client, project, deployment) == "1.27"
    assert len(installation.rollouts(deployment)) == 1
    assert outbox.read(installation.app, deployment) == row


def test_replicas_times_requests_are_compared_with_what_is_left(
    installation: Installation, client: Client, eventually: Callable[..., Any]
) -> None:
    project, deployment = installation.deployment()
    quota = {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": "small", "namespace": project},
        "spec": {"hard": {"requests.cpu": "100m"}},
    }
    client.create(quota)
    path = f"/api/v1/namespaces/{project}/resourcequotas/small"
    eventually(lambda: (client.request("GET", path).get("status") or {}).get("hard"), 20, "the quota's status")
    scale = {"minReplicas": 11, "maxReplicas": 12, "targetCPUUtilizationPercentage": 80}
    with pytest.raises(ValidationError) as caught:
        installation.roll_out(project, deployment, manifest(horizontalScale=scale))
    leaf = caught.value.data["manifest"]["spec"]["resources"]["requests"]["cpu"]
    assert "requested: requests.cpu=110m" in leaf["message"]
    scale["minReplicas"] = 10
    installation.roll_out(project, deployment, manifest(horizontalScale=scale))
    # What the deployment's own pods use is free for the pods that replace them.
    installation.roll_out(project, deployment, manifest("1.28", horizontalScale=scale))


def test_pod_security_answers_before_anything_is_stored(installation: Installation, client: Client) -> None:
    project, deployment = installation.deployment()
    labels = {"pod-security.kubernetes.io/enforce": "baseline"}
    client.patch(NAMESPACES, project, "", {"metadata": {"labels": labels}})
    with pytest.raises(ValidationError) as caught:
        installation.roll_out(project, deployment, manifest(securityContext={"privileged": True}))
    assert "violates PodSecurity" in caught.value.message
    assert installation.rollouts(deployment) == []


def test_what_was_not_written_right_is_named(installation: Installation, client: Client) -> None:
    """Faults 7 and 11: an invalid quantity, an ingress class without rules."""
    project, deployment = installation.deployment()
    bad = manifest()
    bad["spec"]["resources"]["requests"]["cpu"] = "abc"
    with pytest.raises(ValidationError) as caught:
        installation.roll_out(project, deployment, bad)
    assert caught.value.data["manifest"]["spec"]["resources"]["requests"]["cpu"]["message"]
    assert image(client, project, deployment) is None


def test_a_conflict_is_a_400_until_it_is_forced(installation: Installation, client: Client) -> None:
    project, deployment = installation.deployment()
    installation.roll_out(project, deployment, manifest("1.27"))
    path = SERVICES.path(project, f"http-{deployment}-svc")
    theirs = {"spec": {"ports": [{"name": "http", "port": 80, "targetPort": 8080, "protocol": "TCP"}]}}
    client.request("PATCH", path, {"fieldManager": "kubectl-edit"}, theirs, "application/merge-patch+json")
    with pytest.raises(ValidationError) as caught:
        installation.roll_out(project, deployment, manifest("1.28"))
    leaf = caught.value.data["manifest"]["spec"]["interfaces"]["0"]
    assert "kubectl-edit" in leaf["message"]
    assert image(client, project, deployment) == "1.27"
    installation.roll_out(project, deployment, manifest("1.28"), {"force": "true"})
    assert image(client, project, deployment) == "1.28"
