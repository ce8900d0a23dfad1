"""Server-side apply: ownership, removal, conflicts."""

from __future__ import annotations

import pytest
from kubernetes.dynamic.exceptions import ConflictError

from tests.demo_cluster.kit import Cluster, deployment

APPLY = {"Content-Type": "application/apply-patch+yaml"}


def container_of(obj: dict) -> dict:
    return obj["spec"]["template"]["spec"]["containers"][0]


def test_what_is_no_longer_sent_is_removed(cluster: Cluster, namespace: str) -> None:
    env = [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]
    probe = {"tcpSocket": {"port": 80}}
    first = deployment(replicas=0, container={"env": env, "readinessProbe": probe})
    first["metadata"]["labels"] = {"x": "1", "y": "2"}
    cluster.apply(first, namespace)
    second = deployment(replicas=0, container={"env": env[1:]})
    second["metadata"]["labels"] = {"y": "2"}
    result = cluster.apply(second, namespace)
    assert container_of(result)["env"] == env[1:]
    assert "readinessProbe" not in container_of(result)
    assert result["metadata"]["labels"] == {"y": "2"}


def test_the_same_again_changes_nothing(cluster: Cluster, namespace: str) -> None:
    body = deployment(replicas=0, container={"resources": {"requests": {"cpu": "0.5", "memory": "1024Mi"}}})
    first = cluster.apply(body, namespace)
    assert container_of(first)["resources"]["requests"] == {"cpu": "500m", "memory": "1Gi"}
    live = cluster.apply(body, namespace)
    again = cluster.apply(body, namespace)
    assert again["metadata"]["resourceVersion"] == live["metadata"]["resourceVersion"]
    assert again["metadata"]["generation"] == 1


def test_others_fields_stay(cluster: Cluster, namespace: str) -> None:
    cluster.apply(deployment(), namespace)
    cluster.patch("Deployment", "web", namespace, {"metadata": {"annotations": {"theirs": "1"}}})
    scaled = {"spec": {"replicas": 3}}
    path = f"/apis/apps/v1/namespaces/{namespace}/deployments/web/scale"
    headers = {"Content-Type": "application/merge-patch+json"}
    answer = cluster.http.patch(path, json=scaled, headers=headers, params={"fieldManager": "hpa"})
    assert answer.json()["spec"]["replicas"] == 3
    result = cluster.apply(deployment(image="nginx:2"), namespace)
    assert result["spec"]["replicas"] == 3
    assert result["metadata"]["annotations"]["theirs"] == "1"


def test_conflicts_name_field_and_owner(cluster: Cluster, namespace: str) -> None:
    cluster.apply(deployment(replicas=2), namespace, field_manager="first")
    with pytest.raises(ConflictError) as conflict:
        cluster.apply(deployment(replicas=3, image="nginx:9"), namespace, field_manager="second")
    body = conflict.value.body
    assert '"reason":"FieldManagerConflict"' in body
    assert 'conflict with \\"first\\"' in body
    assert ".spec.replicas" in body
    assert '.spec.template.spec.containers[name=\\"web\\"].image' in body
    forced = cluster.apply(deployment(replicas=3), namespace, field_manager="second", force_conflicts=True)
    assert forced["spec"]["replicas"] == 3
    # The first one lost the field: leaving it out now removes nothing.
    left = cluster.apply(deployment(), namespace, field_manager="first")
    assert left["spec"]["replicas"] == 3


def test_equal_values_are_shared(cluster: Cluster, namespace: str) -> None:
    cluster.apply(deployment(replicas=2), namespace, field_manager="first")
    cluster.apply(deployment(replicas=2), namespace, field_manager="second")
    kept = cluster.apply(deployment(), namespace, field_manager="first")
    assert kept["spec"]["replicas"] == 2
    defaulted = cluster.apply(deployment(), namespace, field_manager="second")
    assert defaulted["spec"]["replicas"] == 1


def test_keyed_lists_and_atomic_ones(cluster: Cluster, namespace: str) -> None:
    ports = [{"name": "a", "port": 80}, {"name": "b", "port": 81}]
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "s"}, "spec": {"ports": ports}}
    made = cluster.apply(service, namespace)
    assert made["spec"]["ports"][0] == {"name": "a", "port": 80, "protocol": "TCP", "targetPort": 80}
    address = made["spec"]["clusterIP"]
    assert address.startswith("10.96.")
    service["spec"] = {"ports": ports[1:]}
    changed = cluster.apply(service, namespace)
    assert [port["name"] for port in changed["spec"]["ports"]] == ["b"]
    assert changed["spec"]["clusterIP"] == address
    tolerations = [{"key": "a", "operator": "Exists"}]
    cluster.apply(deployment(replicas=0, pod={"tolerations": tolerations}), namespace)
    other = [{"key": "b", "operator": "Exists"}]
    result = cluster.apply(deployment(replicas=0, pod={"tolerations": other}), namespace)
    assert result["spec"]["template"]["spec"]["tolerations"] == other


def test_unknown_fields_are_named(cluster: Cluster, namespace: str) -> None:
    path = f"/apis/apps/v1/namespaces/{namespace}/deployments"
    body = deployment(foo=1, container={"baz": 1})
    query = {"fieldManager": "x"}
    applied = cluster.http.patch(f"{path}/web", json=body, headers=APPLY, params=query)
    assert ".spec.foo: field not declared in schema" in applied.json()["message"]
    strict = cluster.http.post(path, json=body, params={"fieldValidation": "Strict"})
    assert 'unknown field "spec.template.spec.containers[0].baz"' in strict.json()["message"]
    assert "foo" not in cluster.http.post(path, json=body).json()["spec"]


def test_bad_requests(cluster: Cluster, namespace: str) -> None:
    path = f"/apis/apps/v1/namespaces/{namespace}/deployments/web"
    assert cluster.http.patch(path, json=deployment(), headers=APPLY).status_code == 422
    body = deployment()
    body["metadata"]["managedFields"] = []
    answer = cluster.http.patch(path, json=body, headers=APPLY, params={"fieldManager": "x"})
    assert answer.status_code == 400
    assert "managedFields must be nil" in answer.json()["message"]
    body = deployment()
    body["metadata"]["name"] = "other"
    assert cluster.http.patch(path, json=body, headers=APPLY, params={"fieldManager": "x"}).status_code == 400
    plain = {"Content-Type": "text/plain"}
    assert cluster.http.patch(path, content=b"{}", headers=plain).status_code in (404, 415)


def test_a_status_does_not_come_by_the_front_door(cluster: Cluster, namespace: str) -> None:
    body = deployment(replicas=0)
    body["status"] = {"replicas": 9}
    assert "replicas" not in cluster.apply(body, namespace).get("status", {})
