"""Discovery, reading and writing, errors."""

from __future__ import annotations

import json

import pytest
from kubernetes.dynamic.exceptions import ApiException, DynamicApiError

from tests.demo_cluster.kit import Cluster, deployment, eventually


def refusal(error: pytest.ExceptionInfo[DynamicApiError]) -> tuple[int, str, list[str]]:
    status = json.loads(error.value.body)
    causes = [cause["field"] for cause in status.get("details", {}).get("causes", [])]
    return status["code"], status["reason"], causes


def test_a_token_is_compulsory(cluster: Cluster) -> None:
    for headers in ({"Authorization": ""}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic eDp5"}):
        answer = cluster.http.get("/version", headers=headers)
        assert answer.status_code == 401
        assert answer.json()["reason"] == "Unauthorized"
    assert cluster.http.get("/healthz").text == "ok"


def test_version_and_discovery(cluster: Cluster) -> None:
    version = cluster.http.get("/version").json()
    assert (version["major"], version["gitVersion"][:3]) == ("1", "v1.")
    groups = {group["name"] for group in cluster.http.get("/apis").json()["groups"]}
    assert {"apps", "batch", "autoscaling", "networking.k8s.io", "metrics.k8s.io", "storage.k8s.io"} <= groups
    core = {entry["name"]: entry for entry in cluster.http.get("/api/v1").json()["resources"]}
    assert core["pods/log"]["verbs"] == ["get"]
    assert not core["nodes"]["namespaced"]
    assert "watch" in core["secrets"]["verbs"]
    apps = {entry["name"]: entry for entry in cluster.http.get("/apis/apps/v1").json()["resources"]}
    assert apps["deployments/scale"]["kind"] == "Scale"
    assert cluster.http.get("/apis/apps").json()["preferredVersion"]["groupVersion"] == "apps/v1"
    assert cluster.http.get("/apis/nothing.example").status_code == 404
    assert cluster.http.get("/api/v1/nothing").json()["reason"] == "NotFound"


def test_what_is_there_from_the_start(cluster: Cluster) -> None:
    nodes = cluster.list("Node")
    assert len(nodes) == 2
    assert all(node["status"]["capacity"]["cpu"] == "8" for node in nodes)
    storage, ingress = cluster.list("StorageClass")[0], cluster.list("IngressClass")[0]
    assert storage["metadata"]["annotations"]["storageclass.kubernetes.io/is-default-class"] == "true"
    assert (storage["metadata"]["name"], ingress["metadata"]["name"]) == ("standard", "nginx")


def test_create_read_replace_delete(cluster: Cluster, namespace: str) -> None:
    made = cluster.create("ConfigMap", {"metadata": {"name": "a"}, "data": {"k": "1"}}, namespace)
    assert made["metadata"]["uid"]
    made["data"]["k"] = "2"
    replaced = cluster.resource("ConfigMap").replace(body=made, namespace=namespace).to_dict()
    assert int(replaced["metadata"]["resourceVersion"]) > int(made["metadata"]["resourceVersion"])
    with pytest.raises(DynamicApiError) as stale:
        cluster.resource("ConfigMap").replace(body=made, namespace=namespace)
    assert refusal(stale)[:2] == (409, "Conflict")
    same = cluster.patch("ConfigMap", "a", namespace, {"data": {"k": "2"}})
    assert same["metadata"]["resourceVersion"] == replaced["metadata"]["resourceVersion"]
    gone = cluster.delete("ConfigMap", "a", namespace)
    assert gone["status"] == "Success"
    assert cluster.get("ConfigMap", "a", namespace) is None


def test_three_kinds_of_patch(cluster: Cluster, namespace: str) -> None:
    cluster.create("Deployment", deployment(replicas=0), namespace)
    extra = {"spec": {"template": {"spec": {"containers": [{"name": "side", "image": "s:1"}]}}}}
    patched = cluster.patch("Deployment", "web", namespace, extra, "strategic")
    assert {entry["name"] for entry in patched["spec"]["template"]["spec"]["containers"]} == {"web", "side"}
    merged = cluster.patch("Deployment", "web", namespace, {"metadata": {"labels": {"a": "b", "c": None}}})
    assert merged["metadata"]["labels"] == {"a": "b"}
    operations = [
        {"op": "test", "path": "/spec/replicas", "value": 0},
        {"op": "replace", "path": "/spec/minReadySeconds", "value": 1},
    ]
    with pytest.raises(DynamicApiError) as missing:
        cluster.patch("Deployment", "web", namespace, operations, "json")
    assert missing.value.status == 422
    operations[1]["op"] = "add"
    assert cluster.patch("Deployment", "web", namespace, operations, "json")["spec"]["minReadySeconds"] == 1


def test_selectors_and_pages(cluster: Cluster, namespace: str) -> None:
    for index in range(7):
        labels = {"n": str(index), **({"even": "yes"} if index % 2 == 0 else {})}
        cluster.create("ConfigMap", {"metadata": {"name": f"c{index}", "labels": labels}}, namespace)

    def names(**query: str) -> list[str]:
        return [entry["metadata"]["name"] for entry in cluster.list("ConfigMap", namespace, **query)]

    assert names(label_selector="even") == ["c0", "c2", "c4", "c6"]
    assert names(label_selector="!even,n!=1") == ["c3", "c5", "kube-root-ca.crt"]
    assert names(label_selector="n in (1, 2),n notin (2)") == ["c1"]
    assert names(field_selector="metadata.name=c3") == ["c3"]
    path = f"/api/v1/namespaces/{namespace}/configmaps"
    found, token, pages = [], "", 0
    while True:
        page = cluster.http.get(path, params={"limit": 3, "continue": token}).json()
        assert "kind" not in page["items"][0]
        found += [item["metadata"]["name"] for item in page["items"]]
        token, pages = page["metadata"].get("continue", ""), pages + 1
        if not token:
            break
    assert (len(found), pages) == (8, 3)
    assert cluster.http.get(path, params={"labelSelector": "a b"}).status_code == 400


def test_dry_run_stores_nothing(cluster: Cluster, namespace: str) -> None:
    body = deployment()
    answer = cluster.create("Deployment", body, namespace, dry_run="All")
    assert answer["spec"]["strategy"]["rollingUpdate"]["maxSurge"] == "25%"
    applied = cluster.apply(body, namespace, dry_run="All")
    assert applied["metadata"]["uid"]
    assert cluster.get("Deployment", "web", namespace) is None


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"container": {"image": ""}}, 422, "spec.template.spec.containers[0].image"),
        ({"container": {"name": "Big_Name"}}, 422, "spec.template.spec.containers[0].name"),
        (
            {"container": {"ports": [{"containerPort": 0}]}},
            422,
            "spec.template.spec.containers[0].ports[0].containerPort",
        ),
        (
            {"container": {"resources": {"requests": {"cpu": "2"}, "limits": {"cpu": "1"}}}},
            422,
            "spec.template.spec.containers[0].resources.requests",
        ),
        (
            {"container": {"volumeMounts": [{"name": "no", "mountPath": "/x"}]}},
            422,
            "spec.template.spec.containers[0].volumeMounts[0].name",
        ),
        (
            {"container": {"resources": {"requests": {"cpu": "abc"}}}},
            400,
            "spec.template.spec.containers.resources.requests.cpu",
        ),
        ({"container": {"env": [{"name": "A", "value": 1}]}}, 400, "spec.template.spec.containers.env.value"),
        ({"replicas": "two"}, 400, "spec.replicas"),
        ({"replicas": -1}, 422, "spec.replicas"),
        ({"selector": {"matchLabels": {"x": "y"}}}, 422, "spec.template.metadata.labels"),
        ({"selector": None}, 422, "spec.selector"),
        ({"pod": {"restartPolicy": "Never"}}, 422, "spec.template.spec.restartPolicy"),
        ({"strategy": {"type": "Fast"}}, 422, "spec.strategy"),
        ({"pod": {"hostAliases": [{"ip": "10.0.0"}]}}, 422, "spec.template.spec.hostAliases[0].ip"),
    ],
)
def test_wrong_deployments_are_refused_by_field(
    cluster: Cluster, namespace: str, change: dict, code: int, field: str
) -> None:
    with pytest.raises(DynamicApiError) as refused:
        cluster.create("Deployment", deployment(**change), namespace)
    found, _, causes = refusal(refused)
    assert (found, field in causes) == (code, True), refused.value.body


