"""Applying a deployment's objects: order, the one scaling, pruning, the fence, and taking over from the original."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from kit_app import manifest

from oneclick.ids import new_id
from oneclick_kubernetes import namespaces
from oneclick_kubernetes.apply import apply_all, generation_of, prune
from oneclick_kubernetes.cluster.client import Client
from oneclick_kubernetes.cluster.kinds import (
    AUTOSCALERS,
    CLAIMS,
    CONFIG_MAPS,
    CRON_JOBS,
    DEPLOYMENTS,
    INGRESSES,
    NAMESPACES,
    SECRETS,
    SERVICES,
    name_of,
)
from oneclick_kubernetes.errors import Conflict, NotOurs, Superseded, Unreachable
from oneclick_kubernetes.manifest import parse
from oneclick_kubernetes.resources import namespace_object, render


def objects(project: str, deployment: str, tag: str = "1.27", **spec: Any) -> list[dict[str, Any]]:
    return render(parse(manifest(tag, **spec)), project, deployment)


def names(client: Client, kind: Any, project: str) -> set[str]:
    return {name_of(one) for one in client.list(kind, project, "one-click.dev/deploymentId")}


VOLUME = {"name": "data", "mountPath": "/data", "size": "1Gi"}
JOB = {
    "name": "nightly",
    "suspend": True,
    "schedule": "0 3 * * *",
    "image": {"registry": "docker.io", "repository": "library/busybox", "tag": "1.36"},
    "resources": {"requests": {"cpu": "10m", "memory": "16Mi"}, "limits": {"cpu": "100m", "memory": "64Mi"}},
}


def test_everything_is_there_and_goes_when_it_is_left_out(client: Client, project: str) -> None:
    deployment = new_id()
    wanted = objects(
        project,
        deployment,
        secrets=[{"name": "A", "value": "b"}],
        volumes=[VOLUME],
        cronjobs=[JOB],
        interfaces=[
            {
                "name": "http",
                "port": 80,
                "ingress": {"ingressClass": "nginx", "rules": [{"host": "a.example.com", "path": "/", "tls": False}]},
            }
        ],
    )
    told: list[tuple[int, int]] = []
    apply_all(client, project, deployment, wanted, 1, told=lambda _one, position, total: told.append((position, total)))
    assert told == [(position, len(wanted)) for position in range(1, len(wanted) + 1)]
    for kind in (DEPLOYMENTS, SERVICES, INGRESSES, AUTOSCALERS, CRON_JOBS, SECRETS, CLAIMS):
        expected = {name_of(one) for one in wanted if one["kind"] == kind.kind}
        assert names(client, kind, project) == expected, kind
    applied = apply_all(client, project, deployment, objects(project, deployment, interfaces=[]), 2)
    assert set(applied.removed) == {
        f"services/http-{deployment}-svc",
        f"ingresses/http-{deployment}-ingress",
        f"cronjobs/nightly-{deployment}",
        f"secrets/{deployment}-secrets",
    }
    # Data goes by the user's word only.
    assert names(client, CLAIMS, project) == {f"data-{deployment}"}
    prune(client, project, deployment, (), 3)
    assert names(client, DEPLOYMENTS, project) == set()
    assert names(client, CLAIMS, project) == {f"data-{deployment}"}
    assert prune(client, project, deployment, (), 3, volumes=True) == [f"persistentvolumeclaims/data-{deployment}"]


def test_replicas_are_set_once_and_then_left_to_the_autoscaler(client: Client, project: str) -> None:
    deployment = new_id()
    scale = {"minReplicas": 3, "maxReplicas": 5, "targetCPUUtilizationPercentage": 80}
    apply_all(client, project, deployment, objects(project, deployment, horizontalScale=scale), 1)
    assert replicas(client, project, deployment) == 3
    client.patch(DEPLOYMENTS, deployment, project, {"spec": {"replicas": 4}}, subresource="scale")
    apply_all(client, project, deployment, objects(project, deployment, "1.28", horizontalScale=scale), 2)
    assert replicas(client, project, deployment) == 4


def replicas(client: Client, project: str, deployment: str) -> int:
    found = client.get(DEPLOYMENTS, deployment, project)
    assert found is not None
    return int(found["spec"]["replicas"])


def test_an_older_generation_is_dropped(client: Client, project: str) -> None:
    deployment = new_id()
    apply_all(client, project, deployment, objects(project, deployment, "1.28"), 7)
    with pytest.raises(Superseded):
        apply_all(client, project, deployment, objects(project, deployment, "1.27"), 6)
    with pytest.raises(Superseded):
        prune(client, project, deployment, (), 6)
    found = client.get(DEPLOYMENTS, deployment, project)
    assert found is not None
    assert generation_of(found) == 7
    assert found["spec"]["template"]["spec"]["containers"][0]["image"].endswith(":1.28")
    with pytest.raises(Superseded):
        apply_all(client, project, deployment, objects(project, deployment), 8, current=lambda: False)


def test_a_conflict_is_shown_and_only_forced_when_asked(client: Client, project: str) -> None:
    deployment = new_id()
    apply_all(client, project, deployment, objects(project, deployment), 1)
    theirs = {"spec": {"ports": [{"name": "http", "port": 80, "targetPort": 8080, "protocol": "TCP"}]}}
    path = SERVICES.path(project, f"http-{deployment}-svc")
    client.request("PATCH", path, {"fieldManager": "kubectl-edit"}, theirs, "application/merge-patch+json")
    wanted = objects(project, deployment)
    with pytest.raises(Conflict) as caught:
        apply_all(client, project, deployment, wanted, 2)
    assert "kubectl-edit" in caught.value.message
    # What comes after the refused object was applied all the same.
    autoscaler = client.get(AUTOSCALERS, deployment, project)
    assert autoscaler is not None
    assert generation_of(autoscaler) == 2
    apply_all(client, project, deployment, wanted, 3, force=True)
    service = client.get(SERVICES, f"http-{deployment}-svc", project)
    assert service is not None
    assert service["spec"]["ports"][0]["targetPort"] == 80


def test_takes_over_what_the_originals_operator_made(client: Client, project: str, is_real: bool) -> None:
    """Its object carries fields that ours lacks, an owner that would take it away, and a number of replicas."""
    if not is_real:
        pytest.skip("the demo cluster keeps managedFields itself, and lets nobody hand fields to another manager")
    deployment = new_id()
    original = objects(project, deployment, "1.25")
    owner = {
        "apiVersion": "one-click.dev/v1alpha1",
        "kind": "Rollout",
        "name": deployment,
        "uid": "2e7dd031-784b-45db-b229-840aeefbb510",
        "controller": True,
    }
    for one in original:
        if one["kind"] not in ("Deployment", "Service"):
            continue
        made = copy.deepcopy(one)
        made["metadata"]["ownerReferences"] = [owner]
        if one["kind"] == "Deployment":
            made["spec"]["replicas"] = 2
            made["spec"]["template"]["spec"]["containers"][0]["env"] = [{"name": "OLD", "value": "1"}]
        path = client.kind_of(made).path(project)
        client.request("POST", path, {"fieldManager": "manager"}, made)
    apply_all(client, project, deployment, objects(project, deployment, "1.27"), 1)
    found = client.get(DEPLOYMENTS, deployment, project)
    assert found is not None
    container = found["spec"]["template"]["spec"]["containers"][0]
    assert container["image"].endswith(":1.27")
    assert "env" not in container
    assert "ownerReferences" not in found["metadata"]
    assert found["spec"]["replicas"] == 2
    service = client.get(SERVICES, f"http-{deployment}-svc", project)
    assert service is not None
    assert "ownerReferences" not in service["metadata"]


def test_a_foreign_namespace_is_never_adopted(client: Client) -> None:
    name = new_id()
    client.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    try:
        with pytest.raises(NotOurs):
            namespaces.ensure(client, name, lambda: namespace_object(name))
        assert not namespaces.remove(client, name)
        assert client.get(NAMESPACES, name) is not None
    finally:
        client.delete(NAMESPACES, name)


def test_a_namespace_that_goes_away_is_waited_for(client: Client) -> None:
    name = new_id()
    namespaces.ensure(client, name, lambda: namespace_object(name))
    held = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "held", "namespace": name}}
    client.create({**held, "metadata": {**held["metadata"], "finalizers": ["example.com/held"]}})
    namespaces.remove(client, name)
    try:
        with pytest.raises(Unreachable, match="still being deleted"):
            namespaces.ensure(client, name, lambda: namespace_object(name), wait=0.5)
    finally:
        client.patch(CONFIG_MAPS, "held", name, {"metadata": {"finalizers": None}})
    found = namespaces.ensure(client, name, lambda: namespace_object(name), wait=40)
    assert not found["metadata"].get("deletionTimestamp")
    client.delete(NAMESPACES, name)
