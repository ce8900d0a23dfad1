"""What a rollout needs against what the project's quotas have left: whether its pods will be let in.

A quota says no when a pod is created, long after the rollout was accepted. So the sum is made before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from oneclick_kubernetes.quantities import decimal_text, read_quantity

RESOURCES = ("cpu", "memory")
_FINISHED = ("Succeeded", "Failed")
_BINARY = (("Gi", 2**30), ("Mi", 2**20), ("Ki", 2**10))


def refusal(
    quotas: Iterable[Mapping[str, Any]], pod: Mapping[str, Any], replicas: int, own_pods: Iterable[Mapping[str, Any]]
) -> tuple[str, str] | None:
    """Return the resource and the sentence that says why ``replicas`` of ``pod`` do not fit, ``None`` when they do.

    What the deployment's own pods use counts as free: they make room for the new ones.
    """
    needed = _times(usage(pod), replicas)
    returned: dict[str, Decimal] = {}
    for own in own_pods:
        if (own.get("status") or {}).get("phase") not in _FINISHED:
            _add(returned, usage(own))
    for quota in quotas:
        if not _applies(quota):
            continue
        found = _exceeded(quota, needed, returned)
        if found is not None:
            return found
    return None


def usage(pod: Mapping[str, Any]) -> dict[str, Decimal]:
    """Return what one pod counts for in a quota: the sum over its containers, or its largest init container."""
    spec = pod.get("spec") or {}
    total: dict[str, Decimal] = {"pods": Decimal(1)}
    for container in spec.get("containers") or ():
        _add(total, _of_container(container))
    for container in spec.get("initContainers") or ():
        for name, amount in _of_container(container).items():
            total[name] = max(total.get(name, Decimal(0)), amount)
    return total


def _of_container(container: Mapping[str, Any]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    resources = container.get("resources") or {}
    for section in ("requests", "limits"):
        for name in RESOURCES:
            amount = read_quantity(str((resources.get(section) or {}).get(name, "0"))) or Decimal(0)
            found[f"{section}.{name}"] = amount
            if section == "requests":
                found[name] = amount
    return found


def _applies(quota: Mapping[str, Any]) -> bool:
    # Scopes pick pods by other things (priority, deadline); whether ours are meant is the API server's to say.
    spec = quota.get("spec") or {}
    return not spec.get("scopeSelector") and set(spec.get("scopes") or ()) <= {"NotTerminating", "NotBestEffort"}


def _exceeded(
    quota: Mapping[str, Any], needed: Mapping[str, Decimal], returned: Mapping[str, Decimal]
) -> tuple[str, str] | None:
    status = quota.get("status") or {}
    hard = status.get("hard") or (quota.get("spec") or {}).get("hard") or {}
    used = status.get("used") or {}
    name = (quota.get("metadata") or {}).get("name")
    for resource, limit in hard.items():
        most = read_quantity(str(limit))
        if resource not in needed or most is None:
            continue
        others = max(
            Decimal(0), (read_quantity(str(used.get(resource, "0"))) or Decimal(0)) - returned.get(resource, 0)
        )
        if others + needed[resource] > most:
            return resource, (
                f"exceeded quota: {name}, requested: {resource}={shown(resource, needed[resource])}, "
                f"used by others: {resource}={shown(resource, others)}, limited: {resource}={limit}"
            )
    return None


def shown(resource: str, amount: Decimal) -> str:
    """Write an amount as people do."""
    if resource.endswith("cpu") and amount != amount.to_integral_value():
        return f"{decimal_text(amount * 1000)}m"
    if resource.endswith("memory"):
        for suffix, size in _BINARY:
            if amount and amount % size == 0:
                return f"{decimal_text(amount / size)}{suffix}"
    return decimal_text(amount)


def _times(amounts: Mapping[str, Decimal], count: int) -> dict[str, Decimal]:
    return {name: amount * count for name, amount in amounts.items()}


def _add(into: dict[str, Decimal], more: Mapping[str, Decimal]) -> None:
    for name, amount in more.items():
        into[name] = into.get(name, Decimal(0)) + amount
