"""The demo cluster and a real API server, asked the same."""

from __future__ import annotations

import base64
import contextlib
import os
import ssl
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
import yaml

from tests.demo_cluster.cases import PATHS, bodies
from tests.demo_cluster.kit import Cluster, deployment

pytestmark = pytest.mark.cluster

KUBECONFIG = "ONECLICK_TEST_KUBECONFIG"
CHANGING = ("uid", "creationTimestamp", "resourceVersion", "managedFields", "namespace", "generation")
APPLY = {"Content-Type": "application/apply-patch+yaml"}


def real_client(kubeconfig: Path, folder: Path) -> httpx2.Client:
    """A raw client from a kubeconfig with a token or a client certificate."""
    read = yaml.safe_load(kubeconfig.read_text())
    server, user = read["clusters"][0]["cluster"], read["users"][0]["user"]

    def file_of(part: dict[str, str], name: str) -> str | None:
        if f"{name}-data" not in part:
            return part.get(name)
        path = folder / name
        path.write_bytes(base64.b64decode(part[f"{name}-data"]))
        return str(path)

    context = ssl.create_default_context(cafile=file_of(server, "certificate-authority"))
    if certificate := file_of(user, "client-certificate"):
        context.load_cert_chain(certificate, file_of(user, "client-key"))
    headers = {"Authorization": f"Bearer {user['token']}"} if "token" in user else {}
    return httpx2.Client(base_url=server["server"], verify=context, headers=headers, timeout=30)


@dataclass
class Both:
    """Both servers, with a namespace of the same name in each."""

    demo: httpx2.Client
    real: httpx2.Client
    namespace: str

    def same(self, method: str, path: str, clean: Callable[[dict], Any] | None = None, **request: Any) -> Any:
        """Ask both; what comes back must be the same, as far as it can be."""
        clean = clean or cleaned
        demo, real = (clean(client.request(method, path, **request).json()) for client in (self.demo, self.real))
        assert demo == real
        return real

    def path(self, kind: str, name: str = "") -> str:
        return PATHS[kind].format(self.namespace) + (f"/{name}" if name else "")


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx2.Client]:
    named = os.environ.get(KUBECONFIG, "")
    if not named:
        required = set(os.environ.get("ONECLICK_TEST_REQUIRE", "").replace(" ", "").split(","))
        (pytest.fail if required & {"all", "cluster"} else pytest.skip)(f"{KUBECONFIG} names no kubeconfig")
    with real_client(Path(named), tmp_path_factory.mktemp("real")) as client:
        yield client


@pytest.fixture(scope="module")
def both(cluster: Cluster, real: httpx2.Client) -> Iterator[Both]:
    name = f"same-{uuid.uuid4().hex[:8]}"
    clients = (cluster.http, real)
    for client in clients:
        client.post("/api/v1/namespaces", json={"metadata": {"name": name}}).raise_for_status()
    yield Both(*clients, name)
    for client in clients:
        with contextlib.suppress(httpx2.HTTPError):
            client.delete(f"/api/v1/namespaces/{name}")


def cleaned(answer: dict[str, Any]) -> Any:
    """Return what must be the same: of a refusal its reason and fields, of an object all but what differs by nature."""
    if answer.get("kind") == "Status" and answer.get("status") == "Failure":
        # On a 400 the demo cluster names the field as well, the original in its message alone.
        causes = answer.get("details", {}).get("causes", []) if answer["code"] != 400 else []
        fields = sorted({(cause["reason"], cause["field"]) for cause in causes})
        return answer["code"], answer["reason"], fields
    metadata = {key: value for key, value in answer["metadata"].items() if key not in CHANGING}
    metadata.pop("annotations", None)
    spec = {key: value for key, value in answer.get("spec", {}).items() if not key.startswith("clusterIP")}
    rest = {key: value for key, value in answer.items() if key not in ("metadata", "spec", "status", "details")}
    return {**rest, "metadata": metadata, "spec": spec}


def managers(answer: dict[str, Any]) -> dict[str, Any]:
    """Return who owns what, without the controllers."""
    if answer["kind"] == "Status":
        return {"message": answer["message"], "causes": answer["details"].get("causes")}
    entries = answer["metadata"].get("managedFields", [])
    owned = {f"{e['manager']}/{e['operation']}": e["fieldsV1"] for e in entries if e.get("subresource") != "status"}
    return {who: fields for who, fields in owned.items() if not who.startswith("kube-")}


@pytest.mark.parametrize("name", bodies())
def test_objects_are_completed_and_refused_alike(both: Both, name: str) -> None:
    kind, body = bodies()[name]
    both.same("POST", both.path(kind), json=body, params={"dryRun": "All"})


def test_server_side_apply_is_the_same(both: Both) -> None:
    env = [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]
    probe = {"tcpSocket": {"port": 80}}
    full = deployment(replicas=0, container={"env": env, "readinessProbe": probe, "ports": [{"containerPort": 80}]})
    full["metadata"]["labels"] = {"x": "1", "y": "2"}
    less = deployment(replicas=0, container={"env": env[1:]})
    less["metadata"]["labels"] = {"y": "2"}

    def apply(body: dict, manager: str = "oneclick", **query: str) -> None:
        path = both.path("Deployment", "web")
        body = {**body, "apiVersion": "apps/v1", "kind": "Deployment"}
        request = {"json": body, "headers": APPLY, "params": {"fieldManager": manager, **query}}
        both.same("PATCH", path, **request)
        # Once more, to see who owns what now (the same again changes nothing).
        both.same("PATCH", path, managers, **request)

    apply(full)
    apply(less)
    apply(deployment(replicas=0), "second")
    apply(deployment(replicas=1, image="nginx:9"), "second")
    apply(deployment(replicas=0, image="nginx:9"), "second", force="true")
    apply(deployment(image="nginx:9"))
    apply(deployment(image="nginx:9"), "second")


