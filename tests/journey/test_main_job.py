"""From nothing to a running image, watched live, changed, rolled back and removed: on both clusters, over HTTP."""

from __future__ import annotations

import json
import threading
import time
from typing import Any

import httpx2
import pytest
from cluster import Cluster
from installation import Client, Installation, eventually, manifest


class Realtime:
    """The events of one topic, as PocketBase's clients receive them."""

    def __init__(self, client: Client, topic: str) -> None:
        self.events: list[dict[str, Any]] = []
        self._ready = threading.Event()
        self._client, self._topic = client, topic
        self._stop = False
        threading.Thread(target=self._read, daemon=True).start()
        assert self._ready.wait(20), "no realtime connection"

    def _read(self) -> None:
        with httpx2.stream("GET", f"{self._client.url}/api/realtime", timeout=None) as stream:
            name = ""
            for line in stream.iter_lines():
                if line.startswith("event:"):
                    name = line.removeprefix("event:").strip()
                elif line.startswith("data:"):
                    self._take(name, json.loads(line.removeprefix("data:")))
                if self._stop:
                    return

    def _take(self, name: str, data: dict[str, Any]) -> None:
        if name == "PB_CONNECT":
            body = {"clientId": data["clientId"], "subscriptions": [self._topic]}
            assert self._client.http.post("/api/realtime", json=body).status_code == 204
            self._ready.set()
        else:
            self.events.append(data)

    def close(self) -> None:
        self._stop = True


def with_secret(tag: str, value: str) -> dict[str, Any]:
    return manifest(tag, secrets=[{"name": "PASSWORD", "value": value}], env=[{"name": "MODE", "value": tag}])


def test_rollout_becomes_healthy_live(user: Client, cluster: Cluster) -> None:
    live = Realtime(user, "rollouts/*")
    project, deployment = user.deployment()
    rollout = user.roll_out(project, deployment, manifest("1.27"))
    assert rollout["cause"] == "person"
    assert cluster.image(project, deployment) == "docker.io/library/nginx:1.27"

    def phases() -> list[str]:
        return [event["record"]["phase"] for event in live.events if event["record"]["id"] == rollout["id"]]

    eventually(lambda: "healthy" in phases(), 60, "realtime tells of the healthy rollout")
    live.close()
    status = user.http.get(f"/rollouts/{project}/{rollout['id']}/status").json()
    assert status["phase"] == "healthy"
    assert status["deployment"]["status"] == "OK"
    assert status["deployment"]["replicas"] == 1
    assert len(status["deployment"]["podNames"]) == 1
    assert [service["name"] for service in status["services"]] == [f"http-{deployment}-svc"]
    assert user.http.get(f"/pb/{project}/{deployment}/status").json() == status


def test_image_change_keeps_history_and_rollback_restores_everything(user: Client, cluster: Cluster) -> None:
    project, deployment = user.deployment()
    first = user.roll_out(project, deployment, with_secret("1.27", "first secret"))
    assert first["manifest"]["spec"]["secrets"][0]["value"].startswith("oc-secret:")
    assert cluster.secret(project, f"{deployment}-secrets") == {"PASSWORD": "first secret"}
    second = user.roll_out(project, deployment, with_secret("1.28", "second secret"))
    assert cluster.secret(project, f"{deployment}-secrets") == {"PASSWORD": "second secret"}
    rows = user.list("rollouts", filter=f"deployment = '{deployment}'", sort="created")
    assert [row["id"] for row in rows] == [first["id"], second["id"]]
    assert [bool(row["endDate"]) for row in rows] == [True, False]

    user.update("rollouts", first["id"], endDate="")
    assert cluster.secret(project, f"{deployment}-secrets") == {"PASSWORD": "first secret"}
    assert cluster.image(project, deployment) == "docker.io/library/nginx:1.27"
    assert user.view("rollouts", second["id"])["endDate"]
    user.phase(first["id"], "healthy")
    runs = user.list("rolloutRuns", filter=f"rollout.deployment = '{deployment}'", sort="start")
    assert [run["rollout"] for run in runs] == [first["id"], second["id"], first["id"]]
    assert [run["cause"] for run in runs] == ["person", "person", "rollback"]


def test_placeholder_keeps_the_secret_when_only_the_tag_changes(user: Client, cluster: Cluster) -> None:
    project, deployment = user.deployment()
    first = user.roll_out(project, deployment, with_secret("1.27", "kept"))
    changed = first["manifest"]
    changed["spec"]["image"]["tag"] = "1.28"
    user.roll_out(project, deployment, changed)
    assert cluster.secret(project, f"{deployment}-secrets") == {"PASSWORD": "kept"}
    assert cluster.image(project, deployment) == "docker.io/library/nginx:1.28"


def test_bad_image_says_why(user: Client) -> None:
    project, deployment = user.deployment()
    rollout = user.roll_out(project, deployment, manifest("missing-1"))
    record = eventually(lambda: _with_message(user, rollout["id"], "missing-1"), 60, "the cause is told")
    assert record["phase"] in ("failed", "progressing")


