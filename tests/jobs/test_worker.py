from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from oneclick.auth import acting_as, current_user
from oneclick.jobs.queues import rq_id
from oneclick.jobs.worker import work
from oneclick_hooks import Job, hookimpl

MakeApp = Callable[..., Any]


def note(app: Any, text: str) -> str:
    with (app.data_dir / "notes").open("a") as file:
        file.write(f"{text} {os.getpid()}\n")
    return text


def fail(app: Any) -> None:
    note(app, "failed")
    raise RuntimeError("on purpose")


@hookimpl
def register_jobs() -> list[Job]:
    return [
        Job("note", note),
        Job("fail", fail),
        Job("again", fail, retries=2),
        Job("who", tell_who),
        Job("light", note, light=True),
        Job("slow", sleep, timeout=1, light=True),
        Job("light-fail", fail, light=True),
    ]


def sleep(app: Any) -> None:
    time.sleep(30)


def tell_who(app: Any) -> None:
    note(app, current_user.id or "nobody")


def notes(app: Any) -> list[str]:
    path = app.data_dir / "notes"
    return [line.split()[0] for line in path.read_text().splitlines()] if path.exists() else []


def test_a_job_runs_in_a_process_of_its_own(make_app: MakeApp) -> None:
    app = make_app(register_jobs=register_jobs)
    job_id = app.jobs.enqueue("note", "hello")
    assert app.jobs.status(job_id) == "queued"
    work(app, burst=True)
    assert app.jobs.status(job_id) == "finished"
    word, pid = (app.data_dir / "notes").read_text().split()
    assert (word, int(pid) != os.getpid()) == ("hello", True)


def test_a_light_job_runs_in_the_worker_itself(make_app: MakeApp) -> None:
    app = make_app(register_jobs=register_jobs)
    for text in ("one", "two"):
        app.jobs.enqueue("light", text)
    app.jobs.enqueue("note", "three")
    work(app, burst=True)
    lines = [line.split() for line in (app.data_dir / "notes").read_text().splitlines()]
    assert [(word, int(pid) == os.getpid()) for word, pid in lines] == [("one", True), ("two", True), ("three", False)]


def test_a_light_job_that_fails_or_takes_too_long_leaves_the_worker_at_work(make_app: MakeApp) -> None:
    app = make_app(register_jobs=register_jobs)
    jobs = [app.jobs.enqueue("light-fail"), app.jobs.enqueue("slow"), app.jobs.enqueue("light", "after")]
    started = time.monotonic()
    work(app, burst=True)
    assert [app.jobs.status(job) for job in jobs] == ["failed", "failed", "finished"]
    assert time.monotonic() - started < 20


def test_a_delayed_job_waits_for_the_scheduler_and_is_unique_too(make_app: MakeApp) -> None:
    app = make_app(register_jobs=register_jobs)
    job = app.jobs.enqueue("note", "later", unique="later", delay=600)
    assert app.jobs.status(job) == "scheduled"
    assert app.jobs.enqueue("note", "again", unique="later", delay=600) == job
    assert app.jobs.enqueue("note", "now", unique="later") == job
    work(app, burst=True)
    assert notes(app) == []


def test_what_is_remembered_is_forgotten_in_time(make_app: MakeApp) -> None:
    app = make_app(register_jobs=register_jobs)
    assert app.jobs.recall("x") is None
    app.jobs.remember("x", b"1", 60)
    app.jobs.remember("y", b"2", 0.05)
    time.sleep(0.2)
    assert (app.jobs.recall("x"), app.jobs.recall("y")) == (b"1", None)


def test_an_unknown_job_is_refused_at_once(make_app: MakeApp) -> None:
    with pytest.raises(KeyError, match="nothing"):
        make_app(register_jobs=register_jobs).jobs.enqueue("nothing")


def test_unique_jobs_are_left_alone_until_they_end(make_app: MakeApp) -> None:
    app = make_app(register_jobs=register_jobs)
    first = app.jobs.enqueue("note", "one", unique="check:abc")
    assert app.jobs.enqueue("note", "two", unique="check:abc") == first
    work(app, burst=True)
    assert notes(app) == ["one"]
    assert app.jobs.enqueue("note", "three", unique="check:abc") == first
    work(app, burst=True)
    assert notes(app) == ["one", "three"]


def test_a_failed_unique_job_may_be_enqueued_again(make_app: MakeApp) -> None:
    app = make_app(register_jobs=register_jobs)
    job_id = app.jobs.enqueue("fail", unique="x")
    work(app, burst=True)
    assert app.jobs.status(job_id) == "failed"
    app.jobs.enqueue("fail", unique="x")
    assert app.jobs.status(job_id) == "queued"


def test_a_job_with_retries_waits_for_its_next_try(make_app: MakeApp) -> None:
    app = make_app(register_jobs=register_jobs)
    job_id = app.jobs.enqueue("again")
    work(app, burst=True)
    assert app.jobs.status(job_id) == "scheduled"
    assert notes(app) == ["failed"]


def test_a_job_runs_for_whoever_asked_for_it(make_app: MakeApp) -> None:
    app = make_app(register_jobs=register_jobs)
    ada = SimpleNamespace(id="ada", collection=SimpleNamespace(name="users"))
    app.records = SimpleNamespace(find=lambda collection, id: ada if (collection, id) == ("users", "ada") else None)
    with acting_as(ada):
        app.jobs.enqueue("who")
    app.jobs.enqueue("who")
    work(app, burst=True)
    assert notes(app) == ["ada", "nobody"]


def test_ids_that_rq_refuses_are_mapped_one_to_one() -> None:
    assert rq_id("plain-ID_1") == "plain-ID_1"
    assert rq_id("a:b") != rq_id("a/b")
    assert len(rq_id(":" * 500)) < 120


def test_a_worker_that_is_killed_takes_its_job_along(make_app: MakeApp, redis_server: Any, tmp_path: Path) -> None:
    app = make_app(register_jobs=register_jobs)
    script = tmp_path / "worker.py"
    script.write_text(WORKER.format(url=redis_server.url))
    worker = subprocess.Popen(
        [sys.executable, script], cwd=tmp_path, env={**os.environ, "PYTHONPATH": ":".join(sys.path)}
    )
    try:
        app.jobs.queue.enqueue_call("oneclick.jobs.worker.run_job", args=("sleep", [str(tmp_path / "horse")]))
        horse = int(wait_for(lambda: (tmp_path / "horse").exists() and (tmp_path / "horse").read_text()))
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()
        wait_for(lambda: not alive(horse))
    finally:
        worker.kill()


WORKER = """
import os, time
from pathlib import Path
from types import SimpleNamespace
from oneclick.config import Config
from oneclick.jobs import Jobs
from oneclick.jobs.worker import work
from oneclick.plugins import load_plugins
from oneclick_hooks import Job, hookimpl

def sleep(app, path):
    Path(path).write_text(str(os.getpid()))
    time.sleep(60)

@hookimpl
def register_jobs():
    return [Job("sleep", sleep)]

probe = SimpleNamespace(register_jobs=register_jobs)
plugins = load_plugins(Config(data_dir=Path("."), plugins_only=()), [("p", probe)])
engine = SimpleNamespace(dispose=lambda: None)
work(SimpleNamespace(
    jobs=Jobs("{url}", plugins), plugins=plugins, database=SimpleNamespace(engine=engine),
    collections=SimpleNamespace(refresh=lambda: None),
))
"""


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_for(condition: Callable[[], Any], seconds: float = 20) -> Any:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.05)
    raise AssertionError("waited in vain")
