"""Auto-updates against a real registry, on the demo cluster and on a real control plane, by One-Click's processes."""

from __future__ import annotations

import os
import re
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
from rq.registry import FinishedJobRegistry, StartedJobRegistry
from rq.serializers import JSONSerializer

from oneclick.jobs.queues import QUEUE
from tests.auto_update.registries import Proxy, Registry, binary, registry

# They find each other by these short names.
sys.path.insert(0, str(Path(__file__).parents[1] / "journey"))
from cluster import Cluster  # isort: skip
from clusters import KINDS, KUBECONFIG, missing, real_environment  # isort: skip
from installation import Client, Installation, eventually, installed, manifest  # isort: skip

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

KILLED_ON = ("real",) if os.environ.get(KUBECONFIG) else ("demo",)
"""Where processes are killed: on one kind of cluster, since that takes minutes."""

USERNAME, PASSWORD = "puller", "a password of the registry"
HEARTBEAT = 75
"""A job whose worker was killed counts as running for as long."""

# A drop-in plugin that kills its own process, the fork that rolls out, right after the commit of a rollout.
ASSASSIN = """
import os, signal
from pathlib import Path
from oneclick_hooks import hookimpl, on


@hookimpl
@on("rollouts")
def on_record_after_create_success(event):
    order = Path(__file__).parent.parent / "kill"
    if event.record["cause"] == "auto-update" and order.exists():
        order.unlink()
        os.kill(os.getpid(), signal.SIGKILL)
"""


@dataclass
class House:
    """An installation with its cluster, two registries, and two proxies in front of the open one."""

    installation: Installation
    cluster: Cluster
    open: Registry
    closed: Registry
    proxy: Proxy
    hanging: Proxy


