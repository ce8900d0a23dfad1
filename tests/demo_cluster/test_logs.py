"""Pod logs: whole, in part, followed."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from oneclick_demo_cluster.loglines import KEPT_LINES, Log
from tests.demo_cluster.kit import Cluster, deployment, eventually


@pytest.fixture
def pod(cluster: Cluster, namespace: str) -> str:
    cluster.create("Deployment", deployment(), namespace)
    cluster.wait_ready(namespace, "web")
    return f"/api/v1/namespaces/{namespace}/pods/{cluster.pods(namespace)[0]['metadata']['name']}/log"


def test_the_same_lines_again_and_more(cluster: Cluster, pod: str) -> None:
    first = cluster.http.get(pod).text
    assert "nothing really runs here" in first
    longer = eventually(lambda: len(text := cluster.http.get(pod).text) > len(first) and text)
    assert longer.startswith(first)
    assert '"GET /' in longer
    assert cluster.http.get(pod, params={"tailLines": 2}).text == "".join(longer.splitlines(True)[-2:])
    assert cluster.http.get(pod, params={"tailLines": 0}).text == ""
    assert len(cluster.http.get(pod, params={"limitBytes": 10}).content) == 10


def test_timestamps_and_since(cluster: Cluster, pod: str) -> None:
    lines = cluster.http.get(pod, params={"timestamps": "true"}).text.splitlines()
    moments = [datetime.fromisoformat(line.split(" ")[0][:26] + "+00:00") for line in lines]
    assert moments == sorted(moments)
    assert datetime.now(UTC) - moments[0] < timedelta(seconds=60)
    later = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    assert cluster.http.get(pod, params={"sinceTime": later}).text == ""
    assert cluster.http.get(pod, params={"sinceSeconds": 3600}).text.startswith(cluster.http.get(pod).text[:100])


def test_following(cluster: Cluster, namespace: str, pod: str) -> None:
    lines: list[str] = []
    deleted = False
    started = time.monotonic()
    with cluster.http.stream("GET", pod, params={"follow": "true", "tailLines": 1}) as answer:
        for line in answer.iter_lines():
            lines.append(line)
            if len(lines) == 3 and not deleted:
                deleted = True
                cluster.delete("Pod", pod.split("/")[-2], namespace)
    assert deleted
    assert time.monotonic() - started < 15


def test_wrong_requests(cluster: Cluster, namespace: str, pod: str) -> None:
    for query in ({"tailLines": -1}, {"sinceSeconds": 0}, {"limitBytes": 0}):
        assert cluster.http.get(pod, params=query).status_code == 422
    for query in ({"container": "none"}, {"sinceTime": "soon"}, {"tailLines": "x"}, {"previous": "true"}):
        assert cluster.http.get(pod, params=query).status_code == 400
    containers = {"containers": [{"name": "a", "image": "x:1"}, {"name": "b", "image": "x:missing"}]}
    cluster.create("Pod", {"metadata": {"name": "two"}, "spec": containers}, namespace)
    path = f"/api/v1/namespaces/{namespace}/pods/two/log"
    assert "choose one of: [a b]" in cluster.http.get(path).json()["message"]

    def refused() -> bool:
        answer = cluster.http.get(path, params={"container": "b"})
        return "is waiting to start: trying and failing to pull image" in answer.json()["message"]

    eventually(refused)
    assert cluster.http.get(path.replace("two", "none")).status_code == 404


def test_old_lines_are_dropped() -> None:
    log = Log("seed", "server", 0.0)
    now = 30 * 24 * 3600.0
    assert log.count(now) - log.first(now) == KEPT_LINES
    numbers = range(log.first(now), log.count(now))
    times = [log.time(number) for number in numbers]
    assert times == sorted(times)
    assert times[-1] <= now < log.time(numbers.stop)
    since = now - 60
    assert log.time(log.first(now, since)) >= since > log.time(log.first(now, since) - 1)
