"""``kill -9`` anywhere: after a restart the cluster is what the database says, and nothing is lost with Redis."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import psutil
import pytest
from cluster import Cluster
from clusters import KUBECONFIG, real_environment
from installation import Client, Installation, eventually, installed, manifest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

# A drop-in plugin that kills its own process once, at the point that a file names.
ASSASSIN = """
import os, signal
from pathlib import Path
from oneclick_hooks import hookimpl, on

ORDER = Path(__file__).parent.parent / "kill-at"


def strike(point):
    try:
        if ORDER.read_text() != point:
            return
        ORDER.unlink()
    except FileNotFoundError:
        return
    os.kill(os.getpid(), signal.SIGKILL)


@hookimpl
@on("rollouts")
def on_record_after_create_success(event):
    strike("after the commit")


@hookimpl
def on_rollout_object_applied(app, rollout, applied, position, total):
    if position == 1:
        strike("after the first object")
    if position == total:
        strike("after the last object")


@hookimpl
@on("rollouts")
def on_record_update(event):
    # Ending the rollout before it belongs to the new one's own transaction; this is what comes after the commit.
    if event.record.changed("phase") and event.record["phase"] != "ended":
        strike("before the end is written")
"""
SOAK, SEED = "ONECLICK_TEST_SOAK", "ONECLICK_TEST_SEED"
ROUNDS = 3 * int(os.environ.get(SOAK) or 1)
VICTIMS = {
    "a web process": "oneclick.cli.web:app",
    "the worker": "worker",
    "the scheduler": "scheduler",
    "Redis": "redis-server",
}
POINTS = ["after the commit", "after the first object", "after the last object", "before the end is written"]


@pytest.fixture(scope="module", params=["demo", "real"])
def mortal(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An installation with the assassin among its plugins."""
    data = tmp_path_factory.mktemp("crash") / "data"
    (data / "plugins").mkdir(parents=True)
    (data / "plugins" / "assassin.py").write_text(ASSASSIN)
    environment = {"ONECLICK_CLUSTER": "demo"} if request.param == "demo" else real_environment()
    with installed(data, environment) as running:
        running.serve()
        yield running


def cluster_of(installation: Installation) -> Cluster:
    demo = installation.data / "demo-cluster.kubeconfig"
    return Cluster(demo if demo.exists() else Path(os.environ[KUBECONFIG]))


def full(tag: str) -> dict[str, object]:
    return manifest(
        tag,
        secrets=[{"name": "PASSWORD", "value": f"secret of {tag}"}],
        volumes=[{"name": "data", "mountPath": "/data", "size": "1Gi"}],
    )


def as_the_database_says(cluster: Cluster, user: Client, project: str, deployment: str, tag: str) -> bool:
    """Compare object by object, names and what matters in them."""
    expected = {
        "deployments": {deployment},
        "services": {f"http-{deployment}-svc"},
        "secrets": {f"{deployment}-secrets"},
        "serviceaccounts": {f"{deployment}-sa"},
        "persistentvolumeclaims": {f"data-{deployment}"},
        "ingresses": set(),
        "horizontalpodautoscalers": {deployment},
        "cronjobs": set(),
    }
    running = user.list("rollouts", filter=f"deployment = '{deployment}' && endDate = ''")
    return (
        len(running) == 1
        and running[0]["manifest"]["spec"]["image"]["tag"] == tag
        and cluster.objects(project) == expected
        and cluster.image(project, deployment) == f"docker.io/library/nginx:{tag}"
        and cluster.secret(project, f"{deployment}-secrets") == {"PASSWORD": f"secret of {tag}"}
    )


