"""What the leading scheduler does all the time: empty the outbox, watch what runs, go over everything now and then."""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import orjson

from oneclick_hooks.protocols import Record
from oneclick_kubernetes import live, outbox, phases
from oneclick_kubernetes.cluster.kinds import (
    CLAIMS,
    DEPLOYMENTS,
    EVENTS,
    OWNED,
    PODS,
    REPLICA_SETS,
    Kind,
    labels_of,
    name_of,
)
from oneclick_kubernetes.cluster.store import Store
from oneclick_kubernetes.collections import DEPLOYMENTS as DEPLOYMENTS_COLLECTION
from oneclick_kubernetes.collections import PROJECTS, ROLLOUTS
from oneclick_kubernetes.errors import NoCluster
from oneclick_kubernetes.names import DEPLOYMENT_LABEL
from oneclick_kubernetes.observe import LastLines, deployments_of_event, from_store
from oneclick_kubernetes.reconcile import reconcile

log = logging.getLogger(__name__)

POLL_SECONDS = 1.0
SIDE_BY_SIDE = 4
SETTLE_SECONDS = 0.1
REASSESS_SECONDS = 30.0
DRIFT_SECONDS = 2.0
DRIFT_AGAIN_SECONDS = 30.0
ROUND_SECONDS = 600.0
PAUSE_SECONDS = 0.05
PAGE = 200

_SHOWS_HEALTH = frozenset(kind.plural for kind in (DEPLOYMENTS, REPLICA_SETS, PODS, CLAIMS))
_SHOWS_DRIFT = frozenset(kind.plural for kind in (*OWNED, CLAIMS))


def loops(app: Any) -> dict[str, Callable[[threading.Event], None]]:
    """Return the loops of the leading scheduler."""
    return {
        "outbox": lambda stop: empty_outbox(app, stop),
        "watch": lambda stop: Watch(app).run(stop),
        "round": lambda stop: go_round(app, stop),
    }


def empty_outbox(app: Any, stop: threading.Event) -> None:
    """Bring into the cluster what requests left over, whenever a row is written and once a second."""
    wake = threading.Event()
    end = app.subscribe(outbox.CHANNEL, lambda _message: wake.set())
    try:
        with ThreadPoolExecutor(SIDE_BY_SIDE, thread_name_prefix="reconcile") as pool:
            while not stop.is_set():
                wake.clear()
                # One that the cluster is slow with does not hold up the others.
                for _ in pool.map(partial(_reconcile, app, stop), [(row.kind, row.subject) for row in outbox.due(app)]):
                    pass
                wake.wait(POLL_SECONDS)
    finally:
        end()


def _reconcile(app: Any, stop: threading.Event, what: tuple[str, str]) -> None:
    kind, subject = what
    if stop.is_set():
        return
    try:
        reconcile(app, subject, kind=kind)
    except Exception:
        # A fault of ours with one deployment must not keep all others from being looked after.
        log.exception("Reconciling %s %s failed", kind, subject)


def go_round(app: Any, stop: threading.Event) -> None:
    """Reconcile everything, slowly, again and again: what no event told of is found here."""
    while not stop.is_set():
        for what in everything(app):
            _reconcile(app, stop, what)
            if stop.wait(PAUSE_SECONDS):
                return
        stop.wait(ROUND_SECONDS)


def everything(app: Any) -> Iterator[tuple[str, str]]:
    """Yield kinds and ids of all projects and deployments that are or should be in the cluster; those without a row
    (records
    that were imported) get one."""
    for rollout in _all(app, ROLLOUTS, "endDate = ''"):
        if outbox.read(app, rollout["deployment"]) is None:
            outbox.raise_deployment(app, rollout["deployment"], rollout["project"])
    for project in _all(app, PROJECTS, ""):
        if outbox.read(app, project.id, PROJECTS) is None:
            outbox.raise_project(app, project.id)
    after = ""
    while True:
        rows = outbox.page(app, after)
        if not rows:
            return
        yield from ((row.kind, row.subject) for row in rows)
        after = rows[-1].id


def _all(app: Any, collection: str, filter_: str) -> Iterator[Record]:
    offset = 0
    while True:
        page = app.records.list(collection, filter_, sort="id", limit=PAGE, offset=offset)
        yield from page
        if len(page) < PAGE:
            return
        offset += PAGE


