"""Watches: from a version on, by selector, with bookmarks, too old, many at once."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from typing import Any

from tests.demo_cluster.kit import Cluster, eventually


def stream(cluster: Cluster, path: str, **query: Any) -> Iterator[dict]:
    with cluster.http.stream("GET", path, params={"watch": "1", **query}) as answer:
        answer.raise_for_status()
        for line in answer.iter_lines():
            yield json.loads(line)


def configmap(name: str, **labels: str) -> dict:
    return {"metadata": {"name": name, "labels": labels}}


def test_a_watch_continues_where_the_list_ended(cluster: Cluster, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/configmaps"
    version = cluster.http.get(path).json()["metadata"]["resourceVersion"]
    cluster.create("ConfigMap", configmap("a"), namespace)
    cluster.patch("ConfigMap", "a", namespace, {"data": {"x": "y"}})
    cluster.delete("ConfigMap", "a", namespace)
    query = {"resourceVersion": version, "timeoutSeconds": 1, "allowWatchBookmarks": "true"}
    events = list(stream(cluster, path, **query))
    assert [event["type"] for event in events] == ["ADDED", "MODIFIED", "DELETED", "BOOKMARK"]
    versions = [int(event["object"]["metadata"]["resourceVersion"]) for event in events]
    assert versions == sorted(versions)
    again = stream(cluster, path, resourceVersion=versions[1], timeoutSeconds=1)
    assert [event["type"] for event in again] == ["DELETED"]


def test_objects_enter_and_leave_a_selection(cluster: Cluster, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/configmaps"
    version = cluster.http.get(path).json()["metadata"]["resourceVersion"]
    cluster.create("ConfigMap", configmap("a", on="no"), namespace)
    for value in ("yes", "still", "no"):
        selected = "yes" if value == "still" else value
        body = {"metadata": {"labels": {"on": selected, "step": value}}}
        cluster.patch("ConfigMap", "a", namespace, body)
    events = stream(cluster, path, resourceVersion=version, labelSelector="on=yes", timeoutSeconds=1)
    assert [event["type"] for event in events] == ["ADDED", "MODIFIED", "DELETED"]


def test_initial_events(cluster: Cluster, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/configmaps"
    cluster.create("ConfigMap", configmap("a"), namespace)
    plain = list(stream(cluster, path, timeoutSeconds=1))
    assert {event["object"]["metadata"]["name"] for event in plain} == {"a", "kube-root-ca.crt"}
    query = {"sendInitialEvents": "true", "resourceVersionMatch": "NotOlderThan", "allowWatchBookmarks": "true"}
    events = list(stream(cluster, path, timeoutSeconds=1, **query))
    assert [event["type"] for event in events[:3]] == ["ADDED", "ADDED", "BOOKMARK"]
    assert events[2]["object"]["metadata"]["annotations"] == {"k8s.io/initial-events-end": "true"}


def test_versions_that_are_not_kept(cluster: Cluster, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/configmaps"
    for version in ("1", str(1 << 60)):
        answer = cluster.http.get(path, params={"watch": "1", "resourceVersion": version})
        assert (answer.status_code, answer.json()["reason"]) == (410, "Expired")
    assert cluster.http.get(path, params={"watch": "1", "resourceVersion": "x"}).status_code == 400


def test_the_client_s_own_watch(cluster: Cluster, namespace: str) -> None:
    def later() -> None:
        time.sleep(0.3)
        cluster.create("ConfigMap", configmap("w"), namespace)

    thread = threading.Thread(target=later)
    thread.start()
    watched = cluster.resource("ConfigMap").watch(namespace=namespace, name="w", timeout=5)
    event = next(iter(watched))
    assert (event["type"], event["object"].metadata.name) == ("ADDED", "w")
    thread.join()


def test_fifty_watches_see_the_same(cluster: Cluster, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/configmaps"
    version = cluster.http.get(path).json()["metadata"]["resourceVersion"]
    seen: list[list[str]] = []
    lock = threading.Lock()

    def watch() -> None:
        names = []
        for event in stream(cluster, path, resourceVersion=version, timeoutSeconds=10):
            names.append(event["object"]["metadata"]["name"])
            if len(names) == 20:
                break
        with lock:
            seen.append(names)

    threads = [threading.Thread(target=watch) for _ in range(50)]
    for thread in threads:
        thread.start()
    for index in range(20):
        cluster.create("ConfigMap", configmap(f"n{index}"), namespace)
    eventually(lambda: len(seen) == 50, 15)
    assert all(names == [f"n{index}" for index in range(20)] for names in seen)
    started = time.monotonic()
    assert cluster.http.get("/version").status_code == 200
    assert time.monotonic() - started < 1
