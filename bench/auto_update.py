"""One tick over many auto-updates: requests to the registry, duration, memory.

    python bench/auto_update.py [--records 10000] [--repositories 1000] [--workers 1]

Starts a whole installation without a cluster, with the job workers that ``oneclick serve`` starts, and a registry in
this process. Each repository is used by as many deployments as there are records to a repository. Three ticks: the
first finds no list of tags in memory, the second is answered 304 throughout, in the third one repository in a hundred
has a newer tag (without a cluster its rollouts are written down and wait).
"""

from __future__ import annotations

import argparse
import collections
import json
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import sqlalchemy as sa

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "journey"))

from installation import Installation, installed, manifest

from oneclick.config import load
from oneclick.core import OneClick, build
from oneclick.plugins import load_plugins
from oneclick.records.statements import statements
from oneclick.testing import FakeRegistry
from oneclick_auto_update import jobs

NEVER = "0 0 29 2 *"
SECONDS = 600.0


@dataclass
class Tick:
    """What one tick cost. ``requests`` are counted by what was asked and how it was answered."""

    name: str
    seconds: float
    enqueued: float
    requests: dict[str, int]
    most_for_one: int
    memory: float
    cpu: float
    errors: int

    def __str__(self) -> str:
        asked = ", ".join(f"{count} × {kind}" for kind, count in sorted(self.requests.items())) or "none"
        return (
            f"{self.name}: {self.seconds:.1f} s (the tick's own job {self.enqueued:.1f} s); requests: {asked}; "
            f"at most {self.most_for_one} a repository; workers: {self.cpu:.1f} s of CPU, peak memory "
            f"{self.memory:.0f} MB; records with an error: {self.errors}"
        )


@contextmanager
def house(folder: Path, registry: FakeRegistry, job_workers: int) -> Iterator[tuple[Installation, OneClick]]:
    """A running installation, and the same one in this process to look at."""
    environment = {
        "ONECLICK_CLUSTER": "none",
        "CronTick": NEVER,
        "ONECLICK_REGISTRY_ALLOW": registry.address,
        "ONECLICK_JOB_WORKERS": str(job_workers),
        "ONECLICK_LOG_LEVEL": "warning",
    }
    with installed(folder / "data", environment) as running:
        running.serve()
        redis = json.loads((running.data / "runtime.json").read_text())["redis_url"]
        config = load({**running.environment, "REDIS_URL": redis})
        app = build(config, load_plugins(config))
        try:
            yield running, app
        finally:
            app.close()


def fill(app: OneClick, registry: FakeRegistry, records: int, repositories: int) -> None:
    """Write projects, deployments, rollouts and auto-updates straight into the tables."""
    user = app.records.save(app.records.new("users", {"email": "bench@example.com", "password": "a long password"}))
    project = app.records.new("projects", {"name": "bench", "user": user.id})
    rows: dict[str, list[Any]] = {"projects": [project], "deployments": [], "rollouts": [], "autoUpdates": []}
    owners = {"user": user.id, "project": project.id}
    for number in range(records):
        name = f"team/app-{number % repositories}"
        if number < repositories:
            for minor in range(50):
                registry.push(name, f"1.{minor}.0")
        deployment = app.records.new("deployments", {**owners, "name": f"app-{number}"})
        keys = {**owners, "deployment": deployment.id}
        spec = manifest(image={"registry": registry.address, "repository": name, "tag": "1.49.0"})
        rows["deployments"].append(deployment)
        rows["rollouts"].append(
            app.records.new("rollouts", {**keys, "manifest": spec, "startDate": "2026-01-01 00:00:00.000Z"})
        )
        values = {**keys, "interval": "1m", "policy": "semver", "pattern": r"^\d+\.\d+\.\d+$"}
        rows["autoUpdates"].append(app.records.new("autoUpdates", values))
    with app.database.transaction() as transaction:
        for collection, made in rows.items():
            found = app.collections.get(collection)
            assert found is not None
            transaction.connection.execute(statements(found).insert, [record.changes() for record in made])


def tick(running: Installation, app: OneClick, registry: FakeRegistry, name: str) -> Tick:
    """Forget when all was checked last, tick once, and wait until all has been checked."""
    table: Any = app.collection("autoUpdates").table  # type: ignore[union-attr]
    with app.database.transaction() as transaction:
        transaction.connection.execute(sa.update(table).values(lastCheck=""))
    registry.requests.clear()
    left = sa.select(sa.func.count()).select_from(table).where(table.c.lastCheck == "")
    before = cpu(running)
    with watching(running) as peak:
        began = time.perf_counter()
        job = app.jobs.enqueue(jobs.TICK)
        enqueued = until(lambda: app.jobs.status(job) == "finished", began)
        seconds = until(lambda: count(app, left) == 0, began)
    used = cpu(running) - before
    asked = collections.Counter(f"{line.split()[0]} {line.split()[2]}" for line in registry.requests)
    each = collections.Counter(line.split()[1].partition("?")[0] for line in registry.requests)
    errors = count(app, sa.select(sa.func.count()).select_from(table).where(table.c.error != ""))
    return Tick(name, seconds, enqueued, dict(asked), max(each.values(), default=0), peak[0], used, errors)


def workers(running: Installation) -> list[psutil.Process]:
    """Return the installation's workers, and the forks that run their jobs."""
    return [process for process in running.descendants("serve") if "worker" in process.cmdline()[-1:]]


def cpu(running: Installation) -> float:
    """Return the seconds of processor time that the workers and their ended forks have used."""
    times = [process.cpu_times() for process in workers(running)]
    return float(sum(t.user + t.system + t.children_user + t.children_system for t in times))


def until(done: Callable[[], bool], began: float) -> float:
    """Wait for ``done``; return the seconds since ``began``."""
    while not done():
        if time.perf_counter() - began > SECONDS:
            raise AssertionError(f"not within {SECONDS} s")
        time.sleep(0.05)
    return time.perf_counter() - began


def count(app: OneClick, statement: sa.Select[Any]) -> int:
    with app.database.connection() as connection:
        return int(connection.execute(statement).scalar_one())


@contextmanager
def watching(running: Installation) -> Iterator[list[float]]:
    """Watch the workers' memory meanwhile; the value's first item is the highest sum in MB."""
    peak, stop = [0.0], threading.Event()

    def look() -> None:
        while not stop.wait(0.25):
            try:
                peak[0] = max(peak[0], sum(process.memory_full_info().pss for process in workers(running)) / 1e6)
            except psutil.Error:
                continue

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield peak
    finally:
        stop.set()
        thread.join()


def run(records: int, repositories: int, job_workers: int = 1) -> list[Tick]:
    """Return what the three ticks cost."""
    registry = FakeRegistry(etags=True)
    with tempfile.TemporaryDirectory() as folder, house(Path(folder), registry, job_workers) as (running, app):
        fill(app, registry, records, repositories)
        ticks = [tick(running, app, registry, "first tick"), tick(running, app, registry, "nothing changed")]
        for number in range(0, repositories, 100):
            registry.push(f"team/app-{number}", "1.50.0")
        ticks.append(tick(running, app, registry, "some newer tags"))
    registry.close()
    return ticks


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--repositories", type=int, default=1_000)
    parser.add_argument("--workers", type=int, default=1)
    arguments = parser.parse_args()
    print(f"{arguments.records} auto-updates over {arguments.repositories} repositories, {arguments.workers} worker(s)")
    for one in run(arguments.records, arguments.repositories, arguments.workers):
        print(one)


if __name__ == "__main__":
    main()
