"""The one thread that runs all controllers: keys wait in it until they are due."""

from __future__ import annotations

import heapq
import logging
import threading
import time

from oneclick_demo_cluster.controllers.base import Controller, Key
from oneclick_demo_cluster.machinery.kinds import Kind
from oneclick_demo_cluster.machinery.store import Change, Store

log = logging.getLogger(__name__)

FIRST_RETRY, LONGEST_RETRY = 0.5, 30.0


class Loop:
    """Feeds changes to the controllers and calls them."""

    def __init__(self, store: Store, controllers: list[Controller]) -> None:
        self._store = store
        self._controllers = controllers
        self._wake = threading.Condition()
        self._due: dict[tuple[int, Key], float] = {}
        self._heap: list[tuple[float, int, Key]] = []
        self._failures: dict[tuple[int, Key], int] = {}
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="controllers", daemon=True)
        store.subscribe(self._changed)

    def start(self) -> None:
        """Start the thread."""
        for index, controller in enumerate(self._controllers):
            for key in controller.first():
                self.schedule(index, key)
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        with self._wake:
            self._stopped = True
            self._wake.notify_all()
        self._thread.join(2)

    def schedule(self, index: int, key: Key, delay: float = 0.0) -> None:
        """Have a controller look at a key after ``delay`` seconds, or sooner if it is to anyway."""
        with self._wake:
            moment = time.monotonic() + delay
            if self._due.get((index, key), moment + 1) <= moment:
                return
            self._due[(index, key)] = moment
            heapq.heappush(self._heap, (moment, index, key))
            self._wake.notify_all()

    def _changed(self, kind: Kind, change: Change) -> None:
        for index, controller in enumerate(self._controllers):
            for key in controller.keys(kind, change):
                self.schedule(index, key)

    def _run(self) -> None:
        while (item := self._next()) is not None:
            index, key = item
            try:
                again = self._controllers[index].reconcile(key)
                self._failures.pop(item, None)
            except Exception:
                failures = self._failures[item] = self._failures.get(item, 0) + 1
                again = min(FIRST_RETRY * 2**failures, LONGEST_RETRY)
                log.exception("%s failed on %s", self._controllers[index].name, "/".join(key))
            if again is not None:
                self.schedule(index, key, again)

    def _next(self) -> tuple[int, Key] | None:
        """Wait for the next due key; ``None`` at the end."""
        with self._wake:
            while not self._stopped:
                wait = self._heap[0][0] - time.monotonic() if self._heap else 60.0
                if wait > 0:
                    self._wake.wait(wait)
                    continue
                moment, index, key = heapq.heappop(self._heap)
                if self._due.get((index, key)) == moment:
                    del self._due[(index, key)]
                    return index, key
        return None
