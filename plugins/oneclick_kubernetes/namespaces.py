"""A project's namespace: made once, never taken from someone else, waited for while an older one goes away."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from oneclick_kubernetes.cluster.budget import within
from oneclick_kubernetes.cluster.client import Client
from oneclick_kubernetes.cluster.kinds import NAMESPACES, labels_of
from oneclick_kubernetes.errors import Conflict, NotOurs, Unreachable
from oneclick_kubernetes.names import PROJECT_LABEL

POLL = 0.25
LONGEST_WAIT = 20.0
_REMAINING = ("NamespaceContentRemaining", "NamespaceFinalizersRemaining")


def ensure(
    client: Client, project: str, wanted: Callable[[], dict[str, Any]], wait: float = LONGEST_WAIT
) -> dict[str, Any]:
    """Return the project's namespace as it is in the cluster, making it as ``wanted`` says if it is not there.

    Raises ``NotOurs`` for a namespace of that name without the project's label, and ``Unreachable`` when an older one
    is still being deleted after ``wait`` seconds.
    """
    give_up = time.monotonic() + wait
    while True:
        found = client.get(NAMESPACES, project)
        if found is None:
            try:
                return client.create(wanted())
            except Conflict:
                continue
        if labels_of(found).get(PROJECT_LABEL) != project:
            raise NotOurs(
                f"A namespace called {project} exists in the cluster and does not belong to this project.",
                409,
                "AlreadyExists",
            )
        if not (found.get("metadata") or {}).get("deletionTimestamp"):
            return found
        if time.monotonic() >= give_up:
            raise Unreachable(f"The namespace {project} is still being deleted{_blockers(found)}.")
        time.sleep(within(POLL))


def remove(client: Client, project: str) -> bool:
    """Delete the project's namespace and all that is in it; ``False`` when there is none of ours."""
    found = client.get(NAMESPACES, project)
    if found is None or labels_of(found).get(PROJECT_LABEL) != project:
        return False
    return client.delete(NAMESPACES, project)


def _blockers(found: dict[str, Any]) -> str:
    conditions = (found.get("status") or {}).get("conditions") or ()
    said = [
        str(one.get("message")) for one in conditions if one.get("status") == "True" and one.get("type") in _REMAINING
    ]
    return f": {' '.join(said)}".rstrip(".") if said else ""