def _with_message(user: Client, rollout: str, word: str) -> dict[str, Any] | None:
    record = user.view("rollouts", rollout)
    return record if word in record["message"] else None


def test_refused_rollout_leaves_the_running_one_alone(user: Client, cluster: Cluster) -> None:
    project, deployment = user.deployment()
    running = user.roll_out(project, deployment, manifest("1.27"))
    bad = manifest("1.28")
    bad["spec"]["resources"]["requests"]["cpu"] = "abc"
    answer = user.http.post(
        "/api/collections/rollouts/records",
        json={"user": user.id, "project": project, "deployment": deployment, "manifest": bad},
    )
    assert answer.status_code == 400
    assert answer.json()["data"]["manifest"]["spec"]["resources"]["requests"]["cpu"]["message"]
    assert user.view("rollouts", running["id"])["endDate"] == ""
    assert len(user.list("rollouts", filter=f"deployment = '{deployment}'")) == 1
    assert cluster.image(project, deployment) == "docker.io/library/nginx:1.27"


def test_cron_job_is_there_and_goes(user: Client, cluster: Cluster) -> None:
    project, deployment = user.deployment()
    job = {
        "name": "nightly",
        "suspend": False,
        "schedule": "0 3 * * *",
        "image": {"registry": "docker.io", "repository": "library/busybox", "tag": "1.36"},
        "command": ["sh", "-c"],
        "args": ["echo hi"],
        "resources": {
            "requests": {"cpu": "10m", "memory": "16Mi"},
            "limits": {"cpu": "100m", "memory": "64Mi"},
        },
    }
    user.roll_out(project, deployment, manifest("1.27", cronjobs=[job]))
    assert cluster.names(project, "cronjobs") == {f"nightly-{deployment}"}
    user.roll_out(project, deployment, manifest("1.27"))
    assert cluster.names(project, "cronjobs") == set()


def test_stop_keeps_volumes_and_deleting_the_project_leaves_nothing(user: Client, cluster: Cluster) -> None:
    project, deployment = user.deployment()
    volume = {"name": "data", "mountPath": "/data", "size": "1Gi"}
    rollout = user.roll_out(project, deployment, manifest("1.27", volumes=[volume]))
    assert cluster.names(project, "persistentvolumeclaims") == {f"data-{deployment}"}
    user.update("rollouts", rollout["id"], endDate="2026-01-01 00:00:00.000Z")
    eventually(lambda: not cluster.names(project, "deployments"), 30, "the stopped deployment goes")
    assert cluster.names(project, "persistentvolumeclaims") == {f"data-{deployment}"}
    status = user.http.get(f"/pb/{project}/{deployment}/status").json()
    assert (status["phase"], status["deployment"]["replicas"]) == ("ended", 0)

    assert user.http.delete(f"/api/collections/projects/records/{project}").status_code == 204
    eventually(lambda: _gone(cluster, project), 90, "the namespace goes")
    assert user.list("deployments", filter=f"project = '{project}'") == []
    assert user.list("rollouts", filter=f"project = '{project}'") == []


def _gone(cluster: Cluster, namespace: str) -> bool:
    return cluster.get(f"/api/v1/namespaces/{namespace}") is None


def test_logs_and_events_can_be_read(user: Client, kind: str) -> None:
    project, deployment = user.deployment()
    rollout = user.roll_out(project, deployment, manifest("1.27"))
    user.phase(rollout["id"], "healthy")
    pod = user.http.get(f"/pb/{project}/{deployment}/status").json()["deployment"]["podNames"][0]
    logs = user.http.get(f"/rollouts/{project}/{pod}/logs", params={"tail": "5"})
    assert logs.status_code == 200
    if kind == "demo":
        eventually(
            lambda: user.http.get(f"/rollouts/{project}/{pod}/logs", params={"tail": "5"}).text.strip(),
            20,
            "the demo cluster's pods write logs",
        )
    events = user.http.get(f"/rollouts/{project}/{deployment}/events").json()["events"]
    assert {"ScalingReplicaSet"} <= {event["reason"] for event in events}
    assert all(event["typus"] in ("Normal", "Warning") for event in events)


@pytest.mark.slow
def test_command_line_does_the_same(installation: Installation, cluster: Cluster, user: Client) -> None:
    installation.environment["ONECLICK_TOKEN"] = user.token
    try:
        wanted = ("--project", "cli-shop", "--port", "80", "--name", "web")
        installation.run("deploy", "nginx:1.27", *wanted, "--create-project")
        project = user.list("projects", filter="name = 'cli-shop'")[0]["id"]
        deployment = user.list("deployments", filter=f"project = '{project}'")[0]["id"]
        assert cluster.image(project, deployment) == "docker.io/library/nginx:1.27"
        eventually(lambda: "healthy" in installation.run("status").stdout, 60, "oneclick status says healthy")
        installation.run("deploy", "nginx:1.28", *wanted)
        assert cluster.image(project, deployment) == "docker.io/library/nginx:1.28"
        assert len(user.list("deployments", filter=f"project = '{project}'")) == 1
        time.sleep(2)
        installation.run("logs", deployment)
    finally:
        del installation.environment["ONECLICK_TOKEN"]
