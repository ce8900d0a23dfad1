"""Bringing one deployment's objects into the cluster, and taking out what no longer belongs.

Every object carries the deployment's *generation*, which grows with each change of what should run. A lock among
processes cannot stop one that was paused while its lock ran out; the generation does: an apply that finds a younger one
in the cluster is dropped, and what a latecomer still managed to write is seen as drift.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from oneclick_kubernetes.cluster.budget import all_of
from oneclick_kubernetes.cluster.client import Client
from oneclick_kubernetes.cluster.kinds import (
    AUTOSCALERS,
    CLAIMS,
    DEPLOYMENTS,
    OWNED,
    name_of,
    namespace_of,
)
from oneclick_kubernetes.errors import ClusterError, Conflict, Superseded, Unreachable
from oneclick_kubernetes.names import DEPLOYMENT_LABEL
from oneclick_kubernetes.takeover import from_original, take_over

GENERATION = "one-click.dev/generation"
ATTEMPTS = 5

Told = Callable[[dict[str, Any], int, int], None]
"""Called with each applied object, its position from 1, and how many there are."""


def nobody(_applied: dict[str, Any], _position: int, _total: int) -> None:
    """Be told, and do nothing."""


@dataclass(slots=True)
class Applied:
    """What an apply did: the objects as the cluster has them now, and the names of those it removed."""

    objects: list[dict[str, Any]] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)


def generation_of(found: dict[str, Any]) -> int:
    """Return the generation that an object carries, 0 without one."""
    text = ((found.get("metadata") or {}).get("annotations") or {}).get(GENERATION) or ""
    return int(text) if text.isdigit() else 0


def stamped(wanted: dict[str, Any], generation: int) -> dict[str, Any]:
    """Return a copy of an object that carries the generation."""
    wanted = copy.copy(wanted)
    metadata = dict(wanted.get("metadata") or {})
    metadata["annotations"] = {**(metadata.get("annotations") or {}), GENERATION: str(generation)}
    wanted["metadata"] = metadata
    return wanted


def apply_all(
    client: Client,
    project: str,
    deployment: str,
    objects: Sequence[dict[str, Any]],
    generation: int,
    force: bool = False,
    current: Callable[[], bool] = lambda: True,
    told: Told = nobody,
) -> Applied:
    """Apply the objects in their order, set a new Deployment's replicas once, then remove what is left over.

    Raises ``Superseded`` as soon as ``current`` or the cluster tells of a younger generation, ``Conflict`` when
    another manager holds a field with another value (with ``force`` it is taken over). An object that is refused does
    not keep those after it from being applied; nothing is removed then.
    """
    applied = Applied()
    refused: ClusterError | None = None
    for position, wanted in enumerate(objects, 1):
        if not current():
            raise Superseded(f"Deployment {deployment} has a younger generation than {generation}.")
        one = stamped(wanted, generation)
        try:
            if (one.get("apiVersion"), one.get("kind")) == (DEPLOYMENTS.api, DEPLOYMENTS.kind):
                result = _apply_deployment(client, one, generation, force)
                _scale_once(client, result, least_replicas(objects))
            else:
                result = apply_one(client, one, force)
        except Unreachable:
            raise
        except ClusterError as error:
            refused = refused or error
            continue
        applied.objects.append(result)
        told(result, position, len(objects))
    if refused is not None:
        raise refused
    applied.removed = prune(client, project, deployment, objects, generation)
    return applied


def apply_one(client: Client, wanted: dict[str, Any], force: bool = False) -> dict[str, Any]:
    """Apply one object. What the original's operator made is taken over; nobody else's fields are, unless forced."""
    kind = client.kind_of(wanted)
    try:
        result = client.apply(wanted, force=force)
        if not from_original(result):
            return result
    except Conflict as error:
        if not error.causes:
            raise
        live = client.get(kind, name_of(wanted), namespace_of(wanted))
        if live is None or not from_original(live):
            raise
        result = live
    take_over(client, kind, result)
    wanted = copy.copy(wanted)
    wanted["metadata"] = {key: value for key, value in wanted["metadata"].items() if key != "resourceVersion"}
    return client.apply(wanted, force=force)


def _apply_deployment(client: Client, wanted: dict[str, Any], generation: int, force: bool) -> dict[str, Any]:
    for attempt in range(ATTEMPTS):
        live = client.get(DEPLOYMENTS, name_of(wanted), namespace_of(wanted))
        if live is None:
            return apply_one(client, wanted, force)
        if generation_of(live) > generation:
            raise Superseded(f"The cluster has a younger generation of {name_of(wanted)}.")
        fenced = copy.copy(wanted)
        fenced["metadata"] = {**wanted["metadata"], "resourceVersion": live["metadata"]["resourceVersion"]}
        try:
            return apply_one(client, fenced, force)
        except Conflict as error:
            # No causes: not another manager's field, but a change (of status, mostly) since we looked.
            if error.causes or attempt == ATTEMPTS - 1:
                raise
    raise AssertionError("unreachable")


def least_replicas(objects: Iterable[dict[str, Any]]) -> int:
    """Return how many pods the objects want at least."""
    for one in objects:
        if one.get("kind") == AUTOSCALERS.kind:
            return int((one.get("spec") or {}).get("minReplicas") or 1)
    return 1


def _scale_once(client: Client, live: dict[str, Any], least: int) -> None:
    metadata, spec = live.get("metadata") or {}, live.get("spec") or {}
    # Generation 1: nobody has changed the Deployment since it was made. From then on the autoscaler owns the number.
    if metadata.get("generation") == 1 and int(spec.get("replicas") or 0) < least:
        body = {"spec": {"replicas": least}}
        client.patch(DEPLOYMENTS, name_of(live), namespace_of(live), body, subresource="scale")


def prune(
    client: Client,
    project: str,
    deployment: str,
    keep: Iterable[dict[str, Any]],
    generation: int,
    volumes: bool = False,
) -> list[str]:
    """Remove the deployment's objects that are not in ``keep``; its claims only with ``volumes``."""
    kept = {(str(one.get("kind")), name_of(one)) for one in keep}
    kinds = (*OWNED, CLAIMS) if volumes else OWNED
    selector = f"{DEPLOYMENT_LABEL}={deployment}"
    listed = all_of(partial(client.list, kind, project, selector) for kind in kinds)
    doomed = [
        (kind, one)
        for kind, found in zip(kinds, listed, strict=True)
        for one in found
        if (kind.kind, name_of(one)) not in kept and not _held_by_other(one)
    ]
    if any(generation_of(one) > generation for _, one in doomed):
        raise Superseded(f"The cluster has a younger generation of {deployment}.")
    all_of(partial(client.delete, kind, name_of(one), project) for kind, one in doomed)
    return [f"{kind.plural}/{name_of(one)}" for kind, one in doomed]


def _held_by_other(one: dict[str, Any]) -> bool:
    # A controller's own object (a certificate's Secret) may carry copied labels; it is that controller's to remove.
    owners = (one.get("metadata") or {}).get("ownerReferences") or ()
    return any(owner.get("controller") for owner in owners) and not from_original(one)
