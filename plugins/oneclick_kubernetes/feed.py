"""Live objects of a project for many viewers: each change is encoded once, whoever watches."""

from __future__ import annotations

import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from oneclick_kubernetes.cluster.cache import Cache
from oneclick_kubernetes.cluster.kinds import (
    AUTOSCALERS,
    CLAIMS,
    CONFIG_MAPS,
    CRON_JOBS,
    DEPLOYMENTS,
    INGRESSES,
    JOBS,
    PODS,
    REPLICA_SETS,
    SERVICE_ACCOUNTS,
    SERVICES,
    VOLUMES,
    Kind,
    labels_of,
    name_of,
    namespace_of,
)
from oneclick_kubernetes.cluster.store import place_of
from oneclick_kubernetes.names import CRONJOB_OF_LABEL, DEPLOYMENT_LABEL

WORDS: dict[str, str] = {
    CRON_JOBS.plural: "cronjob",
    JOBS.plural: "job",
    PODS.plural: "pod",
    SERVICES.plural: "service",
    INGRESSES.plural: "ingress",
    CONFIG_MAPS.plural: "configmap",
    CLAIMS.plural: "pvc",
    VOLUMES.plural: "pv",
    SERVICE_ACCOUNTS.plural: "sa",
}
"""The original's words for the kinds that it sends; ``secret`` is made from what was applied."""

EXTRA_WORDS: dict[str, str] = {
    DEPLOYMENTS.plural: "deployment",
    REPLICA_SETS.plural: "replicaset",
    AUTOSCALERS.plural: "hpa",
}
"""Kinds that it does not send: to be asked for in the first message (``kinds``)."""

KINDS: tuple[Kind, ...] = (
    SERVICE_ACCOUNTS,
    CONFIG_MAPS,
    VOLUMES,
    CLAIMS,
    DEPLOYMENTS,
    REPLICA_SETS,
    AUTOSCALERS,
    SERVICES,
    INGRESSES,
    CRON_JOBS,
    JOBS,
    PODS,
)
FRAMES = 2000


@dataclass(frozen=True, eq=False)
class Viewer:
    """Who wants a project's objects, one deployment's only if one is given. ``send`` must not wait."""

    project: str
    deployment: str
    words: frozenset[str]
    send: Callable[[Any, Any], object]
    on_deployment: Callable[[], None]

    def wants(self, kind: Kind, found: dict[str, Any]) -> bool:
        """Tell whether an object is to be sent."""
        word = word_of(kind)
        return word in self.words and (not self.deployment or belongs(kind, found, self.deployment))


class Feed:
    """Hands changes from the cache to viewers."""

    def __init__(self, cache: Cache, encode: Callable[[Any], Any]) -> None:
        self._store = cache.store
        self._encode = encode
        self._viewers: dict[str, list[Viewer]] = {}
        self._frames: OrderedDict[tuple[Any, ...], Any] = OrderedDict()
        self._store.listen(self._take)

    def add(self, viewer: Viewer) -> None:
        """Send what there is, then every change, missing none."""
        with self._store.lock:
            for kind in KINDS:
                for found in self._store.select(kind, viewer.project):
                    if viewer.wants(kind, found):
                        viewer.send(self._frame(kind, "ADDED", found), None)
            self._viewers.setdefault(viewer.project, []).append(viewer)

    def remove(self, viewer: Viewer) -> None:
        """Send nothing any more."""
        with self._store.lock:
            viewers = self._viewers.get(viewer.project, [])
            if viewer in viewers:
                viewers.remove(viewer)
            if not viewers:
                self._viewers.pop(viewer.project, None)

    def _take(self, kind: Kind, change: str, found: dict[str, Any]) -> None:
        for viewer in self._viewers.get(place_of(kind, found), ()):
            if kind is DEPLOYMENTS:
                viewer.on_deployment()
            if viewer.wants(kind, found):
                key = (found.get("metadata") or {}).get("uid") if change == "MODIFIED" else None
                viewer.send(self._frame(kind, change, found), key)

    def _frame(self, kind: Kind, change: str, found: dict[str, Any]) -> Any:
        metadata = found.get("metadata") or {}
        key = (kind.plural, metadata.get("uid"), metadata.get("resourceVersion"), change)
        frame = self._frames.get(key)
        if frame is None:
            frame = self._frames[key] = self._encode(message(word_of(kind), change, found))
            if len(self._frames) > FRAMES:
                self._frames.popitem(last=False)
        return frame


def word_of(kind: Kind) -> str:
    """Return what the sockets call a kind."""
    return WORDS.get(kind.plural) or EXTRA_WORDS.get(kind.plural, "")


def belongs(kind: Kind, found: dict[str, Any], deployment: str) -> bool:
    """Tell whether an object is a deployment's: its own, its cron jobs' pods, or the volume behind its claim."""
    if kind is VOLUMES:
        claim = ((found.get("spec") or {}).get("claimRef") or {}).get("name") or ""
        return str(claim).endswith(f"-{deployment}")
    labels = labels_of(found)
    return deployment in (labels.get(DEPLOYMENT_LABEL), labels.get(CRONJOB_OF_LABEL))


def message(word: str, change: str, found: dict[str, Any]) -> dict[str, Any]:
    """Return a message in the original's form; its objects have no kind and apiVersion of their own."""
    return {
        "kind": word,
        "name": name_of(found),
        "namespace": namespace_of(found),
        "labels": labels_of(found),
        "status": change,
        "object": {key: value for key, value in found.items() if key not in ("kind", "apiVersion")},
    }


_feeds: weakref.WeakKeyDictionary[Cache, Feed] = weakref.WeakKeyDictionary()
_making = threading.Lock()


def feed_of(cache: Cache, encode: Callable[[Any], Any]) -> Feed:
    """Return the feed of a cache, one for each."""
    with _making:
        feed = _feeds.get(cache)
        if feed is None:
            feed = _feeds[cache] = Feed(cache, encode)
        return feed


def extra_words(asked: Iterable[Any]) -> frozenset[str]:
    """Return the words of a first message's ``kinds`` that there are."""
    return frozenset(word for word in asked if word in EXTRA_WORDS.values())
