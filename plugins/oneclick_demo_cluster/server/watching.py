"""Watches: changes from a version on, as a stream of JSON lines."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator

import orjson

from oneclick_demo_cluster.machinery.errors import bad_request, expired
from oneclick_demo_cluster.machinery.kinds import Kind
from oneclick_demo_cluster.machinery.objects import Obj, namespace_of
from oneclick_demo_cluster.machinery.selectors import Match
from oneclick_demo_cluster.machinery.store import Change, Store
from oneclick_demo_cluster.server.messages import Request, Response
from oneclick_demo_cluster.server.presenting import matcher, present

BOOKMARK_PAUSE = 15.0
HEARTBEAT = 5.0
"""How often a silent watch looks whether its client is still there."""

SHORTEST, LONGEST = 1800.0, 3600.0
"""A watch without ``timeoutSeconds`` ends after a random time between these."""

INITIAL_END = "k8s.io/initial-events-end"


def watch(store: Store, kind: Kind, namespace: str, name: str, request: Request) -> Response:
    """Answer a watch. Raises a 410 when the version is too old."""
    query = request.query
    fields = query.get("fieldSelector", "")
    if name:
        fields = f"{fields},metadata.name={name}".lstrip(",")
    match = _in_namespace(namespace, matcher(query.get("labelSelector", ""), fields))
    timeout = request.number("timeoutSeconds") or random.uniform(SHORTEST, LONGEST)  # noqa: S311
    initial = request.flag("sendInitialEvents")
    version = query.get("resourceVersion", "")
    if initial and query.get("resourceVersionMatch") != "NotOlderThan":
        raise bad_request("sendInitialEvents requires setting resourceVersionMatch to NotOlderThan")
    with store.lock:
        log = store.log(kind)
        if initial or version in ("", "0"):
            first, position = [obj for obj in store.list(kind) if match(obj)], log.end
        else:
            first, position = [], _position(store, kind, version)
        start = store.version
    stream = _Stream(store, kind, match, request.accept, position)
    bookmarks = request.flag("allowWatchBookmarks")
    return Response(stream=stream.run(first, start, timeout, bookmarks=bookmarks, mark_initial=initial))


def _in_namespace(namespace: str, match: Match | None) -> Match:
    def selected(obj: Obj) -> bool:
        return (not namespace or namespace_of(obj) == namespace) and (match is None or match(obj))

    return selected


def _position(store: Store, kind: Kind, text: str) -> int:
    if not text.isdigit():
        raise bad_request(f'Invalid value: "{text}": strconv.ParseUint: parsing "{text}": invalid syntax')
    version = int(text)
    position = store.log(kind).position_after(version)
    if position is None or version > store.version:
        raise expired(f"too old resource version: {version} ({store.version})")
    return position


class _Stream:
    """One running watch."""

    def __init__(self, store: Store, kind: Kind, match: Match, accept: str, position: int) -> None:
        self.store, self.kind, self.match, self.accept = store, kind, match, accept
        self.log = store.log(kind)
        self.position = position

    def run(
        self, first: list[Obj], start: int, timeout: float, *, bookmarks: bool, mark_initial: bool
    ) -> Iterator[bytes]:
        """Yield lines until the time is over; an empty chunk now and then."""
        if first:
            yield b"".join(self._line("ADDED", obj) for obj in first)
        if mark_initial:
            yield self._bookmark(start, {INITIAL_END: "true"})
        end = time.monotonic() + timeout
        next_bookmark = time.monotonic() + BOOKMARK_PAUSE
        while (left := end - time.monotonic()) > 0 and not self.store.closed:
            changes, version = self._wait(min(left, HEARTBEAT))
            if changes is None:
                error = expired(f"too old resource version: {version}")
                yield orjson.dumps({"type": "ERROR", "object": error.body()}) + b"\n"
                return
            yield b"".join(line for change in changes if (line := self._change_line(change)))
            if bookmarks and time.monotonic() >= next_bookmark:
                next_bookmark = time.monotonic() + BOOKMARK_PAUSE
                yield self._bookmark(version)
        if bookmarks and not self.store.closed:
            yield self._bookmark(self._seen())

    def _wait(self, seconds: float) -> tuple[list[Change] | None, int]:
        """Wait for changes; returns them with the version up to which this watch has seen everything."""
        with self.store.lock:
            if self.log.end <= self.position and not self.store.closed:
                self.log.changed.wait(seconds)
            changes = self.log.since(self.position)
            self.position = self.log.end
            return changes, self.store.version

    def _seen(self) -> int:
        """Return the version up to which this watch has sent everything."""
        with self.store.lock:
            changes = self.log.since(self.position)
            return changes[0].version - 1 if changes else self.store.version

    def _change_line(self, change: Change) -> bytes:
        """One change as this watch's selector sees it: an object may come into it, or drop out of it."""
        now = change.type != "DELETED" and self.match(change.new)
        before = change.old is not None and self.match(change.old)
        if now:
            return self._line("MODIFIED" if before else "ADDED", change.new)
        return self._line("DELETED", _last_state(change)) if before else b""

    def _line(self, type_: str, obj: Obj) -> bytes:
        return orjson.dumps({"type": type_, "object": present(self.kind, obj, self.accept)}) + b"\n"

    def _bookmark(self, version: int, annotations: dict[str, str] | None = None) -> bytes:
        metadata: Obj = {"resourceVersion": str(version)}
        if annotations:
            metadata["annotations"] = annotations
        obj = {"kind": self.kind.kind, "apiVersion": self.kind.api_version, "metadata": metadata}
        return orjson.dumps({"type": "BOOKMARK", "object": obj}) + b"\n"


def _last_state(change: Change) -> Obj:
    """The state before, with the version of the change: what a watch shows of an object that left its selection."""
    old = change.old or change.new
    return {**old, "metadata": {**old["metadata"], "resourceVersion": str(change.version)}}