@pytest.mark.parametrize("point", POINTS)
def test_web_process_killed(mortal: Installation, point: str) -> None:
    user = mortal.client(f"{abs(hash(point))}-{mortal.port}@example.com")
    project, deployment = user.deployment()
    before = user.roll_out(project, deployment, full("1.27"))
    user.phase(before["id"], "healthy", 90)
    (mortal.data / "kill-at").write_text(point)
    with pytest.raises(httpx2.HTTPError):
        for tag in ("1.28", "1.29"):
            user.roll_out(project, deployment, full(tag))
            time.sleep(1)
        raise httpx2.HTTPError("the kill came in another process")
    mortal.wait()
    cluster = cluster_of(mortal)
    tag = user.list("rollouts", filter=f"deployment = '{deployment}' && endDate = ''")[0]["manifest"]["spec"]["image"][
        "tag"
    ]
    assert tag in ("1.28", "1.29")
    eventually(
        lambda: as_the_database_says(cluster, user, project, deployment, tag), 90, "the cluster is as the database says"
    )
    assert not (mortal.data / "kill-at").exists(), "nothing was killed"
    running = user.list("rollouts", filter=f"deployment = '{deployment}' && endDate = ''")[0]
    user.phase(running["id"], "healthy", 90)


def test_worker_and_scheduler_killed_at_random(mortal: Installation) -> None:
    user = mortal.client(f"random-{mortal.port}@example.com")
    project, deployment = user.deployment()
    user.roll_out(project, deployment, full("1.20"))
    dice = random.Random(7)
    for number in range(1, 6):
        victims = eventually(
            lambda: [p for p in mortal.descendants("serve") if _is_background(p)], 60, "a worker or scheduler runs"
        )
        user.roll_out(project, deployment, full(f"1.2{number}"))
        time.sleep(dice.random())
        with contextlib.suppress(psutil.NoSuchProcess):
            dice.choice(victims).send_signal(signal.SIGKILL)
    cluster = cluster_of(mortal)
    eventually(lambda: as_the_database_says(cluster, user, project, deployment, "1.25"), 90, "cluster = database")
    eventually(
        lambda: len([p for p in mortal.descendants("serve") if _is_background(p)]) >= 2, 60, "they are started again"
    )


@pytest.mark.timeout(600 + 200 * ROUNDS)
def test_killed_anywhere_round_after_round(mortal: Installation) -> None:
    """``make soak`` asks for ten times the rounds. The seed that is printed makes the same choices again."""
    seed = int(os.environ.get(SEED) or random.randrange(2**32))
    dice = random.Random(seed)
    print(f"\n{SEED}={seed}, {ROUNDS} rounds")
    cluster, user = cluster_of(mortal), mortal.client(f"soak-{mortal.port}-{seed}@example.com")
    project, deployment = user.deployment()
    user.roll_out(project, deployment, full("1.0"))
    for number in range(1, ROUNDS + 1):
        point, delay, tag = dice.choice([*POINTS, *VICTIMS]), dice.uniform(0, 0.5), f"1.{number}"
        print(f"round {number}: {point}, {delay:.3f} s")
        if point in POINTS:
            (mortal.data / "kill-at").write_text(point)
            _send(user, project, deployment, tag)
        else:
            sending = threading.Thread(target=_send, args=(user, project, deployment, tag))
            sending.start()
            time.sleep(delay)
            killed = _kill(mortal, point, dice)
            sending.join()
            eventually(lambda pid=killed: not psutil.pid_exists(pid), 20, f"{point} is gone")
        mortal.wait()
        eventually(lambda: not (mortal.data / "kill-at").exists(), 60, f"round {number}: somebody dies {point}")
        mortal.wait()
        running = user.list("rollouts", filter=f"deployment = '{deployment}' && endDate = ''")
        assert len(running) == 1, f"round {number} of seed {seed}: {running}"
        stored = running[0]["manifest"]["spec"]["image"]["tag"]
        assert stored in (tag, f"1.{number - 1}"), f"round {number} of seed {seed}: {stored} runs"
        eventually(
            lambda tag=stored: as_the_database_says(cluster, user, project, deployment, tag),
            90,
            f"round {number} of seed {seed}: the cluster is as the database says",
        )
        if stored != tag:
            user.roll_out(project, deployment, full(tag))
    user.phase(user.list("rollouts", filter=f"deployment = '{deployment}' && endDate = ''")[0]["id"], "healthy", 90)


