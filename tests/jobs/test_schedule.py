from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from oneclick import clock
from oneclick.db.system_tables import schedules as table
from oneclick.jobs import schedule
from oneclick.jobs.scheduler import Loops, Scheduler
from oneclick.jobs.worker import work
from oneclick_hooks import Job, Schedule, hookimpl

MakeApp = Callable[..., Any]
EVERY_FIVE = Schedule("probe", "*/5 * * * *", "note", ("a",))


def note(app: Any, text: str) -> None:
    with (app.data_dir / "notes").open("a") as file:
        file.write(text)


@hookimpl
def register_jobs() -> Iterable[Job]:
    return [Job("note", note)]


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Set the clock to a time of one day."""

    def set_clock(time_of_day: str) -> None:
        hour, minute, second = map(int, time_of_day.split(":"))
        monkeypatch.setattr(clock, "now", lambda: datetime(2026, 3, 1, hour, minute, second, tzinfo=UTC))

    return set_clock


def row(app: Any, name: str = "probe") -> Any:
    with app.database.connection() as connection:
        return connection.execute(select(table).where(table.c.id == name)).first()


def queued(app: Any) -> list[str]:
    return list(app.jobs.queue.job_ids)


def synchronise(app: Any, *schedules: Schedule) -> None:
    schedule.synchronise(app.database, [("plugin", entry) for entry in schedules])


def test_each_fire_is_enqueued_once_by_two_leaders(make_app: MakeApp, at: Callable[[str], None]) -> None:
    app, other = make_app(register_jobs=register_jobs), make_app(register_jobs=register_jobs)
    at("10:01:00")
    synchronise(app, EVERY_FIVE)
    schedule.tick(app.database, app.jobs)
    assert queued(app) == []
    at("10:05:02")
    schedule.tick(app.database, app.jobs)
    schedule.tick(other.database, other.jobs)
    assert queued(app) == ["sched-probe-20260301T1005"]
    at("10:10:00")
    schedule.tick(other.database, other.jobs)
    assert queued(app) == ["sched-probe-20260301T1005", "sched-probe-20260301T1010"]


def test_missed_times_are_made_up_for_once(make_app: MakeApp, at: Callable[[str], None]) -> None:
    app = make_app(register_jobs=register_jobs)
    at("10:01:00")
    synchronise(app, EVERY_FIVE)
    at("12:33:00")
    schedule.tick(app.database, app.jobs)
    assert queued(app) == ["sched-probe-20260301T1230"]


def test_a_flushed_redis_loses_no_fire_and_repeats_none(make_app: MakeApp, at: Callable[[str], None]) -> None:
    app = make_app(register_jobs=register_jobs)
    at("10:01:00")
    synchronise(app, EVERY_FIVE)
    at("10:05:00")
    schedule.tick(app.database, app.jobs)
    app.jobs.redis.flushall()
    schedule.tick(app.database, app.jobs)
    assert queued(app) == ["sched-probe-20260301T1005"]
    work(app, burst=True)
    assert (app.data_dir / "notes").read_text() == "a"
    assert row(app).last_job == ""
    app.jobs.redis.flushall()
    schedule.tick(app.database, app.jobs)
    assert queued(app) == []


def test_a_crash_between_writing_and_enqueueing_is_made_good(make_app: MakeApp, at: Callable[[str], None]) -> None:
    app = make_app(register_jobs=register_jobs)
    at("10:01:00")
    synchronise(app, EVERY_FIVE)
    at("10:05:00")
    assert schedule._fire(app.database, row(app), clock.now())
    assert queued(app) == []
    schedule.tick(app.database, app.jobs)
    assert queued(app) == ["sched-probe-20260301T1005"]


def test_rows_follow_what_plugins_register(make_app: MakeApp, at: Callable[[str], None]) -> None:
    app = make_app(register_jobs=register_jobs)
    at("10:01:00")
    synchronise(app, EVERY_FIVE, Schedule("bad", "* * * * * *", "note"), Schedule("gone", "0 0 * * *", "note"))
    assert row(app, "bad") is None
    assert row(app, "gone").plugin == "plugin"
    at("10:05:00")
    schedule.tick(app.database, app.jobs)
    synchronise(app, EVERY_FIVE)
    assert row(app, "gone") is None
    assert row(app).last_fire == "2026-03-01 10:05:00.000Z"
    at("10:07:00")
    synchronise(app, Schedule("probe", "0 * * * *", "note", ("b",)))
    assert (row(app).last_fire, row(app).args) == ("2026-03-01 10:07:00.000Z", '["b"]')
    schedule.tick(app.database, app.jobs)
    assert len(queued(app)) == 1


def test_one_broken_schedule_does_not_stop_the_others(make_app: MakeApp, at: Callable[[str], None]) -> None:
    app = make_app(register_jobs=register_jobs)
    at("10:01:00")
    synchronise(app, Schedule("a", "* * * * *", "unknown"), Schedule("b", "* * * * *", "note", ("b",)))
    at("10:02:00")
    schedule.tick(app.database, app.jobs)
    assert queued(app) == ["sched-b-20260301T1002"]


def test_the_leading_scheduler_runs_the_loops_and_another_takes_over(make_app: MakeApp) -> None:
    running: list[str] = []
    started: list[str] = []

    def hooks(name: str) -> dict[str, Any]:
        def loop(stop: threading.Event) -> None:
            running.append(name)
            stop.wait()
            running.remove(name)

        @hookimpl
        def register_loops(app: Any) -> dict[str, Any]:
            return {"loop": loop}

        @hookimpl
        def on_before_schedule(event: Any) -> None:
            started.append(name)

        return {"register_loops": register_loops, "on_before_schedule": on_before_schedule}

    stops, threads, schedulers = [], [], []
    for name in ("first", "second"):
        stop, scheduler = threading.Event(), Scheduler(make_app(**hooks(name)))
        thread = threading.Thread(target=scheduler.run, args=(stop,), daemon=True)
        thread.start()
        wait_for(lambda: running == ["first"] and len(started) == len(threads) + 1)
        stops.append(stop)
        threads.append(thread)
        schedulers.append(scheduler)
    time.sleep(0.5)  # the second has seen the first lead
    schedulers[0].app.jobs.redis.flushall()
    time.sleep(6)
    assert running == ["first"]
    stops[0].set()
    wait_for(lambda: running == ["second"])
    for stop, thread in zip(stops, threads, strict=True):
        stop.set()
        thread.join()
    assert running == []


def test_a_loop_that_fails_is_started_again() -> None:
    runs: list[float] = []

    def loop(stop: threading.Event) -> None:
        runs.append(time.monotonic())
        raise ValueError("on purpose")

    loops = Loops()
    loops.start("x", loop)
    wait_for(lambda: len(runs) >= 3)
    assert loops.stop(5) == []
    assert runs[2] - runs[1] > runs[1] - runs[0] > 0.3


def test_a_loop_that_does_not_listen_is_named() -> None:
    release = threading.Event()
    loops = Loops()
    loops.start("deaf", lambda _stop: release.wait() and None)
    assert loops.stop(0.1) == ["deaf"]
    release.set()


def wait_for(condition: Callable[[], Any], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)
