"""One demo cluster for all tests, and a namespace for each."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Iterator

import pytest
from kubernetes import config
from kubernetes.dynamic import DynamicClient
from kubernetes.dynamic.exceptions import ConflictError, NotFoundError

from tests.demo_cluster.kit import Cluster, http_for, start, wait_for_kubeconfig


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """One demo cluster for all tests of a worker; each test has its own namespace."""
    data = tmp_path_factory.mktemp("demo")
    process = start(data)
    try:
        path = wait_for_kubeconfig(data)
        api = config.new_client_from_config(str(path))
        with http_for(path) as http:
            yield Cluster(path, DynamicClient(api, cache_file=str(data / "discovery.json")), http)
    finally:
        process.terminate()
        assert process.wait(5) == 0


@pytest.fixture
def namespace(cluster: Cluster) -> Iterator[str]:
    name = f"t{uuid.uuid4().hex[:10]}"
    cluster.create("Namespace", {"metadata": {"name": name}})
    yield name
    with contextlib.suppress(NotFoundError, ConflictError):
        cluster.delete("Namespace", name)