@pytest.mark.parametrize(
    ("kind", "body", "field"),
    [
        ("Service", {"metadata": {"name": "a.b"}, "spec": {"ports": [{"port": 1}]}}, "metadata.name"),
        ("Service", {"metadata": {"name": "s"}, "spec": {"ports": [{"port": 70000}]}}, "spec.ports[0].port"),
        ("Service", {"metadata": {"name": "s"}, "spec": {}}, "spec.ports"),
        ("PersistentVolumeClaim", {"metadata": {"name": "p"}, "spec": {}}, "spec.accessModes"),
        ("CronJob", {"metadata": {"name": "c"}, "spec": {"schedule": "often"}}, "spec.schedule"),
        ("CronJob", {"metadata": {"name": "c" * 53}, "spec": {"schedule": "* * * * *"}}, "metadata.name"),
        ("Ingress", {"metadata": {"name": "i"}, "spec": {"rules": [{"host": "A.b"}]}}, "spec.rules[0].host"),
        ("ConfigMap", {"metadata": {"name": "c"}, "data": {"a b": ""}}, "data[a b]"),
        ("ConfigMap", {"metadata": {"name": "c", "labels": {"a": "b c"}}}, "metadata.labels"),
        (
            "HorizontalPodAutoscaler",
            {"metadata": {"name": "h"}, "spec": {"minReplicas": 3, "maxReplicas": 2}},
            "spec.maxReplicas",
        ),
        ("Secret", {"metadata": {"name": "s"}, "type": "kubernetes.io/dockerconfigjson"}, "data[.dockerconfigjson]"),
    ],
)
def test_other_wrong_objects(cluster: Cluster, namespace: str, kind: str, body: dict, field: str) -> None:
    with pytest.raises(DynamicApiError) as refused:
        cluster.create(kind, body, namespace)
    code, reason, causes = refusal(refused)
    assert (code, reason, field in causes) == (422, "Invalid", True), refused.value.body


