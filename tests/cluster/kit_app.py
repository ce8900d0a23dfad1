"""An application in this process, as the tests of the write path use it: records with hooks, no web server."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from oneclick.config import Config
from oneclick.core import OneClick, build
from oneclick.records import RequestInfo
from oneclick_kubernetes import live
from oneclick_kubernetes.cluster.client import Client
from oneclick_kubernetes.cluster.kinds import DEPLOYMENTS

PASSWORD = "a long password"
VOLUME = {"name": "data", "mountPath": "/data", "size": "1Gi"}


@dataclass
class Installation:
    """An application with one user, and the shortest words for what tests do with it."""

    app: OneClick
    user: Any
    projects: list[str] = field(default_factory=list)

    def request(self, query: Mapping[str, str] | None = None, user: Any = None) -> RequestInfo:
        return RequestInfo(query=dict(query or {}), auth=user or self.user, method="POST")

    def create(self, collection: str, query: Mapping[str, str] | None = None, **values: Any) -> Any:
        record = self.app.records.new(collection, values)
        return self.app.records.save(record, self.request(query))

    def project(self, name: str = "shop") -> str:
        project = self.create("projects", name=name, user=self.user.id).id
        self.projects.append(project)
        return project

    def deployment(self, project: str = "") -> tuple[str, str]:
        name = f"web-{secrets.token_hex(4)}" if project else "web"
        project = project or self.project()
        return project, self.create("deployments", name=name, user=self.user.id, project=project).id

    def roll_out(self, project: str, deployment: str, manifest: Any, query: Mapping[str, str] | None = None) -> Any:
        values = {"user": self.user.id, "project": project, "deployment": deployment, "manifest": manifest}
        return self.create("rollouts", query, **values)

    def change(self, record_id: str, query: Mapping[str, str] | None = None, **values: Any) -> Any:
        record = self.rollout(record_id)
        for name, value in values.items():
            record[name] = value
        return self.app.records.save(record, self.request(query))

    def delete(self, collection: str, record_id: str, query: Mapping[str, str] | None = None) -> None:
        self.app.records.delete(self.app.records.find(collection, record_id), self.request(query))

    def rollout(self, record_id: str) -> Any:
        found = self.app.records.find("rollouts", record_id)
        assert found is not None
        return found

    def rollouts(self, deployment: str) -> list[Any]:
        return list(self.app.records.list("rollouts", "deployment = {:id}", {"id": deployment}, sort="created"))

    def runs(self, deployment: str) -> list[Any]:
        return list(self.app.records.list("rolloutRuns", "deployment = {:id}", {"id": deployment}, sort="start"))


def config_for(data: Path, redis_url: str, kubeconfig: Path) -> Config:
    environ = {"LOCAL": "true", "LOCAL_KUBECONFIG_FILE": str(kubeconfig)}
    return Config(data_dir=data, redis_url=redis_url, environ=environ)


@contextlib.contextmanager
def build_app(data: Path, redis_url: str, kubeconfig: Path) -> Iterator[Installation]:
    app = build(config_for(data, redis_url, kubeconfig))
    assert "kubernetes" in {plugin.name for plugin in app.plugins.loaded}, app.plugins.broken
    user = app.records.new("users", {"email": "ada@example.com", "password": PASSWORD, "name": "Ada"})
    installation = Installation(app, app.records.save(user))
    try:
        yield installation
    finally:
        client = live.of(app).client
        for project in installation.projects:
            with contextlib.suppress(Exception):
                client.request("DELETE", f"/api/v1/namespaces/{project}")
        app.close()


def manifest(tag: str = "1.27", **spec: Any) -> dict[str, Any]:
    """Return a manifest that runs nginx."""
    return {
        "apiVersion": "one-click.dev/v1alpha1",
        "kind": "Rollout",
        "spec": {
            "image": {"registry": "docker.io", "repository": "library/nginx", "tag": tag},
            "horizontalScale": {"minReplicas": 1, "maxReplicas": 2, "targetCPUUtilizationPercentage": 80},
            "resources": {
                "requests": {"cpu": "10m", "memory": "16Mi"},
                "limits": {"cpu": "100m", "memory": "64Mi"},
            },
            "interfaces": [{"name": "http", "port": 80}],
            "serviceAccountName": "",
            **spec,
        },
    }


def image(client: Client, project: str, deployment: str) -> str | None:
    """Return the tag that a deployment runs on the cluster, None where it runs nothing."""
    found = client.get(DEPLOYMENTS, deployment, project)
    if found is None:
        return None
    reference: str = found["spec"]["template"]["spec"]["containers"][0]["image"]
    return reference.rpartition("/")[2].partition(":")[2]
