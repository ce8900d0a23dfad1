"""What is done again and again: old events go; quotas and disruption budgets say how they stand."""

from __future__ import annotations

from collections.abc import Iterable

from oneclick_demo_cluster.controllers.base import Controller, Key
from oneclick_demo_cluster.controllers.replicasets import is_active, is_ready
from oneclick_demo_cluster.machinery import kinds
from oneclick_demo_cluster.machinery.kinds import Kind
from oneclick_demo_cluster.machinery.objects import Obj, dig, labels_of, name_of, namespace_of, seconds_since
from oneclick_demo_cluster.machinery.quota import used_in, written
from oneclick_demo_cluster.machinery.selectors import matches_labels
from oneclick_demo_cluster.machinery.store import Change

EVENT_SECONDS = 3600
MOST_EVENTS = 5000
EVENTS_KEY: Key = ("events", "")
COUNTS_KEY: Key = ("counts", "")
EVENTS_PAUSE, COUNTS_PAUSE = 30.0, 1.0


class Housekeeping(Controller):
    """Keeps house."""

    kind = kinds.QUOTAS
    name = "housekeeping"

    def first(self) -> Iterable[Key]:
        """Starts by itself."""
        return (EVENTS_KEY, COUNTS_KEY)

    def keys(self, kind: Kind, change: Change) -> Iterable[Key]:
        """A new quota or budget is counted at once."""
        return (COUNTS_KEY,) if kind in (kinds.QUOTAS, kinds.DISRUPTION_BUDGETS) and change.old is None else ()

    def reconcile(self, key: Key) -> float | None:
        """Do one of the two rounds."""
        if key == EVENTS_KEY:
            self._expire_events()
            return EVENTS_PAUSE
        for quota in self.store.list(kinds.QUOTAS):
            self._count(quota)
        for budget in self.store.list(kinds.DISRUPTION_BUDGETS):
            self._weigh(budget)
        return COUNTS_PAUSE

    def _expire_events(self) -> None:
        events = sorted(self.store.list(kinds.EVENTS), key=_last_seen)
        surplus = len(events) - MOST_EVENTS
        for index, event in enumerate(events):
            if index >= surplus and seconds_since(_last_seen(event)) < EVENT_SECONDS:
                break
            with self.store.lock:
                if self.store.get(kinds.EVENTS, namespace_of(event), name_of(event)):
                    self.store.remove(kinds.EVENTS, event)

    def _count(self, quota: Obj) -> None:
        hard = dig(quota, "spec", "hard", default={})
        used = used_in(self.store, namespace_of(quota), hard)
        status = {"hard": hard, "used": {name: written(name, amount) for name, amount in used.items()}}
        self.writer.change(kinds.QUOTAS, namespace_of(quota), name_of(quota), lambda obj: obj.update(status=status))

    def _weigh(self, budget: Obj) -> None:
        selector = dig(budget, "spec", "selector")
        found = self.store.list(kinds.PODS, namespace_of(budget))
        pods = [pod for pod in found if is_active(pod) and matches_labels(selector, labels_of(pod))]
        healthy = sum(is_ready(pod) for pod in pods)
        wanted = _desired(budget, len(pods))
        status = {
            "currentHealthy": healthy,
            "desiredHealthy": wanted,
            "expectedPods": len(pods),
            "disruptionsAllowed": max(0, healthy - wanted),
            "observedGeneration": budget["metadata"].get("generation", 1),
        }
        key = (namespace_of(budget), name_of(budget))
        self.writer.change(kinds.DISRUPTION_BUDGETS, *key, lambda obj: obj.update(status=status))


def _last_seen(event: Obj) -> str:
    return str(event.get("lastTimestamp") or event.get("eventTime") or event["metadata"]["creationTimestamp"])


def _desired(budget: Obj, pods: int) -> int:
    spec = budget["spec"]
    if "maxUnavailable" in spec:
        return max(0, pods - _number(spec["maxUnavailable"], pods))
    return _number(spec.get("minAvailable", 1), pods)


def _number(value: object, whole: int) -> int:
    """Return a number, or a percentage of ``whole`` rounded up."""
    text = str(value)
    return -(-whole * int(text.removesuffix("%")) // 100) if text.endswith("%") else int(text)
