"""A look into the cluster that passes by the product: plain HTTP with a kubeconfig's own credentials."""

from __future__ import annotations

import base64
import ssl
import tempfile
from pathlib import Path
from typing import Any

import httpx2
import yaml

WORKLOADS = {
    "deployments": "/apis/apps/v1",
    "services": "/api/v1",
    "secrets": "/api/v1",
    "serviceaccounts": "/api/v1",
    "persistentvolumeclaims": "/api/v1",
    "ingresses": "/apis/networking.k8s.io/v1",
    "horizontalpodautoscalers": "/apis/autoscaling/v2",
    "cronjobs": "/apis/batch/v1",
}


class Cluster:
    """The API server that a kubeconfig names."""

    def __init__(self, kubeconfig: Path) -> None:
        data = yaml.safe_load(kubeconfig.read_text())
        context = next(c["context"] for c in data["contexts"] if c["name"] == data["current-context"])
        server = next(c["cluster"] for c in data["clusters"] if c["name"] == context["cluster"])
        user = next(u["user"] for u in data["users"] if u["name"] == context["user"])
        headers = {"Authorization": f"Bearer {user['token']}"} if "token" in user else {}
        self.http = httpx2.Client(base_url=server["server"], headers=headers, verify=_trust(server, user), timeout=30)

    def get(self, path: str) -> dict[str, Any] | None:
        """Return the object at ``path``, ``None`` when there is none."""
        answer = self.http.get(path)
        if answer.status_code == 404:
            return None
        answer.raise_for_status()
        return dict(answer.json())

    def names(self, namespace: str, kind: str) -> set[str]:
        """Return the names of the objects of ``kind`` that One-Click's label marks in ``namespace``."""
        answer = self.http.get(
            f"{WORKLOADS[kind]}/namespaces/{namespace}/{kind}", params={"labelSelector": "one-click.dev/projectId"}
        )
        answer.raise_for_status()
        return {item["metadata"]["name"] for item in answer.json()["items"]}

    def objects(self, namespace: str) -> dict[str, set[str]]:
        """Return the names of all marked objects in ``namespace``, by kind."""
        return {kind: self.names(namespace, kind) for kind in WORKLOADS}

    def deployment(self, namespace: str, name: str) -> dict[str, Any] | None:
        return self.get(f"/apis/apps/v1/namespaces/{namespace}/deployments/{name}")

    def image(self, namespace: str, name: str) -> str | None:
        found = self.deployment(namespace, name)
        return found["spec"]["template"]["spec"]["containers"][0]["image"] if found else None

    def secret(self, namespace: str, name: str) -> dict[str, str] | None:
        """Return a Secret's values in clear text."""
        found = self.get(f"/api/v1/namespaces/{namespace}/secrets/{name}")
        if found is None:
            return None
        return {key: base64.b64decode(value).decode() for key, value in (found.get("data") or {}).items()}

    def watches(self) -> float:
        """Return how many watches the API server holds (``apiserver_longrunning_requests{verb="WATCH"}``)."""
        text = self.http.get("/metrics").raise_for_status().text
        return sum(
            float(line.rpartition(" ")[2])
            for line in text.splitlines()
            if line.startswith("apiserver_longrunning_requests{") and 'verb="WATCH"' in line
        )

    def lists(self) -> float:
        """Return how many LIST requests the API server has answered."""
        text = self.http.get("/metrics").raise_for_status().text
        return sum(
            float(line.rpartition(" ")[2])
            for line in text.splitlines()
            if line.startswith("apiserver_request_total{") and 'verb="LIST"' in line
        )


def _trust(server: dict[str, Any], user: dict[str, Any]) -> ssl.SSLContext | bool:
    if not server["server"].startswith("https"):
        return False
    if "certificate-authority-data" in server:
        context = ssl.create_default_context(cadata=base64.b64decode(server["certificate-authority-data"]).decode())
    else:
        context = ssl.create_default_context(cafile=server.get("certificate-authority"))
    if "client-certificate-data" in user:
        with tempfile.NamedTemporaryFile(suffix=".pem") as pair:
            pair.write(base64.b64decode(user["client-certificate-data"]) + base64.b64decode(user["client-key-data"]))
            pair.flush()
            context.load_cert_chain(pair.name)
    elif "client-certificate" in user:
        context.load_cert_chain(user["client-certificate"], user["client-key"])
    return context
