"""Where objects are served: what is no name of an object is no path either."""

from __future__ import annotations

import pytest

from oneclick_kubernetes.cluster.client import Client
from oneclick_kubernetes.cluster.kinds import JOBS, PODS
from oneclick_kubernetes.errors import Missing
from oneclick_kubernetes.logs import Wanted, container_of

PROJECT = "bvpazitl5gprovo"


class Asked:
    """A cluster that has a pod without containers, and counts what is asked for."""

    def __init__(self) -> None:
        self.paths: list[str] = []

    def request(self, method: str, path: str, *_: object, **__: object) -> dict[str, object]:
        self.paths.append(f"{method} {path}")
        return {}

    get, delete = Client.get, Client.delete


@pytest.mark.parametrize("name", ["", ".", "..", "...", "a/b", "../x", "a..", "%2e%2e", "a b", "a\n", "é", "x" * 254])
def test_what_no_object_can_be_called_is_missing(name):
    with pytest.raises(Missing):
        PODS.object_path(PROJECT, name)
    cluster = Asked()
    assert cluster.get(PODS, name, PROJECT) is None
    assert not cluster.delete(PODS, name, PROJECT)
    assert not cluster.delete(JOBS, name, PROJECT, "Foreground")
    with pytest.raises(Missing):
        container_of(cluster, Wanted(PROJECT, name))
    assert not cluster.paths


@pytest.mark.parametrize("namespace", [".", "..", "a/b", "A", "a.b", "x" * 64])
def test_what_no_namespace_can_be_called_is_missing(namespace):
    with pytest.raises(Missing):
        PODS.path(namespace)
    with pytest.raises(Missing):
        PODS.object_path(namespace, "web")


def test_names_are_paths():
    assert PODS.object_path(PROJECT, "web-1.a", "log") == f"/api/v1/namespaces/{PROJECT}/pods/web-1.a/log"
    assert PODS.path(PROJECT) == f"/api/v1/namespaces/{PROJECT}/pods"


def test_a_pod_without_containers_has_no_log():
    with pytest.raises(Missing):
        container_of(Asked(), Wanted(PROJECT, "web"))
