"""The scheduler process: whoever holds the leader's lock fires the schedule and runs the plugins' loops."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from redis.exceptions import RedisError
from rq.scheduler import RQScheduler
from rq.serializers import JSONSerializer

from oneclick.jobs import schedule
from oneclick.jobs.backoff import BackOff
from oneclick.jobs.locks import Leader
from oneclick.jobs.queues import QUEUE
from oneclick_hooks import AppEvent

log = logging.getLogger(__name__)

TICK_SECONDS = 1.0
STOP_SECONDS = 20.0


class Scheduler:
    """Leads when it can, stands by when another does."""

    def __init__(self, app: Any, leader: Leader | None = None) -> None:
        self.app = app
        self.leader = leader or Leader(app.jobs.redis)
        self.leading = threading.Event()

    def run(self, stop: threading.Event) -> None:
        """Work until ``stop`` is set."""
        self.app.plugins.start("on_before_schedule", AppEvent(self.app))
        while not stop.is_set():
            if self.leader.hold():
                self._lead(stop)
            stop.wait(TICK_SECONDS)
        self.leader.release()

    def _lead(self, stop: threading.Event) -> None:
        log.info("this scheduler leads")
        app, plugins = self.app, self.app.plugins
        app.collections.refresh()
        schedule.synchronise(app.database, plugins.collect("register_schedules", app=app))
        loops = Loops()
        for plugin, found in plugins.collect("register_loops", app=app):
            for name, function in found.items():
                loops.start(f"{plugin}.{name}", function)
        self.leading.set()
        try:
            while not stop.is_set() and self.leader.hold():
                self._tick()
                stop.wait(TICK_SECONDS)
        finally:
            self.leading.clear()
            stuck = loops.stop(STOP_SECONDS)
        if stuck and not stop.is_set():
            # Another may lead already: a loop that goes on here would work against its.
            raise RuntimeError(f"These loops did not stop when another process took the lead: {', '.join(stuck)}.")
        log.info("this scheduler leads no longer")

    def _tick(self) -> None:
        try:
            schedule.tick(self.app.database, self.app.jobs)
            self._requeue_retries()
        except RedisError as error:
            log.warning("the schedule waits for Redis: %s", error)
        except Exception:
            log.exception("the schedule's tick failed")

    def _requeue_retries(self) -> None:
        """Queue the failed jobs whose pause before another try is over."""
        retries: Any = RQScheduler(
            [QUEUE], self.app.jobs.redis, logging_level=logging.WARNING, serializer=JSONSerializer
        )
        retries.prepare_registries([QUEUE])
        retries.enqueue_scheduled_jobs()


class Loops:
    """Named functions, each in a thread of its own, started again with back-off when they raise."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self, name: str, function: Callable[[threading.Event], None]) -> None:
        """Run ``function(stop)`` until it is told to stop."""
        # A daemon: one that does not listen must not keep the process from ending.
        thread = threading.Thread(target=self._run, args=(name, function), name=f"loop-{name}", daemon=True)
        self._threads.append(thread)
        thread.start()

    def stop(self, seconds: float) -> list[str]:
        """Tell all to stop and wait; return the names of those that did not."""
        self._stop.set()
        deadline = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return [thread.name.removeprefix("loop-") for thread in self._threads if thread.is_alive()]

    def _run(self, name: str, function: Callable[[threading.Event], None]) -> None:
        back_off = BackOff()
        while not self._stop.is_set():
            started = time.monotonic()
            try:
                function(self._stop)
            except Exception:
                log.exception("loop %s failed", name)
            if self._stop.is_set():
                return
            wait = back_off.pause(time.monotonic() - started)
            log.warning("loop %s ended; it starts again in %.1f s", name, wait)
            self._stop.wait(wait)
