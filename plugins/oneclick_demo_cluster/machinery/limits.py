"""LimitRanges: defaults for containers that say nothing, and bounds for those that do."""

from __future__ import annotations

from oneclick_demo_cluster.machinery import kinds, quantities
from oneclick_demo_cluster.machinery.errors import forbidden
from oneclick_demo_cluster.machinery.kinds import Kind
from oneclick_demo_cluster.machinery.objects import Obj, dig, name_of, namespace_of
from oneclick_demo_cluster.machinery.store import Store


def apply_limit_ranges(store: Store, kind: Kind, old: Obj | None, new: Obj) -> None:
    """Fill in default requests and limits of a new pod; raise a 403 where a pod or claim is out of bounds."""
    if old is not None or kind not in (kinds.PODS, kinds.CLAIMS):
        return
    for limit_range in store.list(kinds.LIMIT_RANGES, namespace_of(new)):
        for limit in dig(limit_range, "spec", "limits", default=()):
            if kind is kinds.PODS and limit.get("type") == "Container":
                for field in ("initContainers", "containers"):
                    for container in new["spec"].get(field) or ():
                        _default(container, limit)
                        resources = container["resources"]
                        _check(kind, new, limit, resources.get("requests") or {}, resources.get("limits") or {})
            if kind is kinds.CLAIMS and limit.get("type") == "PersistentVolumeClaim":
                asked = dig(new, "spec", "resources", "requests", default={})
                _check(kind, new, limit, asked, asked)


def _default(container: Obj, limit: Obj) -> None:
    resources = container.setdefault("resources", {})
    for group, source in (("limits", "default"), ("requests", "defaultRequest")):
        values = limit.get(source) or (limit.get("default") if source == "defaultRequest" else None) or {}
        for name, value in values.items():
            resources.setdefault(group, {}).setdefault(name, value)


def _check(kind: Kind, new: Obj, limit: Obj, requests: Obj, limits: Obj) -> None:
    what = limit.get("type", "Container")
    for name, least in (limit.get("min") or {}).items():
        if name not in requests or quantities.parse(requests[name]) < quantities.parse(least):
            shown = f", but request is {requests[name]}" if name in requests else ". No request is specified"
            raise forbidden(kind, name_of(new), f"minimum {name} usage per {what} is {least}{shown}")
    for name, most in (limit.get("max") or {}).items():
        if name not in limits or quantities.parse(limits[name]) > quantities.parse(most):
            shown = f", but limit is {limits[name]}" if name in limits else ". No limit is specified"
            raise forbidden(kind, name_of(new), f"maximum {name} usage per {what} is {most}{shown}")
