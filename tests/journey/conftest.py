"""Whole installations, on the demo cluster and on a real API server."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from cluster import Cluster
from installation import Client, Installation, installed

KUBECONFIG = "ONECLICK_TEST_KUBECONFIG"


def required() -> set[str]:
    return {name for name in os.environ.get("ONECLICK_TEST_REQUIRE", "").replace(" ", "").split(",") if name}


def missing(name: str, message: str) -> NoReturn:
    """Skip because of what is missing; fail where ``ONECLICK_TEST_REQUIRE`` asks for it."""
    if required() & {"all", name}:
        pytest.fail(message)
    pytest.skip(message)


def real_environment() -> dict[str, str]:
    """Return the settings for the real API server; skip, or fail where it is required."""
    kubeconfig = os.environ.get(KUBECONFIG, "")
    if not kubeconfig:
        missing("cluster", f"{KUBECONFIG} names no kubeconfig of a real API server")
    return {"LOCAL": "true", "LOCAL_KUBECONFIG_FILE": kubeconfig}


@pytest.fixture(scope="session", params=["demo", "real"])
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