def test_a_selector_never_changes(cluster: Cluster, namespace: str) -> None:
    cluster.create("Deployment", deployment(replicas=0), namespace)
    other = deployment(replicas=0, selector={"matchLabels": {"app": "x"}})
    other["spec"]["template"]["metadata"]["labels"] = {"app": "x"}
    with pytest.raises(DynamicApiError) as refused:
        cluster.apply(other, namespace, force_conflicts=True)
    assert refusal(refused) == (422, "Invalid", ["spec.selector"])


def test_secrets_take_text_and_base64(cluster: Cluster, namespace: str) -> None:
    made = cluster.create("Secret", {"metadata": {"name": "s"}, "stringData": {"a": "b"}}, namespace)
    assert (made["data"], made["type"]) == ({"a": "Yg=="}, "Opaque")
    with pytest.raises(DynamicApiError) as refused:
        cluster.create("Secret", {"metadata": {"name": "t"}, "data": {"a": "%"}}, namespace)
    assert refusal(refused)[0] == 400


def test_missing_things(cluster: Cluster, namespace: str) -> None:
    with pytest.raises(ApiException) as refused:
        cluster.create("ConfigMap", {"metadata": {"name": "a"}}, "nowhere")
    assert json.loads(refused.value.body)["message"] == 'namespaces "nowhere" not found'
    path = f"/api/v1/namespaces/{namespace}/pods"
    assert cluster.http.get(f"{path}/none").json()["message"] == 'pods "none" not found'
    assert cluster.http.put(path, json={}).status_code == 405
    assert cluster.http.post(path, content=b"{").status_code == 400
    assert cluster.http.post(path, json={"kind": "Service", "apiVersion": "v1"}).status_code == 400
    big = {"metadata": {"name": "b"}, "data": {"a": "x" * (4 << 20)}}
    assert cluster.http.post(f"/api/v1/namespaces/{namespace}/configmaps", json=big).status_code == 413


def test_access_is_allowed_to_the_one_user(cluster: Cluster) -> None:
    review = {"spec": {"resourceAttributes": {"verb": "create", "resource": "pods"}}}
    assert cluster.create("SelfSubjectAccessReview", review)["status"]["allowed"]


def test_yaml_and_partial_metadata(cluster: Cluster, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/configmaps"
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: y}\ndata: {a: b}\n"
    made = cluster.http.post(path, content=text, headers={"Content-Type": "application/yaml"})
    assert made.json()["data"] == {"a": "b"}
    accept = {"Accept": "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"}
    page = cluster.http.get(path, headers=accept).json()
    assert page["kind"] == "PartialObjectMetadataList"
    assert all(set(item) == {"kind", "apiVersion", "metadata"} for item in page["items"])


def test_collections_are_deleted_by_selector(cluster: Cluster, namespace: str) -> None:
    for name, label in (("a", "x"), ("b", "x"), ("c", "y")):
        cluster.create("ConfigMap", {"metadata": {"name": name, "labels": {"l": label}}}, namespace)
    path = f"/api/v1/namespaces/{namespace}/configmaps"
    assert cluster.http.delete(path, params={"labelSelector": "l=x"}).status_code == 200
    left = {entry["metadata"]["name"] for entry in cluster.list("ConfigMap", namespace)}
    assert left == {"c", "kube-root-ca.crt"}


def test_namespaces_go_with_everything_in_them(cluster: Cluster) -> None:
    cluster.create("Namespace", {"metadata": {"name": "going"}})
    cluster.create("Deployment", deployment(), "going")
    cluster.create("Secret", {"metadata": {"name": "s", "finalizers": ["example.com/hold"]}}, "going")
    cluster.wait_ready("going", "web")
    assert cluster.delete("Namespace", "going")["status"]["phase"] == "Terminating"
    with pytest.raises(DynamicApiError) as refused:
        cluster.create("ConfigMap", {"metadata": {"name": "late"}}, "going")
    assert refusal(refused)[:2] == (403, "Forbidden")
    assert "NamespaceTerminating" in refused.value.body
    eventually(lambda: not cluster.list("Pod", "going"))
    conditions = eventually(lambda: cluster.get("Namespace", "going")["status"].get("conditions"))
    assert "example.com/hold in 1 resource" in str(conditions)
    cluster.patch("Secret", "s", "going", {"metadata": {"finalizers": None}})
    eventually(lambda: cluster.get("Namespace", "going") is None)
