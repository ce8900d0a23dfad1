"""Recording events: the same one again raises a count."""

from __future__ import annotations

from collections import OrderedDict

from oneclick_demo_cluster.machinery.errors import StatusError
from oneclick_demo_cluster.machinery.kinds import EVENTS, Kind
from oneclick_demo_cluster.machinery.objects import Obj, name_of, namespace_of, time_text
from oneclick_demo_cluster.machinery.store import Store
from oneclick_demo_cluster.machinery.writes import Options, Writer

REMEMBERED = 2000
"""So many events may be counted up; an older one that comes again is a new one."""


class Recorder:
    """Writes events about objects."""

    def __init__(self, store: Store, writer: Writer) -> None:
        self.store, self.writer = store, writer
        self._number = store.version
        self._known: OrderedDict[tuple[str, ...], tuple[str, str]] = OrderedDict()

    def normal(self, kind: Kind, obj: Obj, reason: str, message: str, component: str, field: str = "") -> None:
        """Record an event of type Normal."""
        self._record(kind, obj, "Normal", reason, message, component, field)

    def warning(self, kind: Kind, obj: Obj, reason: str, message: str, component: str, field: str = "") -> None:
        """Record an event of type Warning."""
        self._record(kind, obj, "Warning", reason, message, component, field)

    def _record(self, kind: Kind, obj: Obj, type_: str, reason: str, message: str, component: str, field: str) -> None:
        namespace = namespace_of(obj) or "default"
        identity = (obj["metadata"]["uid"], type_, reason, message, component, field)
        known = self._known.get(identity)
        if known and self.writer.change(EVENTS, *known, _count_up):
            self._known.move_to_end(identity)
            return
        self._number += 1
        name = f"{name_of(obj)}.{self._number:x}"
        body = _event(kind, obj, type_, reason, message, component, field)
        body["metadata"] = {"name": name, "namespace": namespace}
        try:
            self.writer.create(EVENTS, namespace, body, Options(component))
        except StatusError:
            return  # the namespace is going: nobody will read it
        self._known[identity] = (namespace, name)
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)


def _event(kind: Kind, obj: Obj, type_: str, reason: str, message: str, component: str, field: str) -> Obj:
    moment = time_text()
    involved = {
        "kind": kind.kind,
        "namespace": namespace_of(obj),
        "name": name_of(obj),
        "uid": obj["metadata"]["uid"],
        "apiVersion": kind.api_version,
        "resourceVersion": obj["metadata"].get("resourceVersion", ""),
        "fieldPath": field,
    }
    return {
        "involvedObject": {key: value for key, value in involved.items() if value},
        "reason": reason,
        "message": message,
        "source": {"component": component},
        "firstTimestamp": moment,
        "lastTimestamp": moment,
        "count": 1,
        "type": type_,
        "reportingComponent": component,
        "reportingInstance": "",
    }


def _count_up(event: Obj) -> None:
    event["count"] = event.get("count", 1) + 1
    event["lastTimestamp"] = time_text()
