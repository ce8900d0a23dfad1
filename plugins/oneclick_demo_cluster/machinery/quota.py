"""ResourceQuotas: what a namespace uses, and whether one more object fits."""

from __future__ import annotations

from decimal import Decimal

from oneclick_demo_cluster.machinery import kinds, quantities
from oneclick_demo_cluster.machinery.errors import forbidden
from oneclick_demo_cluster.machinery.kinds import Kind
from oneclick_demo_cluster.machinery.objects import Obj, dig, name_of, namespace_of
from oneclick_demo_cluster.machinery.store import Store

COUNTED = {
    kinds.SERVICES: "services",
    kinds.SECRETS: "secrets",
    kinds.CONFIG_MAPS: "configmaps",
    kinds.CLAIMS: "persistentvolumeclaims",
    kinds.QUOTAS: "resourcequotas",
}
COMPUTE = ("cpu", "memory", "ephemeral-storage")


def check_quota(store: Store, kind: Kind, old: Obj | None, new: Obj) -> None:
    """Raise a 403 when a quota of the namespace would be exceeded."""
    if not kind.namespaced or (old is not None and kind not in (kinds.CLAIMS, kinds.SERVICES)):
        return
    asked = usage(kind, new)
    if old is not None:
        asked = {name: amount - usage(kind, old).get(name, Decimal(0)) for name, amount in asked.items()}
    for quota in store.list(kinds.QUOTAS, namespace_of(new)):
        hard = dig(quota, "spec", "hard", default={})
        _check_stated(kind, new, quota, hard)
        used = used_in(store, namespace_of(new), hard)
        over = [
            name
            for name in sorted(hard)
            if asked.get(name, 0) > 0 and used[name] + asked[name] > quantities.parse(hard[name])
        ]
        if over:
            requested = ",".join(f"{name}={written(name, asked[name])}" for name in over)
            taken = ",".join(f"{name}={written(name, used[name])}" for name in over)
            limited = ",".join(f"{name}={hard[name]}" for name in over)
            text = f"exceeded quota: {name_of(quota)}, requested: {requested}, used: {taken}, limited: {limited}"
            raise forbidden(kind, name_of(new), text)


def _check_stated(kind: Kind, new: Obj, quota: Obj, hard: Obj) -> None:
    """With a quota on cpu or memory each container of a pod must say what it needs."""
    if kind is not kinds.PODS:
        return
    missing = set()
    for container in new["spec"].get("containers") or ():
        resources = container.get("resources") or {}
        for name in hard:
            group, _, resource = name.rpartition(".")
            if resource in COMPUTE and group in ("", "requests", "limits"):
                stated = resources.get(group or "requests") or {}
                if resource not in stated:
                    missing.add((name, container.get("name", "")))
    if missing:
        wanted = "; ".join(f"{name} for: {container}" for name, container in sorted(missing))
        raise forbidden(kind, name_of(new), f"failed quota: {name_of(quota)}: must specify {wanted}")


def used_in(store: Store, namespace: str, names: Obj) -> dict[str, Decimal]:
    """Return how much of each named resource a namespace uses."""
    total: dict[str, Decimal] = {name: Decimal(0) for name in names}
    for kind in kinds.CONTENTS:
        if kind is kinds.EVENTS:
            continue
        for obj in store.list(kind, namespace):
            for name, amount in usage(kind, obj).items():
                if name in total:
                    total[name] += amount
    return total


def usage(kind: Kind, obj: Obj) -> dict[str, Decimal]:
    """Return what one object counts for."""
    found = {f"count/{kind.qualified}": Decimal(1)}
    if kind in COUNTED:
        found[COUNTED[kind]] = Decimal(1)
    if kind is kinds.SERVICES:
        type_ = dig(obj, "spec", "type")
        found["services.loadbalancers"] = Decimal(type_ == "LoadBalancer")
        found["services.nodeports"] = Decimal(type_ in ("NodePort", "LoadBalancer"))
    if kind is kinds.CLAIMS:
        found["requests.storage"] = quantities.parse(dig(obj, "spec", "resources", "requests", "storage", default="0"))
    if kind is kinds.PODS:
        return {} if dig(obj, "status", "phase") in ("Succeeded", "Failed") else found | _compute(obj)
    return found


def _compute(pod: Obj) -> dict[str, Decimal]:
    found = {"pods": Decimal(1)}
    for group in ("requests", "limits"):
        for name, amount in pod_resources(pod, group).items():
            found[f"{group}.{name}"] = amount
            if group == "requests":
                found[name] = amount
    return found


def pod_resources(pod: Obj, group: str) -> dict[str, Decimal]:
    """Return the sum of a pod's requests or limits (an init container counts where it needs more than that)."""
    total: dict[str, Decimal] = {}
    for container in dig(pod, "spec", "containers", default=()):
        for name, value in dig(container, "resources", group, default={}).items():
            total[name] = total.get(name, Decimal(0)) + quantities.parse(value)
    for container in dig(pod, "spec", "initContainers", default=()):
        for name, value in dig(container, "resources", group, default={}).items():
            total[name] = max(total.get(name, Decimal(0)), quantities.parse(value))
    return total


def written(name: str, amount: Decimal) -> str:
    """Write an amount of the named resource."""
    if "memory" in name or "storage" in name:
        return quantities.format_binary(amount)
    return quantities.format_decimal(amount)
