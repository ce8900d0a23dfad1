"""The same journey as an operator runs it: two web processes, a worker, a scheduler, PostgreSQL and Redis."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import websocket
from cluster import Cluster
from clusters import missing, real_environment
from installation import Client, Installation, eventually, installed, manifest
from services import redis, redis_binary
from test_main_job import Realtime, with_secret

from tests.db.postgresql import new_postgresql

pytestmark = [pytest.mark.slow, pytest.mark.postgresql, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def replicas(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    server = redis_binary()
    if server is None:
        missing("redis", "no redis-server is installed")
    with ExitStack() as stack:
        environment = {
            **real_environment(),
            "DATABASE_URL": new_postgresql(),
            "REDIS_URL": stack.enter_context(redis(server)),
            "ONECLICK_SECRET_KEY": "a secret key of the tests' own, 32+ long",
        }
        running = stack.enter_context(installed(tmp_path_factory.mktemp("replicas") / "data", environment))
        running.run("migrate")
        running.start("scheduler", sys.executable, "-m", "oneclick", "scheduler")
        running.start("worker", sys.executable, "-m", "oneclick", "worker")
        bind = f"127.0.0.1:{running.port}"
        running.start("web", sys.executable, "-m", "gunicorn", "-w", "2", "-b", bind, "wsgi:app")
        running.wait()
        yield running


@pytest.fixture(scope="module")
def person(replicas: Installation) -> Client:
    return replicas.client("ada@example.com")


def test_two_web_processes_answer(replicas: Installation) -> None:
    assert len(replicas.descendants("web")) >= 2


def test_journey_with_realtime_and_sockets_across_processes(replicas: Installation, person: Client) -> None:
    cluster = Cluster(Path(replicas.environment["LOCAL_KUBECONFIG_FILE"]))
    live = [Realtime(person, "rollouts/*") for _ in range(6)]
    project, deployment = person.deployment()
    sockets = [websocket.create_connection(f"{person.url.replace('http', 'ws')}/ws/k8s/rollouts") for _ in range(6)]
    for connection in sockets:
        connection.settimeout(60)
        connection.send(json.dumps({"token": person.token, "projectId": project, "deploymentId": deployment}))
    first = person.roll_out(project, deployment, with_secret("1.27", "one"))

    def healthy_everywhere() -> bool:
        return all(
            any(e["record"]["id"] == first["id"] and e["record"]["phase"] == "healthy" for e in stream.events)
            for stream in live
        )

    eventually(healthy_everywhere, 60, "all realtime clients of both processes see the healthy rollout")
    for connection in sockets:
        while json.loads(connection.recv())["kind"] != "pod":
            pass
        connection.close()
    second = person.roll_out(project, deployment, with_secret("1.28", "two"))
    person.update("rollouts", first["id"], endDate="")
    assert cluster.secret(project, f"{deployment}-secrets") == {"PASSWORD": "one"}
    assert person.view("rollouts", second["id"])["endDate"]
    person.phase(first["id"], "healthy")
    for stream in live:
        stream.close()
    assert person.http.delete(f"/api/collections/projects/records/{project}").status_code == 204
    eventually(lambda: cluster.get(f"/api/v1/namespaces/{project}") is None, 90, "the namespace goes")


def test_check_of_an_auto_update_runs_on_the_worker(replicas: Installation, person: Client) -> None:
    project, deployment = person.deployment()
    person.roll_out(project, deployment, manifest("1.27"))
    made = person.create(
        "autoUpdates", user=person.id, project=project, deployment=deployment, interval="1h", policy="semver"
    )
    before = time.monotonic()
    assert person.http.post(f"/auto-update/{made['id']}").status_code == 200
    assert time.monotonic() - before < 5
    eventually(lambda: person.view("autoUpdates", made["id"])["lastCheck"], 60, "the worker has checked")
    person.http.delete(f"/api/collections/projects/records/{project}")


def test_start_without_a_cluster_configuration_is_a_sentence(replicas: Installation, tmp_path: Path) -> None:
    with installed(tmp_path / "data", {**replicas.environment, "ONECLICK_DATA": str(tmp_path / "data")}) as other:
        other.environment |= {"LOCAL": "true", "LOCAL_KUBECONFIG_FILE": str(tmp_path / "nothing")}
        done = other.run("scheduler", check=False, timeout=60)
        assert done.returncode != 0
        assert "LOCAL_KUBECONFIG_FILE" in done.stderr
        assert "Traceback" not in done.stderr
        for name in ("LOCAL", "LOCAL_KUBECONFIG_FILE"):
            del other.environment[name]
        done = other.run("scheduler", check=False, timeout=60)
        assert done.returncode != 0
        assert "LOCAL" in done.stderr
        assert "Traceback" not in done.stderr
