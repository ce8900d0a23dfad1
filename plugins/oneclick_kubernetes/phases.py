"""Writing what is seen of a rollout onto its record: on change only, and never on one that has ended meanwhile."""

from __future__ import annotations

import contextlib
import contextvars
from collections.abc import Iterator, Mapping
from typing import Any

from oneclick_hooks.protocols import Record
from oneclick_kubernetes import outbox
from oneclick_kubernetes.apply import generation_of
from oneclick_kubernetes.collections import ROLLOUTS
from oneclick_kubernetes.health import Health, Observed, assess
from oneclick_kubernetes.observe import Seen

MESSAGE_LENGTH = 2000

_ours: contextvars.ContextVar[bool] = contextvars.ContextVar("oneclick_kubernetes_ours", default=False)


@contextlib.contextmanager
def ourselves() -> Iterator[None]:
    """Mark what is written in this context as bookkeeping: the write path's own hooks leave it alone."""
    token = _ours.set(True)
    try:
        yield
    finally:
        _ours.reset(token)


def is_ours() -> bool:
    """Tell whether a write is our own bookkeeping."""
    return _ours.get()


def running_rollout(app: Any, deployment: str) -> Record | None:
    """Return the deployment's running rollout."""
    found: Record | None = app.records.first(
        ROLLOUTS, "deployment = {:deployment} && endDate = ''", {"deployment": deployment}
    )
    return found


def least_replicas(rollout: Record) -> int:
    """Return how many instances a rollout wants at least."""
    manifest = rollout["manifest"]
    scale = ((manifest or {}).get("spec") or {}).get("horizontalScale") or {} if isinstance(manifest, Mapping) else {}
    least = scale.get("minReplicas")
    return least if isinstance(least, int) else 1


def observed(
    row: outbox.Row | None,
    rollout: Record,
    seen: Seen,
    *,
    reachable: bool = True,
    log_lines: Mapping[str, str] | None = None,
) -> Observed:
    """Put together what the database and the cluster know of a running rollout."""
    return Observed(
        deployment=seen.deployment,
        replica_sets=seen.replica_sets,
        pods=seen.pods,
        claims=seen.claims,
        events=seen.events,
        reachable=reachable,
        generation=row.generation if row else 0,
        applied_generation=row.applied if row else 0,
        applying=row is not None and row.pending and not row.attempts,
        error=row.problem if row else "",
        refused=row is not None and row.refused,
        min_replicas=least_replicas(rollout),
        log_lines=log_lines or {},
    )


def is_stale(row: outbox.Row | None, seen: Seen) -> bool:
    """Tell whether the cache still shows what was there before the last apply."""
    return (
        row is not None
        and not row.pending
        and seen.deployment is not None
        and generation_of(seen.deployment) < row.applied
    )


def write(app: Any, rollout: str, observation: Observed, generation: int) -> Health:
    """Assess a running rollout and write phase and message if they changed.

    Nothing is written once the rollout has ended or a younger generation is wanted.
    """
    health = assess(observation)
    # What runs may be well while something of it cannot be brought back to what it should be (another's change).
    message = (health.message or (observation.error if observation.applied else ""))[:MESSAGE_LENGTH]
    record: Record | None = app.records.find(ROLLOUTS, rollout)
    if record is None or (record["phase"], record["message"]) == (health.phase, message) or record["endDate"]:
        return health
    with ourselves(), app.database.transaction():
        # Raising the row comes first in every change of what runs, so that none can slip in between.
        row = outbox.read_locked(app, record["deployment"])
        record = app.records.find(ROLLOUTS, rollout)
        if record is None or record["endDate"] or (row is not None and row.generation != generation):
            return health
        # Two loops may have seen the same change; the second has nothing to tell.
        if (record["phase"], record["message"]) == (health.phase, message):
            return health
        record["phase"], record["message"] = health.phase, message
        app.records.save(record)
    return health
