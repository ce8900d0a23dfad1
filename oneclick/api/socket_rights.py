"""The rights behind what stays open: looked up at the door, and again when something they hang on changes."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from oneclick.auth import tokens
from oneclick.auth.current import CurrentUser
from oneclick.core import SCHEMA_CHANNEL, OneClick
from oneclick.realtime.events import Change
from oneclick.realtime.hub import CHANGES
from oneclick.realtime.sockets import NOT_FOUND, NOT_SIGNED_IN
from oneclick.records import Record, RequestInfo
from oneclick_hooks import RecordNeed, protocols

log = logging.getLogger(__name__)

ROUND_SECONDS = 60.0
"""Rights may hang on records that no need names (a membership): all are looked up again this often."""

RIGHTS = "oneclick_rights"

Needs = tuple[RecordNeed, ...] | str


class Watched(Protocol):
    """What has rights that may be lost: a websocket, or a listener to a streamed answer."""

    user: CurrentUser
    records: dict[str, protocols.Record]

    def close(self, code: int = ..., reason: str = ..., error: str | None = ...) -> None:
        """End it."""


def refused(need: RecordNeed) -> str:
    """Return the sentence for a record that is unknown or not the caller's."""
    return f"There is no such record in {need.collection}, or it is not yours to see."


class Rights:
    """Looks up what needs ask for, and keeps watch over the connections that were let in."""

    def __init__(self, app: OneClick) -> None:
        self._app = app
        self._watched: dict[Watched, tuple[Needs, str]] = {}
        self._changes: queue.SimpleQueue[Change | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._started = False

    def find(self, need: RecordNeed, record_id: str, caller: Record) -> Record | None:
        """Return the needed record if ``caller`` may do the need's action on it."""
        collection = self._app.collections.get(need.collection)
        if collection is None or self._app.collections.plugin_is_off(collection):
            return None
        return self._app.records.allowed(collection, need.action, record_id, RequestInfo(auth=caller))

    @contextmanager
    def watched(self, connection: Watched, needs: Needs) -> Iterator[None]:
        """Keep watch over a connection's rights for as long as the block lasts."""
        record = connection.user.record
        if record is None:
            yield
            return
        self._start()
        with self._lock:
            self._watched[connection] = (needs, tokens.fingerprint(record))
        try:
            yield
        finally:
            with self._lock:
                del self._watched[connection]

    def _start(self) -> None:
        with self._lock:
            if self._started:
                return
            self._started = True
        # Subscribed here and not at start: a process without sockets has nothing to watch.
        self._app.broker.subscribe(CHANGES, lambda content: self._changes.put(Change.decode(content)))
        self._app.broker.subscribe(SCHEMA_CHANNEL, lambda _content: self._changes.put(None))
        threading.Thread(target=self._run, name="socket-rights", daemon=True).start()

    def _run(self) -> None:
        while True:
            try:
                change = self._changes.get(timeout=ROUND_SECONDS)
            except queue.Empty:
                change = None
            with self._lock:
                watched = list(self._watched.items())
            for connection, (needs, proof) in watched:
                if change is None or _concerns(connection, change):
                    self._check(connection, needs, proof)

    def _check(self, connection: Watched, needs: Needs, proof: str) -> None:
        try:
            known = connection.user.record
            record = self._app.records.find(known.collection.id, known.id) if known is not None else None
            if record is None or tokens.fingerprint(record) != proof:
                connection.close(NOT_SIGNED_IN, "signed out", "Your token is no longer valid.")
                return
            for need in needs if not isinstance(needs, str) else ():
                held = connection.records.get(need.collection)
                if held is not None and self.find(need, held.id, record) is None:
                    connection.close(NOT_FOUND, "no longer yours", refused(need))
                    return
        except Exception:
            # Nobody is thrown out because the database was away for a moment; the next round looks again.
            log.exception("the rights of an open connection could not be looked up")


def _concerns(connection: Watched, change: Change) -> bool:
    held = [*connection.records.values(), *([connection.user.record] if connection.user.record is not None else [])]
    return any(record.collection.id == change.collection and record.id == change.stored.get("id") for record in held)
