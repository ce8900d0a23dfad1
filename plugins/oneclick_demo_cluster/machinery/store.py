"""The objects, the counter of versions, and the recent changes that watches read. All in memory."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from oneclick_demo_cluster.machinery.kinds import EVENTS, NEW_EVENTS, STORED, Kind
from oneclick_demo_cluster.machinery.objects import Obj, name_of, namespace_of

CHANGES_KEPT = 1000
"""How many changes of a kind a watch can look back on; older ones answer 410."""

Ref = tuple[Kind, str, str]
"""Kind, namespace, name."""


@dataclass(frozen=True, slots=True)
class Change:
    """One write. ``old`` is ``None`` for a creation; for a deletion ``new`` is the last state with a new version."""

    version: int
    type: str
    old: Obj | None
    new: Obj


@dataclass(slots=True)
class ChangeLog:
    """The recent changes of a kind. ``first`` is the number of the oldest kept, counted from the start."""

    changed: threading.Condition
    forgotten: int
    entries: list[Change] = field(default_factory=list)
    first: int = 0

    @property
    def end(self) -> int:
        """The number of the next change."""
        return self.first + len(self.entries)

    def append(self, change: Change) -> None:
        """Add a change and wake the watches."""
        self.entries.append(change)
        if len(self.entries) >= 2 * CHANGES_KEPT:
            self.forgotten = self.entries[CHANGES_KEPT - 1].version
            del self.entries[:CHANGES_KEPT]
            self.first += CHANGES_KEPT
        self.changed.notify_all()

    def position_after(self, version: int) -> int | None:
        """Return the number of the first change after ``version``; ``None`` when that is no longer known."""
        if version < self.forgotten:
            return None
        position = len(self.entries)
        while position and self.entries[position - 1].version > version:
            position -= 1
        return self.first + position

    def since(self, position: int) -> list[Change] | None:
        """Return the changes from ``position`` on; ``None`` when some were dropped."""
        return self.entries[position - self.first :] if position >= self.first else None


class Store:
    """All objects. What it hands out is shared and must not be changed: copy, change the copy, put it back."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        # A later life starts above all versions of an earlier one, so that watches from before are told to list anew.
        self.version = int(time.time() * 1000)
        self.closed = False
        self._objects: dict[Kind, dict[tuple[str, str], Obj]] = {kind: {} for kind in STORED}
        self._logs = {kind: ChangeLog(threading.Condition(self.lock), self.version) for kind in STORED}
        self._owned: dict[str, set[Ref]] = {}
        self._listeners: list[Callable[[Kind, Change], None]] = []

    def get(self, kind: Kind, namespace: str, name: str) -> Obj | None:
        """Return one object."""
        return self._objects[stored(kind)].get((namespace, name))

    def list(self, kind: Kind, namespace: str = "") -> list[Obj]:
        """Return the objects of a kind (in one namespace) in the order of namespace and name."""
        with self.lock:
            items = sorted(self._objects[stored(kind)].items())
        return [obj for (space, _), obj in items if not namespace or space == namespace]

    def count(self, kind: Kind) -> int:
        """Return how many objects of a kind there are."""
        return len(self._objects[stored(kind)])

    def owned(self, uid: str) -> Iterator[tuple[Kind, Obj]]:
        """Yield the objects that name ``uid`` as an owner."""
        with self.lock:
            references = list(self._owned.get(uid, ()))
        for kind, namespace, name in references:
            obj = self.get(kind, namespace, name)
            if obj is not None:
                yield kind, obj

    def put(self, kind: Kind, obj: Obj) -> Obj:
        """Store a new object or a new state of one; gives it the next version."""
        kind = stored(kind)
        with self.lock:
            key = (namespace_of(obj), name_of(obj))
            old = self._objects[kind].get(key)
            obj["metadata"]["resourceVersion"] = str(self._next())
            self._objects[kind][key] = obj
            self._index(kind, old, obj)
            self._record(kind, Change(self.version, "MODIFIED" if old else "ADDED", old, obj))
        return obj

    def remove(self, kind: Kind, obj: Obj) -> Obj:
        """Remove an object for good; returns its last state."""
        kind = stored(kind)
        with self.lock:
            old = self._objects[kind].pop((namespace_of(obj), name_of(obj)))
            last = {**old, "metadata": {**old["metadata"], "resourceVersion": str(self._next())}}
            self._index(kind, old, None)
            self._record(kind, Change(self.version, "DELETED", old, last))
        return last

    def log(self, kind: Kind) -> ChangeLog:
        """Return a kind's recent changes (read them under :attr:`lock`)."""
        return self._logs[stored(kind)]

    def subscribe(self, listener: Callable[[Kind, Change], None]) -> None:
        """Call ``listener`` with each change, under the lock."""
        self._listeners.append(listener)

    def close(self) -> None:
        """End all watches."""
        with self.lock:
            self.closed = True
            for log in self._logs.values():
                log.changed.notify_all()

    def _next(self) -> int:
        self.version += 1
        return self.version

    def _record(self, kind: Kind, change: Change) -> None:
        self._logs[kind].append(change)
        for listener in self._listeners:
            listener(kind, change)

    def _index(self, kind: Kind, old: Obj | None, new: Obj | None) -> None:
        reference = (kind, namespace_of(old or new or {}), name_of(old or new or {}))
        before, after = set(_owners(old)), set(_owners(new))
        for uid in before - after:
            self._owned[uid].discard(reference)
            if not self._owned[uid]:
                del self._owned[uid]
        for uid in after - before:
            self._owned.setdefault(uid, set()).add(reference)


def stored(kind: Kind) -> Kind:
    """Return the kind under which the objects lie (both kinds of event share a place)."""
    return EVENTS if kind is NEW_EVENTS else kind


def _owners(obj: Obj | None) -> Iterable[str]:
    references = obj["metadata"].get("ownerReferences") or () if obj else ()
    return [reference["uid"] for reference in references if reference.get("uid")]
