"""A cluster to test against: the demonstration, and a real API server where there is one; and an application on it."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from kit_app import Installation, build_app
from redis import Redis
from redis.exceptions import RedisError

from oneclick.ids import new_id
from oneclick.jobs import embedded
from oneclick_hooks.kubernetes import ClusterConnection
from oneclick_kubernetes.cluster.client import Client
from oneclick_kubernetes.cluster.kinds import NAMESPACES
from oneclick_kubernetes.names import PROJECT_LABEL

KUBECONFIG = "ONECLICK_TEST_KUBECONFIG"
ALLOWED = 60.0


def missing(name: str, message: str) -> NoReturn:
    """Skip because of what is missing; fail where ``ONECLICK_TEST_REQUIRE`` asks for it."""
    required = set(os.environ.get("ONECLICK_TEST_REQUIRE", "").replace(" ", "").split(","))
    if required & {"all", name}:
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="session", params=["demo", "real"])
def kubeconfig(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Give the kubeconfig of each cluster in turn."""
    if request.param == "real":
        named = os.environ.get(KUBECONFIG, "")
        if not named:
            missing("cluster", f"{KUBECONFIG} names no kubeconfig of a real API server")
        yield Path(named)
        return
    with demo_cluster(tmp_path_factory.mktemp("demo")) as path:
        yield path


@contextlib.contextmanager
def demo_cluster(data: Path) -> Iterator[Path]:
    """Run the demonstration cluster as ``oneclick serve`` does."""
    environ = {**os.environ, "ONECLICK_DATA": str(data), "ONECLICK_CLUSTER": "demo"}
    path = data / "demo-cluster.kubeconfig"
    with (data / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "oneclick", "demo-cluster"], env=environ, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            deadline = time.monotonic() + 30
            while not path.exists():
                if process.poll() is not None or time.monotonic() > deadline:
                    pytest.fail(f"the demo cluster does not start: {(data / 'log').read_text()[-2000:]}")
                time.sleep(0.05)
            yield path
        finally:
            process.terminate()
            process.wait(20)


@pytest.fixture(scope="session")
def is_real(kubeconfig: Path) -> bool:
    return str(kubeconfig) == os.environ.get(KUBECONFIG)


@pytest.fixture(scope="session")
def client(kubeconfig: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A client of the cluster."""
    client = Client(ClusterConnection(str(kubeconfig)), tmp_path_factory.mktemp("client"))
    yield client
    client.close()


@pytest.fixture
def project(client: Client) -> Iterator[str]:
    """A namespace of the test's own."""
    name = new_id()
    labels = {PROJECT_LABEL: name}
    client.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}})
    yield name
    client.delete(NAMESPACES, name)


@pytest.fixture
def eventually() -> Callable[..., Any]:
    """Wait for something to become true, and return it."""

    def wait(ask: Callable[[], Any], seconds: float = ALLOWED, what: str = "it") -> Any:
        deadline = time.monotonic() + seconds
        while not (found := ask()):
            assert time.monotonic() < deadline, f"{what} did not come within {seconds} s"
            time.sleep(0.05)
        return found

    return wait


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A Redis server of the tests' own."""
    folder = Path(tempfile.mkdtemp(prefix="oc-"))
    process = subprocess.Popen(embedded.command(folder))
    redis = Redis.from_url(embedded.url(folder))
    for _ in range(200):
        with contextlib.suppress(RedisError):
            redis.ping()
            break
        time.sleep(0.02)
    yield embedded.url(folder)
    process.kill()
    process.wait()
    shutil.rmtree(folder)


@pytest.fixture
def installation(kubeconfig: Path, redis_url: str, tmp_path: Path) -> Iterator[Installation]:
    """An application on the cluster, with a user."""
    with build_app(tmp_path, redis_url, kubeconfig) as found:
        yield found
