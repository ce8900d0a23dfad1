"""Whole installations, on the demo cluster and on a real API server."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from cluster import Cluster
from clusters import KINDS, KUBECONFIG, real_environment
from installation import Client, Installation, installed


@pytest.fixture(scope="session", params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session")
def installation(kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A running installation, shared by the tests that leave it as they found it."""
    environment = {"ONECLICK_CLUSTER": "demo"} if kind == "demo" else real_environment()
    with installed(tmp_path_factory.mktemp("journey") / "data", environment) as running:
        running.serve()
        yield running


@pytest.fixture(scope="session")
def cluster(kind: str, installation: Installation) -> Cluster:
    if kind == "real":
        return Cluster(Path(os.environ[KUBECONFIG]))
    return Cluster(installation.data / "demo-cluster.kubeconfig")


@pytest.fixture
def user(installation: Installation, request: pytest.FixtureRequest) -> Client:
    """A new user of the installation."""
    return installation.client(f"{abs(hash((request.node.nodeid, os.urandom(4))))}@example.com")
