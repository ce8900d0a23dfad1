"""Starting the demo cluster as a process of its own, and talking to it through the official client."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import yaml
from kubernetes.dynamic.exceptions import NotFoundError

ROOT = Path(__file__).resolve().parents[2]
PATHS = os.pathsep.join(str(ROOT / part) for part in ("", "hooks", "plugins"))


def start(data: Path, *arguments: str, **environ: str) -> subprocess.Popen[bytes]:
    """Start the command as `oneclick serve` does."""
    return subprocess.Popen(
        [sys.executable, "-m", "oneclick_demo_cluster", "--data", str(data), *arguments],
        env={**os.environ, "PYTHONPATH": PATHS, **environ},
        stderr=subprocess.DEVNULL,
    )


def eventually(check: Callable[[], Any], seconds: float = 10.0) -> Any:
    """Call ``check`` until it returns something true."""
    end = time.monotonic() + seconds
    while True:
        value = check()
        if value or time.monotonic() > end:
            assert value, "this did not come true in time"
            return value
        time.sleep(0.05)


@dataclass
class Cluster:
    """A running demo cluster."""

    kubeconfig: Path
    client: Any
    http: httpx2.Client

    def resource(self, kind: str, api_version: str | None = None) -> Any:
        api_version = api_version or VERSIONS.get(kind, "v1")
        return self.client.resources.get(api_version=api_version, kind=kind)

    def get(self, kind: str, name: str, namespace: str | None = None) -> dict[str, Any] | None:
        try:
            return self.resource(kind).get(name=name, namespace=namespace).to_dict()
        except NotFoundError:
            return None

    def list(self, kind: str, namespace: str | None = None, **query: Any) -> list[dict[str, Any]]:
        return self.resource(kind).get(namespace=namespace, **query).to_dict()["items"]

    def create(self, kind: str, body: dict[str, Any], namespace: str | None = None, **query: Any) -> dict[str, Any]:
        return self.resource(kind).create(body=body, namespace=namespace, **query).to_dict()

    def apply(self, body: dict[str, Any], namespace: str | None = None, **query: Any) -> dict[str, Any]:
        query = {"field_manager": "oneclick", **query}
        resource = self.resource(body["kind"], body["apiVersion"])
        name = body["metadata"]["name"]
        return self.client.server_side_apply(resource, body=body, name=name, namespace=namespace, **query).to_dict()

    def patch(self, kind: str, name: str, namespace: str, body: Any, type_: str = "merge") -> dict[str, Any]:
        content_type = {"merge": "merge-patch", "strategic": "strategic-merge-patch", "json": "json-patch"}[type_]
        resource = self.resource(kind)
        full = f"application/{content_type}+json"
        return resource.patch(body=body, name=name, namespace=namespace, content_type=full).to_dict()

    def delete(self, kind: str, name: str, namespace: str | None = None, body: Any = None) -> dict[str, Any]:
        return self.resource(kind).delete(name=name, namespace=namespace, body=body).to_dict()

    def events(self, namespace: str, name: str = "") -> list[dict[str, Any]]:
        selector = f"involvedObject.name={name}" if name else None
        return self.list("Event", namespace, field_selector=selector)

    def pods(self, namespace: str) -> list[dict[str, Any]]:
        return [pod for pod in self.list("Pod", namespace) if "deletionTimestamp" not in pod["metadata"]]

    def wait_ready(self, namespace: str, name: str, seconds: float = 10.0) -> dict[str, Any]:
        """Wait until a Deployment is rolled out."""

        def check() -> dict[str, Any] | None:
            found = self.get("Deployment", name, namespace)
            assert found is not None
            status, wanted = found.get("status", {}), found["spec"]["replicas"]
            counts = [status.get(key, 0) for key in ("updatedReplicas", "availableReplicas", "replicas")]
            current = status.get("observedGeneration") == found["metadata"]["generation"]
            return found if current and counts == [wanted] * 3 else None

        return eventually(check, seconds)


VERSIONS = {
    "Deployment": "apps/v1",
    "ReplicaSet": "apps/v1",
    "Job": "batch/v1",
    "CronJob": "batch/v1",
    "HorizontalPodAutoscaler": "autoscaling/v2",
    "Ingress": "networking.k8s.io/v1",
    "IngressClass": "networking.k8s.io/v1",
    "StorageClass": "storage.k8s.io/v1",
    "PodDisruptionBudget": "policy/v1",
    "PodMetrics": "metrics.k8s.io/v1beta1",
    "NodeMetrics": "metrics.k8s.io/v1beta1",
    "SelfSubjectAccessReview": "authorization.k8s.io/v1",
}


def wait_for_kubeconfig(data: Path) -> Path:
    path = data / "demo-cluster.kubeconfig"
    eventually(path.exists)
    return path


def http_for(kubeconfig: Path) -> httpx2.Client:
    read = yaml.safe_load(kubeconfig.read_text())
    token = read["users"][0]["user"]["token"]
    server = read["clusters"][0]["cluster"]["server"]
    return httpx2.Client(base_url=server, headers={"Authorization": f"Bearer {token}"}, timeout=20)


def deployment(name: str = "web", image: str = "nginx:1.25", **spec: Any) -> dict[str, Any]:
    """A Deployment's body."""
    container = {"name": name, "image": image}
    container.update(spec.pop("container", {}))
    pod = {"containers": [container], **spec.pop("pod", {})}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name},
        "spec": {
            "selector": {"matchLabels": {"app": name}},
            "template": {"metadata": {"labels": {"app": name}}, "spec": pod},
            **spec,
        },
    }
