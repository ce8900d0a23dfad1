"""The objects that the watches keep, found by project and deployment. No I/O."""

from __future__ import annotations

import contextlib
import logging
import re
import threading
from collections.abc import Callable, Iterable
from typing import Any

from oneclick_kubernetes.cluster.kinds import (
    EVENTS,
    NAMESPACES,
    VOLUMES,
    Kind,
    labels_of,
    name_of,
    namespace_of,
)
from oneclick_kubernetes.names import CHECKSUM_ANNOTATION, DEPLOYMENT_LABEL

log = logging.getLogger(__name__)

Listener = Callable[[Kind, str, dict[str, Any]], None]
"""Called with the kind, ``ADDED``, ``MODIFIED`` or ``DELETED``, and the object, in order and under the store's lock:
it must neither wait nor change the object."""

EVENTS_PER_PROJECT = 1000
_PROJECT_ID = re.compile(r"[a-z0-9]{15}")
_HIDDEN_ANNOTATIONS = (CHECKSUM_ANNOTATION, "kubectl.kubernetes.io/last-applied-configuration")


def place_of(kind: Kind, found: dict[str, Any]) -> str:
    """Return the project (namespace) to which an object belongs: a volume's is its claim's."""
    if kind is NAMESPACES:
        return name_of(found)
    if kind is VOLUMES:
        return str(((found.get("spec") or {}).get("claimRef") or {}).get("namespace") or "")
    return namespace_of(found)


def slim(kind: Kind, found: dict[str, Any]) -> dict[str, Any]:
    """Take out, in place, what nobody needs and what must not be sent on; add what lists leave out."""
    found.setdefault("apiVersion", kind.api)
    found.setdefault("kind", kind.kind)
    _slim_metadata(found.get("metadata"))
    spec = found.get("spec")
    if isinstance(spec, dict):
        _slim_metadata((spec.get("template") or {}).get("metadata"))
    return found


def _slim_metadata(metadata: Any) -> None:
    if not isinstance(metadata, dict):
        return
    metadata.pop("managedFields", None)
    annotations = metadata.get("annotations")
    if annotations:
        for name in _HIDDEN_ANNOTATIONS:
            annotations.pop(name, None)
        if not annotations:
            del metadata["annotations"]


class Store:
    """Objects by kind, project and name. Objects are shared with every reader: never change one."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._objects: dict[str, dict[str, dict[str, dict[str, Any]]]] = {}
        self._kinds: dict[str, Kind] = {}
        self._listeners: list[Listener] = []

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call ``listener`` with each change from now on; return a function that ends it. To miss nothing and get
        nothing twice, take :attr:`lock` around :meth:`select` and this."""
        with self.lock:
            self._listeners.append(listener)

        def stop() -> None:
            with self.lock, contextlib.suppress(ValueError):
                self._listeners.remove(listener)

        return stop

    def select(self, kind: Kind, project: str, deployment: str = "") -> list[dict[str, Any]]:
        """Return a project's objects of a kind, those of one deployment only if one is given."""
        with self.lock:
            found = list(self._objects.get(kind.plural, {}).get(project, {}).values())
        if not deployment:
            return found
        return [one for one in found if labels_of(one).get(DEPLOYMENT_LABEL) == deployment]

    def get(self, kind: Kind, project: str, name: str) -> dict[str, Any] | None:
        """Return one object."""
        with self.lock:
            return self._objects.get(kind.plural, {}).get(project, {}).get(name)

    def count(self) -> dict[str, int]:
        """Return how many objects are kept, by kind."""
        with self.lock:
            return {
                plural: sum(len(names) for names in projects.values()) for plural, projects in self._objects.items()
            }

    def replace(self, kind: Kind, found: Iterable[dict[str, Any]]) -> None:
        """Take a fresh list: what is no longer in it was deleted meanwhile."""
        fresh: dict[tuple[str, str], dict[str, Any]] = {}
        for one in found:
            if self._wanted(kind, one):
                fresh[place_of(kind, one), name_of(one)] = slim(kind, one)
        with self.lock:
            known = [(project, name) for project, names in self._objects.get(kind.plural, {}).items() for name in names]
            for project, name in known:
                if (project, name) not in fresh:
                    self._drop(kind, project, name)
            for one in fresh.values():
                self._keep(kind, one)

    def put(self, kind: Kind, found: dict[str, Any]) -> None:
        """Take an added or changed object."""
        if not self._wanted(kind, found):
            return
        slim(kind, found)
        with self.lock:
            self._keep(kind, found)

    def remove(self, kind: Kind, found: dict[str, Any]) -> None:
        """Take out a deleted object; listeners get its last state."""
        with self.lock:
            self._drop(kind, place_of(kind, found), name_of(found), slim(kind, found))

    def clear(self) -> None:
        """Forget everything, without telling the listeners."""
        with self.lock:
            self._objects.clear()

    @staticmethod
    def _wanted(kind: Kind, found: dict[str, Any]) -> bool:
        # Events and volumes carry no label to select by: those outside projects are not kept.
        if kind is EVENTS or kind is VOLUMES:
            return _PROJECT_ID.fullmatch(place_of(kind, found)) is not None
        return True

    def _keep(self, kind: Kind, found: dict[str, Any]) -> None:
        names = self._objects.setdefault(kind.plural, {}).setdefault(place_of(kind, found), {})
        name = name_of(found)
        before = names.get(name)
        if before is not None and _version(before) == _version(found):
            return
        # A new object goes to the end, so that the oldest event is the first to make room.
        names[name] = found
        if kind is EVENTS and len(names) > EVENTS_PER_PROJECT:
            self._drop(kind, place_of(kind, found), next(iter(names)))
        self._tell(kind, "ADDED" if before is None else "MODIFIED", found)

    def _drop(self, kind: Kind, project: str, name: str, last: dict[str, Any] | None = None) -> None:
        projects = self._objects.get(kind.plural, {})
        gone = projects.get(project, {}).pop(name, None)
        if gone is None:
            return
        if not projects[project]:
            del projects[project]
        self._tell(kind, "DELETED", last or gone)

    def _tell(self, kind: Kind, change: str, found: dict[str, Any]) -> None:
        for listener in list(self._listeners):
            try:
                listener(kind, change, found)
            except Exception:
                log.exception("A listener of the cluster's cache failed")


def _version(found: dict[str, Any]) -> tuple[Any, Any]:
    metadata = found.get("metadata") or {}
    return metadata.get("uid"), metadata.get("resourceVersion")