@pytest.fixture(scope="module", params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def house(kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    program = binary()
    if program is None:
        missing("docker-registry", "docker-registry is not installed")
    environment = {"ONECLICK_CLUSTER": "demo"} if kind == "demo" else real_environment()
    with ExitStack() as stack:
        public = stack.enter_context(registry(program))
        closed = stack.enter_context(registry(program, USERNAME, PASSWORD))
        proxy, hanging = Proxy(public), Proxy(public)
        hanging.mood = "hang"
        stack.callback(proxy.close)
        stack.callback(hanging.close)
        addresses = (public.address, closed.address, proxy.address, hanging.address)
        environment["ONECLICK_REGISTRY_ALLOW"] = ",".join(addresses)
        data = tmp_path_factory.mktemp("watched") / "data"
        (data / "plugins").mkdir(parents=True)
        (data / "plugins" / "assassin.py").write_text(ASSASSIN)
        running = stack.enter_context(installed(data, environment))
        running.serve()
        demo = running.data / "demo-cluster.kubeconfig"
        cluster = Cluster(demo if kind == "demo" else Path(os.environ[KUBECONFIG]))
        yield House(running, cluster, public, closed, proxy, hanging)


@pytest.fixture
def user(house: House) -> Iterator[Client]:
    user = house.installation.client(f"{os.urandom(6).hex()}@example.com")
    yield user
    for project in user.list("projects"):
        user.http.delete(f"/api/collections/projects/records/{project['id']}")


@pytest.fixture
def repository() -> str:
    """A repository that no other test uses."""
    return f"team/shop-{os.urandom(4).hex()}"


@dataclass
class Watched:
    """A deployment and its auto-update."""

    user: Client
    project: str
    deployment: str
    id: str

    def record(self) -> dict[str, Any]:
        return self.user.view("autoUpdates", self.id)

    def ask(self) -> None:
        assert self.user.http.post(f"/auto-update/{self.id}").status_code == 200

    def says(self, pattern: str, seconds: float = 60) -> dict[str, Any]:
        """Wait until the verdict or the error matches."""

        def look() -> dict[str, Any] | None:
            record = self.record()
            return record if re.search(pattern, f"{record['verdict']} {record['error']}") else None

        try:
            return eventually(look, seconds, pattern)
        except AssertionError as error:
            raise AssertionError(f"{error}; the record: {self.record()}") from error

    def rollouts(self) -> list[dict[str, Any]]:
        return self.user.list("rollouts", filter=f"deployment = '{self.deployment}'", sort="startDate")


def watch(user: Client, registry_address: str, repository: str, tag: str, **values: Any) -> Watched:
    login = {name: values.pop(name) for name in ("username", "password") if name in values}
    project, deployment = user.deployment()
    image = {"registry": registry_address, "repository": repository, "tag": tag, **login}
    user.roll_out(project, deployment, manifest(image=image))
    settings = {"interval": "1m", "policy": "semver", "pattern": "", **values}
    made = user.create("autoUpdates", user=user.id, project=project, deployment=deployment, **settings)
    return Watched(user, project, deployment, made["id"])


def test_a_new_tag_becomes_a_rollout_by_the_ticks(house: House, user: Client, repository: str) -> None:
    house.open.push(repository, "1.0.0")
    watched = watch(user, house.open.address, repository, "1.0.0")
    # Nobody asks: the schedule does.
    watched.says(r"^1\.0\.0 is the newest version\.", 90)
    house.open.push(repository, "1.1.0")
    house.open.push(repository, "2.0.0-rc1")
    watched.says(r"^1\.1\.0 is newer than 1\.0\.0\.", 150)
    assert [rollout["cause"] for rollout in watched.rollouts()] == ["person", "auto-update"]
    wanted = f"{house.open.address}/{repository}:1.1.0"
    eventually(lambda: house.cluster.image(watched.project, watched.deployment) == wanted, 30, wanted)
    redis = house.installation.redis()
    finished = FinishedJobRegistry(QUEUE, connection=redis, serializer=JSONSerializer).get_job_ids()
    assert f"auto-update-roll-out-{watched.id}" in finished
    redis.close()


def test_a_moved_latest_becomes_a_rollout_of_its_content(house: House, user: Client, repository: str) -> None:
    old = house.open.push(repository, "latest", "old")
    watched = watch(user, house.open.address, repository, "latest", policy="latest", interval="1h")
    watched.ask()
    watched.says(f"latest leads to {old[:19]}")
    new = house.open.push(repository, "latest", "new")
    assert new != old
    watched.ask()
    watched.says(f"latest leads to another image now: {new[:19]}")
    wanted = f"{house.open.address}/{repository}:latest@{new}"
    eventually(lambda: house.cluster.image(watched.project, watched.deployment) == wanted, 30, wanted)
    watched.ask()
    watched.says(f"latest still leads to {new[:19]}")
    assert [rollout["cause"] for rollout in watched.rollouts()] == ["person", "auto-update"]


def test_a_registry_with_authentication(house: House, user: Client, repository: str) -> None:
    house.closed.push(repository, "1.0.0")
    house.closed.push(repository, "1.0.1")
    login = {"username": USERNAME, "password": PASSWORD}
    watched = watch(user, house.closed.address, repository, "1.0.0", **login)
    watched.ask()
    watched.says(r"^1\.0\.1 is newer")
    wanted = f"{house.closed.address}/{repository}:1.0.1"
    eventually(lambda: house.cluster.image(watched.project, watched.deployment) == wanted, 30, wanted)
    wrong = watch(user, house.closed.address, repository, "1.0.0", username=USERNAME, password="wrong")
    wrong.ask()
    wrong.says("refuses these credentials")
    none = watch(user, house.closed.address, repository, "1.0.0")
    none.ask()
    none.says("asks for a user name and password")
    assert len(wrong.rollouts()) == len(none.rollouts()) == 1
    assert PASSWORD not in house.installation.tail(10_000)


LIES = [("circle", "goes in circles"), ("elsewhere", "goes on at another host")]


@pytest.mark.parametrize(("mood", "sentence"), LIES)
def test_a_registry_that_lies_about_its_pages(
    house: House, user: Client, repository: str, mood: str, sentence: str
) -> None:
    house.open.push(repository, "1.0.0")
    house.open.push(repository, "1.1.0")
    house.proxy.mood = mood
    watched = watch(user, house.proxy.address, repository, "1.0.0")
    watched.ask()
    watched.says(sentence)
    assert len(watched.rollouts()) == 1
    house.proxy.mood = "pass"
    watched.ask()
    watched.says(r"^1\.1\.0 is newer than 1\.0\.0\. $")


@pytest.mark.parametrize("kind", KILLED_ON, indirect=True)
def test_a_worker_killed_in_the_middle_and_two_schedulers_make_one_rollout(
    house: House, user: Client, repository: str
) -> None:
    installation = house.installation
    installation.start("another scheduler", sys.executable, "-m", "oneclick", "scheduler")
    house.open.push(repository, "1.0.0")
    house.open.push(repository, "1.1.0")
    house.proxy.mood, house.proxy.requests[:] = "hang", []
    watched = watch(user, house.proxy.address, repository, "1.0.0")
    watched.ask()
    eventually(lambda: any(repository in line for line in house.proxy.requests), 30, "the registry is asked")
    redis = installation.redis()
    started = StartedJobRegistry(QUEUE, connection=redis, serializer=JSONSerializer)
    assert any(job.startswith("auto-update-") for job in started.get_job_ids(cleanup=False))
    redis.close()
    (worker,) = [process for process in installation.descendants("serve") if process.cmdline()[-1] == "worker"]
    worker.send_signal(signal.SIGKILL)
    house.proxy.mood = "pass"
    # The ticks make up for it, once the dead job's time is over.
    watched.says(r"^1\.1\.0 is newer than 1\.0\.0\. $", HEARTBEAT + 130)
    wanted = f"{house.proxy.address}/{repository}:1.1.0"
    eventually(lambda: house.cluster.image(watched.project, watched.deployment) == wanted, 30, wanted)
    time.sleep(65)
    assert [rollout["cause"] for rollout in watched.rollouts()] == ["person", "auto-update"]
    watched.says(r"^1\.1\.0 is the newest version\.")
    process = installation.processes.pop("another scheduler")
    process.terminate()
    process.wait(30)
    assert psutil.pid_exists(installation.processes["serve"].pid)


@pytest.mark.parametrize("kind", KILLED_ON, indirect=True)
def test_a_roll_out_killed_after_its_commit_is_not_made_again(house: House, user: Client, repository: str) -> None:
    house.open.push(repository, "1.0.0")
    house.open.push(repository, "1.1.0")
    watched = watch(user, house.open.address, repository, "1.0.0", interval="1h")
    order = house.installation.data / "kill"
    order.touch()
    watched.ask()
    eventually(lambda: not order.exists(), 60, "the roll-out is killed")
    # The record still waits: the next tick finds what was rolled out.
    watched.says(r"^1\.1\.0 is the newest version\.", 130)
    wanted = f"{house.open.address}/{repository}:1.1.0"
    eventually(lambda: house.cluster.image(watched.project, watched.deployment) == wanted, 60, wanted)
    assert [rollout["cause"] for rollout in watched.rollouts()] == ["person", "auto-update"]


def test_a_registry_that_hangs_holds_up_no_other(house: House, user: Client, repository: str) -> None:
    house.open.push(repository, "1.0.0")
    hanging = watch(user, house.hanging.address, repository, "1.0.0", interval="1h")
    other = watch(user, house.open.address, repository, "1.0.0", interval="1h")
    hanging.ask()
    other.ask()
    hanging.says("does not answer")
    other.says("is the newest version")
    # It is left alone meanwhile.
    asked = len(house.hanging.requests)
    hanging.ask()
    hanging.says("It is asked again after")
    assert len(house.hanging.requests) == asked


def test_a_registry_that_is_asked_too_often_is_left_alone(house: House, user: Client, repository: str) -> None:
    """The last one: nothing goes to the proxy's address any more."""
    house.open.push(repository, "1.0.0")
    house.proxy.mood = "busy"
    watched = watch(user, house.proxy.address, repository, "1.0.0", interval="1h")
    watched.ask()
    watched.says("answers 429: it is asked too often. It is asked again after")
    house.proxy.requests.clear()
    watched.ask()
    time.sleep(5)
    assert house.proxy.requests == []
    assert watched.record()["lastCheck"] == ""
