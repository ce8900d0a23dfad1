"""One list+watch of one kind, kept up for as long as it is wanted."""

from __future__ import annotations

import logging
import random
import threading
import time
from typing import Any

import orjson

from oneclick_kubernetes.cluster.client import Client
from oneclick_kubernetes.cluster.kinds import EVENTS, VOLUMES, Kind
from oneclick_kubernetes.cluster.store import Store
from oneclick_kubernetes.cluster.stream import Stream
from oneclick_kubernetes.errors import ClusterError, Expired, Unreachable, from_status
from oneclick_kubernetes.names import PROJECT_LABEL

log = logging.getLogger(__name__)

FIRST_DELAY = 0.2
LONGEST_DELAY = 30.0
REFUSED_DELAY = 300.0
SHORTEST_WATCH = 1.0
WATCH_SECONDS = (300, 600)
SILENCE = 150.0
"""The longest silence before a watch is taken for dead (half-open sockets are the usual cause of frozen views).
Bookmarks come about once a minute; a server without them only costs a new watch from the same version."""


class Watcher(threading.Thread):
    """Lists one kind, then watches from the list's version; resumes where a watch ended, lists again after 410."""

    def __init__(self, client: Client, store: Store, kind: Kind) -> None:
        super().__init__(name=f"watch-{kind.plural}", daemon=True)
        self.kind = kind
        self.synced = threading.Event()
        self.problem = ""
        self.away = False
        self.lists = 0
        self.watches = 0
        self._client = client
        self._store = store
        self._labels = "" if kind in (EVENTS, VOLUMES) else PROJECT_LABEL
        self._ended = threading.Event()
        self._stream: Stream | None = None
        self._version = ""

    def run(self) -> None:
        """Watch until :meth:`end`."""
        failures = 0
        while not self._ended.is_set():
            try:
                if not self._version:
                    self._list()
                began = time.monotonic()
                self._watch()
                short = time.monotonic() - began < SHORTEST_WATCH
                failures = failures + 1 if short else 0
                self._well()
            except Expired:
                self._version = ""
                failures += 1
            except ClusterError as error:
                failures += 1
                self._note(error)
                if error.status in (401, 403, 404):
                    # Not ours to see, or not served here: the rest works without it. Ask again now and then.
                    self.synced.set()
                    self._ended.wait(REFUSED_DELAY)
            except Exception:
                failures += 1
                self._version = ""
                log.exception("The watch of %s failed", self.kind.plural)
            if failures and not self._ended.is_set():
                self._ended.wait(_delay(failures))

    def end(self) -> None:
        """End the watch; returns at once."""
        self._ended.set()
        stream = self._stream
        if stream is not None:
            stream.close()

    def _well(self) -> None:
        self.problem, self.away = "", False

    def _note(self, error: ClusterError) -> None:
        self.away = isinstance(error, Unreachable)
        if self.problem != error.message and not self._ended.is_set():
            log.warning("The cluster's %s cannot be watched: %s", self.kind.plural, error.message)
        self.problem = error.message

    def _list(self) -> None:
        found: list[dict[str, Any]] = []
        version = ""
        self.lists += 1
        for page in self._client.pages(self.kind, labels=self._labels):
            found.extend(page.get("items") or ())
            version = str((page.get("metadata") or {}).get("resourceVersion") or "")
            if self._ended.is_set():
                return
        self._store.replace(self.kind, found)
        self._version = version
        self.synced.set()

    def _watch(self) -> None:
        query = {
            "watch": "true",
            "allowWatchBookmarks": "true",
            "resourceVersion": self._version,
            "timeoutSeconds": random.randint(*WATCH_SECONDS),  # noqa: S311 - spreads the load, guards nothing
            "labelSelector": self._labels,
        }
        stream = self._client.stream(self.kind.path(), query, SILENCE)
        self._stream = stream
        self.watches += 1
        if self._ended.is_set():
            stream.close()
            return
        try:
            for line in stream.lines():
                if line:
                    self._take(orjson.loads(line))
        finally:
            stream.close()
            self._stream = None

    def _take(self, event: dict[str, Any]) -> None:
        change, found = event.get("type"), event.get("object") or {}
        if change == "ERROR":
            raise from_status(int(found.get("code") or 500), found)
        version = (found.get("metadata") or {}).get("resourceVersion")
        if change in ("ADDED", "MODIFIED"):
            self._store.put(self.kind, found)
        elif change == "DELETED":
            self._store.remove(self.kind, found)
        if version:
            self._version = str(version)
        self._well()


def _delay(failures: int) -> float:
    longest = min(LONGEST_DELAY, FIRST_DELAY * 2.0 ** min(failures - 1, 16))
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - jitter