def test_secrets_keep_what_came_as_text(both: Both) -> None:
    for key in ("a", "b"):
        body = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "stringData": {key: "x"}}
        query = {"fieldManager": "oneclick"}
        secret = both.same("PATCH", both.path("Secret", "s"), json=body, headers=APPLY, params=query)
    assert set(secret["data"]) == {"a", "b"}


def test_unknown_fields_are_left_out_or_refused(both: Both) -> None:
    body = deployment(foo=1, pod={"bar": 1}, container={"baz": 1})
    body["metadata"]["name"] = "other"
    body = {**body, "apiVersion": "apps/v1", "kind": "Deployment"}

    def code(answer: dict[str, Any]) -> Any:
        return answer["code"]

    def message(answer: dict[str, Any]) -> set[str]:
        return set(answer["message"].replace("error: ", ", ").split(", "))

    both.same("POST", both.path("Deployment"), json=body, params={"dryRun": "All"})
    both.same("POST", both.path("Deployment"), message, json=body, params={"fieldValidation": "Strict"})
    both.same("PATCH", both.path("Deployment", "other"), code, json=body, headers=APPLY, params={"fieldManager": "x"})


def test_other_refusals_are_the_same(both: Both) -> None:
    both.same("GET", both.path("Pod", "none"))
    both.same("PUT", both.path("Pod"), json={})
    both.same("GET", "/api/v1/pods", headers={"Authorization": "Bearer wrong"})
    both.same("POST", PATHS["ConfigMap"].format("nowhere"), json={"metadata": {"name": "x"}})
    both.same("POST", both.path("ConfigMap"), content=b"{", headers={"Content-Type": "application/json"})
    both.same("GET", both.path("Pod"), params={"labelSelector": "a b"})
    both.same("GET", both.path("Pod"), params={"limit": 1, "continue": "x"})
    both.same("DELETE", both.path("Secret", "none"))
    both.same("DELETE", both.path("ConfigMap", "kube-root-ca.crt"), params={"propagationPolicy": "X"})
    both.same("PATCH", both.path("Deployment", "web"), json={}, headers=APPLY)


def test_quotas_and_limits_are_the_same(both: Both) -> None:
    name = both.namespace
    quota = {"metadata": {"name": "q"}, "spec": {"hard": {"pods": "1", "requests.cpu": "1"}}}
    limit = {"type": "Container", "max": {"memory": "1Gi"}, "default": {"memory": "512Mi"}}
    both.same("POST", f"/api/v1/namespaces/{name}/resourcequotas", json=quota)
    both.same(
        "POST", f"/api/v1/namespaces/{name}/limitranges", json={"metadata": {"name": "l"}, "spec": {"limits": [limit]}}
    )
    time.sleep(2)  # the original counts what a quota limits first

    def pod(**resources: Any) -> dict[str, Any]:
        container = {"name": "c", "image": "i", "resources": resources}
        spec = {"automountServiceAccountToken": False, "containers": [container]}
        return {"metadata": {"name": "p"}, "spec": spec}

    def message(answer: dict[str, Any]) -> str:
        return str(answer["message"])

    query = {"dryRun": "All"}
    both.same("POST", both.path("Pod"), message, json=pod(), params=query)
    both.same("POST", both.path("Pod"), message, json=pod(requests={"cpu": "2"}), params=query)
    over = pod(requests={"cpu": "1"}, limits={"memory": "2Gi"})
    both.same("POST", both.path("Pod"), message, json=over, params=query)
    both.same("POST", both.path("Pod"), json=pod(requests={"cpu": "1"}), params=query)


POD_SECURITY = {
    "plain": {},
    "allowed": {
        "securityContext": {
            "runAsNonRoot": True,
            "seccompProfile": {"type": "RuntimeDefault"},
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]},
        }
    },
    "privileged": {"securityContext": {"privileged": True, "capabilities": {"add": ["SYS_ADMIN"]}}},
    "root": {"securityContext": {"runAsUser": 0, "runAsNonRoot": False, "allowPrivilegeEscalation": True}},
    "port": {"ports": [{"containerPort": 80, "hostPort": 80}]},
}


@pytest.mark.parametrize("level", ["baseline", "restricted"])
@pytest.mark.parametrize("name", POD_SECURITY)
def test_pod_security_is_the_same(both: Both, level: str, name: str) -> None:
    namespace = f"{both.namespace}-{level}-{name}"
    labels = {"pod-security.kubernetes.io/enforce": level}
    containers = [{"name": "c", "image": "i:1", **POD_SECURITY[name]}]
    pod = {"metadata": {"name": "p"}, "spec": {"automountServiceAccountToken": False, "containers": containers}}
    for client in (both.demo, both.real):
        client.post("/api/v1/namespaces", json={"metadata": {"name": namespace, "labels": labels}}).raise_for_status()
    time.sleep(0.3)  # the original makes the service account a moment later
    try:
        path = PATHS["Pod"].format(namespace)

        def message(answer: dict[str, Any]) -> str:
            return str(answer.get("message", ""))

        both.same("POST", path, message, json=pod, params={"dryRun": "All"})
    finally:
        for client in (both.demo, both.real):
            client.delete(f"/api/v1/namespaces/{namespace}")
