"""What all controllers share: the store, the writer, the event recorder, and a base class."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from oneclick_demo_cluster.controllers.events import Recorder
from oneclick_demo_cluster.machinery.kinds import Kind
from oneclick_demo_cluster.machinery.objects import Obj, controller_of, name_of, namespace_of
from oneclick_demo_cluster.machinery.store import Change, Store
from oneclick_demo_cluster.machinery.writes import Options, Writer

Key = tuple[str, str]
"""Namespace and name."""

MANAGER = "kube-controller-manager"
OPTIONS = Options(MANAGER)


@dataclass(slots=True)
class Cluster:
    """The inside of the cluster."""

    store: Store
    writer: Writer
    recorder: Recorder


class Controller:
    """Brings objects of one kind where they should be. Called by the loop alone, so never twice at once."""

    kind: Kind
    name: str

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.store = cluster.store
        self.writer = cluster.writer
        self.recorder = cluster.recorder

    def keys(self, kind: Kind, change: Change) -> Iterable[Key]:
        """Return the objects that a change concerns: the object itself, by default."""
        return (key_of(change.new),) if kind is self.kind else ()

    def first(self) -> Iterable[Key]:
        """Return what to look at without any change."""
        return ()

    def reconcile(self, key: Key) -> float | None:
        """Bring one object further; returns after how many seconds to look again."""
        raise NotImplementedError


def key_of(obj: Obj) -> Key:
    """Return an object's key."""
    return (namespace_of(obj), name_of(obj))


def owner_key(obj: Obj, kind: Kind) -> tuple[Key, ...]:
    """Return the key of the controller that owns an object, if it is of this kind."""
    owner = controller_of(obj)
    if owner is None or owner["kind"] != kind.kind:
        return ()
    return ((namespace_of(obj), owner["name"]),)
