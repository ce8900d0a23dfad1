"""One list+watch per kind for all viewers of a process: started with the first, kept a while after the last left."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator

from oneclick_kubernetes.cluster.client import Client
from oneclick_kubernetes.cluster.kinds import WATCHED, Kind
from oneclick_kubernetes.cluster.store import Store
from oneclick_kubernetes.cluster.watch import Watcher

LINGER = 300.0
FIRST_LIST = 10.0


class Cache:
    """What the cluster holds of all projects. ``store`` has the objects; ask for it through :meth:`read` or inside
    :meth:`held`, so that the watches run."""

    def __init__(self, client: Client, kinds: tuple[Kind, ...] = WATCHED, linger: float = LINGER) -> None:
        self.store = Store()
        self._client = client
        self._kinds = kinds
        self._linger = linger
        self._lock = threading.Lock()
        self._watchers: list[Watcher] = []
        self._holders = 0
        self._used = 0.0
        self._timer: threading.Timer | None = None
        self._closed = False

    @property
    def running(self) -> bool:
        """Whether the watches run."""
        return bool(self._watchers)

    @property
    def watchers(self) -> tuple[Watcher, ...]:
        """The running watches."""
        return tuple(self._watchers)

    @property
    def problem(self) -> str:
        """The cluster's or the connection's last complaint, empty while all is well."""
        return next((watcher.problem for watcher in self._watchers if watcher.problem), "")

    @property
    def reachable(self) -> bool:
        """Whether the cluster answers. A kind that we may not watch is no outage."""
        return not any(watcher.away for watcher in self._watchers)

    def read(self, wait: float = FIRST_LIST) -> Store | None:
        """Return the store, watching from now on; ``None`` when the first list does not come within ``wait``."""
        with self._lock:
            self._start()
            self._used = time.monotonic()
            self._plan_end()
            watchers = list(self._watchers)
        return self.store if _all_synced(watchers, wait) else None

    @contextlib.contextmanager
    def held(self, wait: float = FIRST_LIST) -> Iterator[Store | None]:
        """Keep the watches running for the time of the context; the value is as of :meth:`read`."""
        with self._lock:
            self._start()
            self._holders += 1
            watchers = list(self._watchers)
        try:
            yield self.store if _all_synced(watchers, wait) else None
        finally:
            with self._lock:
                self._holders -= 1
                self._used = time.monotonic()
                self._plan_end()

    def close(self) -> None:
        """End the watches for good."""
        with self._lock:
            self._closed = True
            self._end()
            if self._timer is not None:
                self._timer.cancel()

    def _start(self) -> None:
        if self._watchers or self._closed:
            return
        self._watchers = [Watcher(self._client, self.store, kind) for kind in self._kinds]
        for watcher in self._watchers:
            watcher.start()

    def _end(self) -> None:
        watchers, self._watchers = self._watchers, []
        for watcher in watchers:
            watcher.end()
        for watcher in watchers:
            # Were one still to write into the store after it is cleared, what it wrote would never be corrected.
            watcher.join(5.0)
        self.store.clear()

    def _plan_end(self) -> None:
        if self._holders or self._timer is not None or self._closed:
            return
        self._timer = threading.Timer(self._linger, self._end_if_idle)
        self._timer.daemon = True
        self._timer.start()

    def _end_if_idle(self) -> None:
        with self._lock:
            self._timer = None
            if self._holders or self._closed:
                return
            left = self._used + self._linger - time.monotonic()
            if left > 0.05:
                self._timer = threading.Timer(left, self._end_if_idle)
                self._timer.daemon = True
                self._timer.start()
            else:
                self._end()


def _all_synced(watchers: list[Watcher], wait: float) -> bool:
    deadline = time.monotonic() + wait
    return all(watcher.synced.wait(max(0.0, deadline - time.monotonic())) for watcher in watchers)