def _send(user: Client, project: str, deployment: str, tag: str) -> None:
    """Ask for a rollout of a process that may die meanwhile."""
    with contextlib.suppress(httpx2.HTTPError):
        user.roll_out(project, deployment, full(tag))


def _kill(installation: Installation, victim: str, dice: random.Random) -> int:
    def found() -> list[psutil.Process]:
        return [one for one in installation.descendants("serve") if VICTIMS[victim] in " ".join(_line(one))]

    killed = dice.choice(sorted(eventually(found, 60, f"{victim} runs"), key=lambda one: one.pid))
    with contextlib.suppress(psutil.NoSuchProcess):
        killed.send_signal(signal.SIGKILL)
    return int(killed.pid)


def _line(process: psutil.Process) -> list[str]:
    try:
        return list(process.cmdline())
    except psutil.Error:
        return []


def _is_background(process: psutil.Process) -> bool:
    line = _line(process)
    return "worker" in line or "scheduler" in line


def test_flushing_redis_loses_nothing(mortal: Installation) -> None:
    user = mortal.client(f"flush-{mortal.port}@example.com")
    project, deployment = user.deployment()
    redis = mortal.redis()
    for number in range(5):
        redis.flushall()
        user.roll_out(project, deployment, full(f"1.2{number}"))
        redis.flushall()
    cluster = cluster_of(mortal)
    eventually(lambda: as_the_database_says(cluster, user, project, deployment, "1.24"), 90, "cluster = database")
    running = user.list("rollouts", filter=f"deployment = '{deployment}' && endDate = ''")[0]
    user.phase(running["id"], "healthy", 90)


def test_nothing_survives_the_parent(tmp_path: Path) -> None:
    with installed(tmp_path / "data", {"ONECLICK_CLUSTER": "demo"}) as running:
        running.serve()
        family = running.descendants("serve")
        assert len(family) >= 5
        running.processes["serve"].kill()
        eventually(lambda: not any(_alive(process) for process in family), 20, "all processes have ended")


def test_interrupt_stops_everything_with_sockets_open(tmp_path: Path) -> None:
    with installed(tmp_path / "data", {"ONECLICK_CLUSTER": "demo"}) as running:
        running.serve()
        family = running.descendants("serve")
        with httpx2.stream("GET", f"{running.url}/api/realtime", timeout=60) as stream:
            next(stream.iter_lines())
            began = time.monotonic()
            running.processes["serve"].send_signal(signal.SIGINT)
            assert running.processes["serve"].wait(30) == 0
            assert time.monotonic() - began < 15
        assert not any(_alive(process) for process in family)


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"LOCAL": "true", "LOCAL_KUBECONFIG_FILE": "/nowhere/at/all"}, "LOCAL_KUBECONFIG_FILE"),
        ({"LOCAL": "maybe"}, "LOCAL"),
        ({"ONECLICK_CLUSTER": "k9s"}, "ONECLICK_CLUSTER"),
        ({"CRON_TICK": "* * * * * *"}, "CRON_TICK"),
        ({"CRON_TICK": "* * * * *", "CronTick": "*/5 * * * *"}, "CronTick"),
        ({"ONECLICK_REGISTRY_ALLOW": "not a host"}, "ONECLICK_REGISTRY_ALLOW"),
        ({"ONECLICK_GITHUB_CLIENT_ID": "only this"}, "ONECLICK_GITHUB_CLIENT_SECRET"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_one_sentence(
    tmp_path: Path, environment: dict[str, str], named: str
) -> None:
    with installed(tmp_path / "data", environment) as stopped:
        done = stopped.run("serve", "--port", "0", check=False, timeout=90)
        assert done.returncode != 0
        assert named in done.stderr
        assert done.stdout == ""
        assert len(done.stderr.strip().splitlines()) == 1


def _alive(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False