class Watch:
    """Follows the cluster: writes phases as they change and repairs what others changed or removed."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self._wake = threading.Event()
        self._lock = threading.Lock()
        self._changed: set[str] = set()
        self._drifted: dict[str, float] = {}
        self._repaired: dict[str, float] = {}
        self._specs: dict[tuple[str, str, str], str] = {}

    def run(self, stop: threading.Event) -> None:
        """Follow until ``stop`` is set."""
        try:
            cache = live.of(self.app).cache
        except NoCluster:
            stop.wait()
            return
        lines = LastLines(live.of(self.app).client)
        with cache.held() as store:
            end = cache.store.listen(self.take)
            try:
                self._follow(cache.store, lines, stop, synced=store is not None)
            finally:
                end()

    def _follow(self, store: Store, lines: LastLines, stop: threading.Event, synced: bool) -> None:
        again = 0.0
        while not stop.is_set():
            if time.monotonic() >= again:
                with self._lock:
                    self._changed.update(rollout["deployment"] for rollout in _all(self.app, ROLLOUTS, "endDate = ''"))
                again = time.monotonic() + REASSESS_SECONDS
            synced = synced or live.of(self.app).cache.read(0.0) is not None
            if synced:
                for deployment in self._take_changed():
                    self._assess(store, lines, deployment)
                for deployment in self._take_drifted():
                    _reconcile(self.app, stop, (DEPLOYMENTS_COLLECTION, deployment))
                    with self._lock:
                        self._changed.add(deployment)
            self._wake.wait(POLL_SECONDS)
            stop.wait(SETTLE_SECONDS)
            self._wake.clear()

    def take(self, kind: Kind, change: str, found: dict[str, Any]) -> None:
        """Note what a change of the cluster may mean. Called by the cache: no waiting here."""
        if kind.plural == EVENTS.plural:
            deployments = deployments_of_event(found) if change != "DELETED" else set()
        else:
            deployments = {labels_of(found).get(DEPLOYMENT_LABEL) or ""} - {""}
        if not deployments:
            return
        with self._lock:
            if kind.plural in _SHOWS_HEALTH or kind.plural == EVENTS.plural:
                self._changed |= deployments
            if kind.plural in _SHOWS_DRIFT and self._is_drift(kind, change, found):
                for deployment in deployments:
                    self._drifted.setdefault(deployment, time.monotonic() + DRIFT_SECONDS)
        self._wake.set()

    def _is_drift(self, kind: Kind, change: str, found: dict[str, Any]) -> bool:
        # What an object wants, apart from its status: if that changes, it was us or somebody who should not have.
        key = (kind.plural, str((found.get("metadata") or {}).get("namespace")), name_of(found))
        if change == "DELETED":
            self._specs.pop(key, None)
            return True
        spec = {name: value for name, value in (found.get("spec") or {}).items() if name != "replicas"}
        fingerprint = hashlib.blake2b(
            orjson.dumps([spec, labels_of(found), found.get("data")], option=orjson.OPT_SORT_KEYS), digest_size=16
        ).hexdigest()
        before, self._specs[key] = self._specs.get(key), fingerprint
        return before is not None and before != fingerprint

    def _take_changed(self) -> set[str]:
        with self._lock:
            changed, self._changed = self._changed, set()
        return changed

    def _take_drifted(self) -> list[str]:
        now = time.monotonic()
        with self._lock:
            due = [
                deployment
                for deployment, when in self._drifted.items()
                if when <= now and now - self._repaired.get(deployment, -DRIFT_AGAIN_SECONDS) >= DRIFT_AGAIN_SECONDS
            ]
            for deployment in due:
                del self._drifted[deployment]
                self._repaired[deployment] = now
            self._repaired = {one: when for one, when in self._repaired.items() if now - when < DRIFT_AGAIN_SECONDS}
        return due

    def _assess(self, store: Store, lines: LastLines, deployment: str) -> None:
        rollout = phases.running_rollout(self.app, deployment)
        if rollout is None:
            return
        row = outbox.read(self.app, deployment)
        seen = from_store(store, rollout["project"], deployment)
        if phases.is_stale(row, seen):
            return
        reachable = live.of(self.app).cache.reachable
        observation = phases.observed(row, rollout, seen, reachable=reachable, log_lines=lines.of(seen.pods))
        phases.write(self.app, rollout.id, observation, row.generation if row else 0)
