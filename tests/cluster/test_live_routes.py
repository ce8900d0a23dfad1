"""Status, metrics, events, logs, cluster information and sockets over HTTP, on both clusters."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
import websocket
from kit_app import PASSWORD, Installation, build_app, manifest
from werkzeug.serving import make_server

from oneclick.app import create_app, start_serving
from oneclick_kubernetes import live
from oneclick_kubernetes.cluster.client import Client

JOB = {
    "name": "often",
    "suspend": False,
    "schedule": "* * * * *",
    "image": {"registry": "docker.io", "repository": "library/busybox", "tag": "1.36"},
    "resources": {"requests": {"cpu": "10m", "memory": "16Mi"}, "limits": {"cpu": "100m", "memory": "64Mi"}},
}


class Served:
    """An application behind a web server, its user's token, and a running deployment."""

    def __init__(self, installation: Installation, url: str) -> None:
        self.installation, self.url = installation, url
        answer = httpx2.post(
            f"{url}/api/collections/users/auth-with-password",
            json={"identity": "ada@example.com", "password": PASSWORD},
        )
        self.token = answer.json()["token"]
        self.http = httpx2.Client(base_url=url, headers={"Authorization": self.token}, timeout=30)
        self.project, self.deployment = installation.deployment()
        secrets = [{"name": "PASSWORD", "value": "hunter2"}]
        wanted = manifest("1.27", secrets=secrets, volumes=[{"name": "data", "mountPath": "/d", "size": "1Gi"}])
        self.rollout = installation.roll_out(self.project, self.deployment, wanted).id

    def get(self, path: str, **query: Any) -> Any:
        answer = self.http.get(path.format(**vars(self)), params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def pods(self) -> list[str]:
        return list(self.get("/pb/{project}/{deployment}/status")["deployment"]["podNames"])

    def socket(self, path: str, **message: Any) -> websocket.WebSocket:
        connection = websocket.create_connection(
            self.url.replace("http", "ws") + path, header=[f"Authorization: {self.token}"], timeout=20
        )
        connection.send(json.dumps(message))
        return connection


@pytest.fixture(scope="module")
def served(kubeconfig: Path, redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with build_app(tmp_path_factory.mktemp("served"), redis_url, kubeconfig) as installation:
        web = create_app(installation.app)
        start_serving(web)
        server = make_server("127.0.0.1", 0, web, threaded=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        found = Served(installation, f"http://127.0.0.1:{server.port}")
        deadline = time.monotonic() + 60
        while found.get("/pb/{project}/{deployment}/status")["phase"] != "healthy":
            assert time.monotonic() < deadline
            time.sleep(0.1)
        yield found
        server.shutdown()


@pytest.mark.parametrize("path", ["/rollouts/{project}/{rollout}/status", "/pb/{project}/{deployment}/status"])
def test_status(served: Served, path: str) -> None:
    status = served.get(path)
    assert (status["phase"], status["message"]) == ("healthy", "")
    assert status["deployment"]["status"] == "OK"
    assert status["deployment"]["replicas"] == 1
    limits = status["deployment"]["resources"]["limitSum"]
    assert (float(limits["cpu"]), limits["memory"]) == (0.1, str(64 * 2**20))
    assert status["services"] == [{"name": f"http-{served.deployment}-svc", "ports": [80], "status": "OK"}]
    assert status["ingresses"] == []
    assert [volume["name"] for volume in status["volumes"]] == [f"data-{served.deployment}"]


def test_a_deployment_without_a_rollout_has_ended(served: Served) -> None:
    _, other = served.installation.deployment(served.project)
    status = served.get(f"/pb/{served.project}/{other}/status")
    assert (status["phase"], status["deployment"]["replicas"]) == ("ended", 0)
    assert status["deployment"]["podNames"] == []


def test_status_of_a_new_rollout_is_never_that_of_the_one_before(served: Served) -> None:
    _, deployment = served.installation.deployment(served.project)
    for tag in ("1.1", "missing-1", "1.3"):
        rollout = served.installation.roll_out(served.project, deployment, manifest(tag))
        status = served.get(f"/pb/{served.project}/{rollout.id}/status")
        assert status["phase"] in ("progressing", "healthy", "failed")
        if tag == "missing-1":
            assert status["phase"] != "healthy"


def test_metrics(served: Served, eventually: Callable[..., Any]) -> None:
    def look() -> Any:
        return served.get("/rollouts/{project}/{rollout}/metrics")["metrics"]

    found = eventually(look, 90, "metrics")
    assert [one["name"] for one in found] == served.pods()
    assert float(found[0]["cpu"]) >= 0
    assert float(found[0]["memory"]) >= 0


def test_events(served: Served, eventually: Callable[..., Any]) -> None:
    def look() -> Any:
        found = served.get("/pb/{project}/{rollout}/events")["events"]
        return found if "ScalingReplicaSet" in {event["reason"] for event in found} else None

    found = eventually(look, 20, "events")
    assert [event["time"] for event in found] == sorted(event["time"] for event in found)
    assert {"reason", "message", "typus", "time", "count", "kind", "name"} == set(found[0])


def test_cluster_info(served: Served, is_real: bool) -> None:
    info = served.get("/cluster-info")
    assert info == served.get("/pb/cluster-info")
    assert (info["storageClasses"], info["defaultStorageClass"]) == (["standard"], "standard")
    assert (info["ingressClasses"], info["defaultIngressClass"]) == (["nginx"], "nginx")
    assert info["version"].startswith("v1.")
    assert len(info["nodes"]) >= 2
    assert all(node["ready"] and node["capacity"]["cpu"] for node in info["nodes"])


def test_logs_end_unless_they_are_followed(served: Served) -> None:
    (pod,) = served.pods()
    answer = served.http.get(f"/rollouts/{served.project}/{pod}/logs", params={"tail": 2})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    assert len(answer.text.splitlines()) <= 2
    wrong = served.http.get(f"/rollouts/{served.project}/{pod}/logs", params={"container": "other"})
    assert wrong.status_code == 404
    assert "no container other" in wrong.json()["message"]


def write_line(is_real: bool, text: str) -> None:
    """Let the real control plane's simulated pods say something; those of the demonstration do so by themselves."""
    if is_real:
        folder = os.environ.get("CLUSTER_DIR", str(Path.home() / ".cache/oneclick-cluster/run"))
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime())
        with Path(folder, "podlogs", "current.log").open("a") as log:
            log.write(f"{stamp}.{time.time_ns() % 10**9:09d}Z stdout F {text}\n")


def test_a_followed_log_goes_on_and_its_stream_ends_with_the_client(served: Served, is_real: bool) -> None:
    (pod,) = served.pods()
    write_line(is_real, "the first line")
    with served.http.stream("GET", f"/pb/{served.project}/{pod}/logs", params={"tail": 1}, timeout=60) as stream:
        lines = stream.iter_lines()
        assert next(lines)
        write_line(is_real, "grüße")
        assert next(lines)
    deadline = time.monotonic() + 20
    while any(thread.name == f"log-{pod}" for thread in threading.enumerate()):
        assert time.monotonic() < deadline, "the log is still followed"
        time.sleep(0.2)


def test_log_socket_sends_whole_lines(served: Served, is_real: bool) -> None:
    (pod,) = served.pods()
    write_line(is_real, "one")
    connection = served.socket("/ws/k8s/logs", rolloutId=served.project, podName=pod, tail=1)
    assert connection.recv().endswith("\n")
    write_line(is_real, "two")
    assert connection.recv().endswith("\n")
    connection.close()


def test_event_socket(served: Served) -> None:
    connection = served.socket("/ws/k8s/events", rolloutId=served.project, kind="Deployment", name=served.deployment)
    event = json.loads(connection.recv())
    assert {"message", "reason", "typus"} <= set(event)
    connection.close()


def test_object_sockets_share_the_watches_and_hold_no_secret(
    served: Served, client: Client, eventually: Callable[..., Any]
) -> None:
    cache = live.of(served.installation.app).cache
    connections = [
        served.socket("/ws/k8s/deployments", projectId=served.project, deploymentId=served.deployment)
        for _ in range(20)
    ]
    seen = [first_of(connection, {"pod", "service", "pvc", "secret"}) for connection in connections]
    assert all(set(kinds) == {"pod", "service", "pvc", "secret"} for kinds in seen)
    secret = seen[0]["secret"]
    assert secret["name"] == f"{served.deployment}-secrets"
    assert set(secret["object"]) == {"metadata", "type"}
    text = json.dumps(seen[0])
    assert "hunter2" not in text
    assert "managedFields" not in text
    assert "secrets-checksum" not in text
    assert {watcher.lists for watcher in cache.watchers} == {1}
    (pod,) = served.pods()
    assert served.http.delete(f"/pb/{served.project}/pod/{pod}").json() == "Pod deleted"
    for connection in connections:
        changes: set[tuple[str, bool]] = set()
        while not {("DELETED", True), ("ADDED", False)} <= changes:
            one = until(connection, lambda one: one["kind"] == "pod")
            changes.add((one["status"], one["name"] == pod))
        connection.close()
    assert {watcher.lists for watcher in cache.watchers} == {1}
    eventually(lambda: served.get("/pb/{project}/{deployment}/status")["phase"] == "healthy", 60, "healthy")


def first_of(connection: websocket.WebSocket, kinds: set[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    while set(found) != kinds:
        message = json.loads(connection.recv())
        if message["kind"] in kinds:
            found[message["kind"]] = message
    return found


def until(connection: websocket.WebSocket, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    while True:
        message: dict[str, Any] = json.loads(connection.recv())
        if wanted(message):
            return message


def test_more_kinds_for_whoever_asks(served: Served) -> None:
    connection = served.socket(
        "/ws/k8s/rollouts", projectId=served.project, deploymentId="", kinds=["deployment", "hpa"]
    )
    found = first_of(connection, {"deployment", "hpa"})
    assert found["deployment"]["name"]
    connection.close()


@pytest.mark.slow
def test_a_cron_jobs_pod_is_not_the_apps_and_its_job_can_be_deleted(
    served: Served, eventually: Callable[..., Any]
) -> None:
    project, deployment = served.installation.deployment(served.project)
    rollout = served.installation.roll_out(project, deployment, manifest("1.27", cronjobs=[JOB]))
    connection = served.socket("/ws/k8s/rollouts", projectId=project, deploymentId=deployment)
    connection.settimeout(90)
    job = until(connection, lambda one: one["kind"] == "job")["name"]
    until(connection, lambda one: one["kind"] == "pod" and one["name"].startswith(job))
    connection.close()
    status = served.get(f"/pb/{project}/{rollout.id}/status")
    assert status["deployment"]["replicas"] == 1
    assert not [name for name in status["deployment"]["podNames"] if name.startswith(job)]
    answer = served.http.delete(f"/pb/{project}/job/{job}")
    assert (answer.status_code, answer.json()) == (200, "Job deleted")
