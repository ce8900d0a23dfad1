"""Making the cluster what the database says: from nothing but the two, one deployment at a time, again and again."""

from __future__ import annotations

import logging
from functools import partial
from typing import Any

from oneclick.errors import ApiError
from oneclick_hooks.protocols import Record
from oneclick_kubernetes import live, namespaces, outbox, phases, rendering
from oneclick_kubernetes.apply import apply_all, prune
from oneclick_kubernetes.cluster.budget import budget
from oneclick_kubernetes.cluster.client import Client
from oneclick_kubernetes.collections import DEPLOYMENTS, PROJECTS
from oneclick_kubernetes.errors import ClusterError, Missing, NoCluster, Superseded, Unreachable
from oneclick_kubernetes.observe import Seen, from_cluster

log = logging.getLogger(__name__)

LOCK_MARGIN = 3.0
"""How much longer than the work the lock is held at most: a killed process keeps it until then."""
REQUEST_SECONDS = 3.0
"""How long a request brings its own change into the cluster before it leaves the rest to the scheduler."""
LOOP_SECONDS = 15.0


def reconcile(
    app: Any, subject: str, seconds: float = LOOP_SECONDS, wait: float = 0.0, kind: str = DEPLOYMENTS
) -> bool:
    """Bring one deployment, or project, into the cluster; return whether the cluster now is as the database says.

    ``False`` when another process is at it, when the cluster does not answer within ``seconds``, or when it refuses:
    the outbox row then tells when it is tried again.
    """
    with app.lock(f"kubernetes:{kind}:{subject}", seconds + LOCK_MARGIN, wait) as got:
        if not got:
            return False
        row = outbox.read(app, subject, kind)
        if row is None:
            return True
        return _attempt(app, row, seconds)


def _attempt(app: Any, row: outbox.Row, seconds: float) -> bool:
    try:
        with budget(seconds):
            _bring(app, row)
    except Superseded:
        log.info("Generation %s of %s is superseded", row.generation, row.subject)
        return False
    except (ClusterError, NoCluster, ApiError) as error:
        _note(app, row, error)
        return False
    return True


def _bring(app: Any, row: outbox.Row) -> None:
    client = live.of(app).client
    if row.kind == PROJECTS:
        _bring_project(app, client, row)
        return
    rollout, deployment = phases.running_rollout(app, row.subject), app.records.find(DEPLOYMENTS, row.subject)
    if rollout is not None and (deployment is not None or not row.removed):
        _bring_rollout(app, client, row, rollout)
        return
    gone = row.removed and (deployment is None or deployment["project"] != row.project)
    prune(client, row.project, row.subject, (), row.generation, volumes=row.volumes and gone)
    if row.removed and deployment is None:
        outbox.forget(app, row)
    else:
        outbox.done(app, row)


def _bring_project(app: Any, client: Client, row: outbox.Row) -> None:
    # The database is asked, whatever the row says: what goes with a namespace does not come back.
    if app.records.find(PROJECTS, row.subject) is not None:
        namespaces.ensure(client, row.subject, partial(rendering.namespace_of, app, row.subject))
        outbox.done(app, row)
        return
    namespaces.remove(client, row.subject)
    outbox.forget(app, row)


def _bring_rollout(app: Any, client: Client, row: outbox.Row, rollout: Record) -> None:
    project, deployment = rollout["project"], rollout["deployment"]
    objects = rendering.stored_objects(app, rollout)

    def current() -> bool:
        now = outbox.read(app, deployment)
        return now is not None and now.generation == row.generation

    def told(applied: dict[str, Any], position: int, total: int) -> None:
        app.plugins.hook.on_rollout_object_applied(
            app=app, rollout=rollout, applied=applied, position=position, total=total
        )

    apply = partial(apply_all, client, project, deployment, objects, row.generation, row.force, current, told)
    try:
        apply()
    except Missing:
        # The namespace is not there, or goes away at this moment.
        namespaces.ensure(client, project, partial(rendering.namespace_of, app, project))
        apply()
    outbox.done(app, row)
    fresh = outbox.read(app, deployment)
    seen = from_cluster(client, project, deployment)
    phases.write(app, rollout.id, phases.observed(fresh, rollout, seen), row.generation)


def _note(app: Any, row: outbox.Row, error: Exception) -> None:
    refused = not isinstance(error, (Unreachable, NoCluster))
    problem = str(getattr(error, "message", "") or error)
    log.warning("%s %s could not be brought into the cluster: %s", row.kind, row.subject, problem)
    if row.pending:
        outbox.failed(app, row, problem, refused)
    elif refused:
        outbox.complain(app, row, problem)
    rollout = phases.running_rollout(app, row.subject) if row.kind == DEPLOYMENTS else None
    if rollout is None:
        return
    fresh = outbox.read(app, row.subject)
    if fresh is not None and fresh.pending:
        reachable = refused or isinstance(error, NoCluster)
        phases.write(app, rollout.id, phases.observed(fresh, rollout, Seen(), reachable=reachable), row.generation)
