"""Creating, stopping, reopening and deleting rollouts (design.md §5, contracts/one-click.md §3.4).

The cluster is asked first, while no transaction is open. Then one transaction says what should run. After its commit
the same request brings it into the cluster; what it does not manage, the scheduler does.
"""

from __future__ import annotations

import copy
from collections.abc import Generator, Mapping
from functools import partial
from typing import Any

from oneclick.errors import BadRequest, ValidationError, field_error
from oneclick.records.secrets import misplaced, unresolved
from oneclick_hooks import RecordEvent
from oneclick_hooks.kubernetes import MANIFEST_SECRET_PATHS
from oneclick_hooks.protocols import Record
from oneclick_kubernetes import live, namespaces, outbox, phases, reconcile, rendering, runs
from oneclick_kubernetes.check import check
from oneclick_kubernetes.cluster.budget import budget
from oneclick_kubernetes.collections import DEPLOYMENTS, PROJECTS, READ_ONLY, ROLLOUTS
from oneclick_kubernetes.errors import ClusterError, NoCluster, Unreachable
from oneclick_kubernetes.intent import Intent, NoLongerRunning, in_request, intent_of
from oneclick_kubernetes.manifest import parse, warnings

CHECK_SECONDS = 5.0
LOCK_WAIT = 1.0
PENDING = "pending"
NOT_FOUND = field_error("validation_missing_rel_records", "Failed to find all relation records with the provided ids.")

Steps = Generator[None, Any, Any]


# Creating


def before_create(event: RecordEvent) -> None:
    """Refuse what cannot run; set what the client has no say in."""
    app, record = event.app, event.record
    if record["endDate"] or _is_wrong_date(event, "endDate"):
        raise ValidationError(
            {"endDate": field_error("validation_not_allowed", "EndDate is not allowed on create.")},
            "EndDate is not allowed on create.",
        )
    intent = intent_of(event.request)
    for name in READ_ONLY:
        record[name] = None
    _check_owners(app, record)
    record["startDate"] = runs.now()
    record["cause"], record["author"] = intent.cause, intent.author
    if event.request is not None:
        _drop_old_digest(app, record)
    _plan(app, record, intent)


def _drop_old_digest(app: Any, record: Record) -> None:
    """Take the running rollout's digest out of a manifest that names another tag: it is not that tag's content."""
    image = _image_of(record)
    if not image.get("digest"):
        return
    running = phases.running_rollout(app, record["deployment"])
    runs_now = _image_of(running) if running is not None else {}
    if image["digest"] == runs_now.get("digest") and any(
        image.get(name) != runs_now.get(name) for name in ("registry", "repository", "tag")
    ):
        manifest = copy.deepcopy(record["manifest"])
        del manifest["spec"]["image"]["digest"]
        record["manifest"] = manifest


def _image_of(rollout: Record) -> Mapping[str, Any]:
    """Return a manifest's image as it was sent, which need not be one."""
    found: Any = rollout["manifest"]
    for name in ("spec", "image"):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def around_insert(event: RecordEvent) -> Steps:
    """In the transaction: end the running rollout, store the new one, note that the cluster lacks it."""
    app, record = event.app, event.record
    intent = intent_of(event.request)
    _start(event, intent)
    result = yield
    runs.begin(app, record, intent)
    return result


def after_commit(event: RecordEvent) -> None:
    """Bring the change into the cluster, as far as it goes in the time of a request, and show how that went."""
    app, record = event.app, event.record
    if not in_request(event.request):
        # Written by a plugin or by ourselves: the outbox has woken the scheduler.
        return
    if record["phase"] != PENDING and outbox.is_waiting(app, record["deployment"]):
        reconcile.reconcile(app, record["deployment"], reconcile.REQUEST_SECONDS, LOCK_WAIT)
    fresh = app.records.find(ROLLOUTS, record.id)
    if fresh is not None:
        for name in ("phase", "message"):
            record[name] = fresh[name]


def after_delete(event: RecordEvent) -> None:
    """Remove the objects of a running rollout that was deleted."""
    if event.request is not None and outbox.is_waiting(event.app, event.record["deployment"]):
        reconcile.reconcile(event.app, event.record["deployment"], reconcile.REQUEST_SECONDS, LOCK_WAIT)


def _check_owners(app: Any, record: Record) -> None:
    deployment = app.records.find(DEPLOYMENTS, record["deployment"])
    project = app.records.find(PROJECTS, record["project"])
    if deployment is None or project is None or deployment["project"] != project.id:
        leaf = field_error(
            "validation_missing_rel_records", "Failed to find all relation records with the provided ids."
        )
        missing = "project" if project is None else "deployment"
        raise ValidationError({missing: leaf}, "Failed to create record.")


def _start(event: RecordEvent, intent: Intent) -> None:
    app, record = event.app, event.record
    outbox.raise_deployment(app, record["deployment"], record["project"], force=intent.force, delay=_delay(event))
    _end_others(app, record, intent)


def _end_others(app: Any, record: Record, intent: Intent) -> None:
    record["startDate"] = runs.moment(app, record["deployment"])
    ended = runs.end_running(app, record["deployment"], record["startDate"], but=record.id)
    if intent.expected and intent.expected not in {rollout.id for rollout in ended}:
        raise NoLongerRunning(intent.expected)


def _delay(event: RecordEvent) -> float:
    """Return how long the scheduler leaves the change to this request: not at all when the cluster is away."""
    away = event.record["phase"] == PENDING
    return reconcile.REQUEST_SECONDS if in_request(event.request) and not away else 0.0


# Changing


def before_update(event: RecordEvent) -> None:
    """Turn a change of ``endDate`` into stop or reopen; nothing else of a rollout but ``hide`` can be changed."""
    app, record = event.app, event.record
    for name in (*READ_ONLY, "startDate"):
        if record.changed(name):
            record[name] = record.original(name)
    if record.changed("manifest"):
        leaf = field_error("validation_immutable", "A rollout's manifest cannot be changed. Create a new rollout.")
        raise ValidationError({"manifest": leaf}, "Failed to update record.")
    if _is_wrong_date(event, "endDate"):
        sentence = "Must be a moment such as 2026-01-31 12:00:00.000Z to stop, or empty to run again."
        leaf = field_error("validation_invalid_date", sentence)
        raise ValidationError({"endDate": leaf}, "Failed to update record.")
    ended, wanted_end = record.original("endDate"), record["endDate"]
    if ended and wanted_end:
        record["endDate"] = ended
    elif wanted_end:
        runs.mark_ended(record, runs.now())
    elif ended:
        _reopen(app, record, _reopening(event))


def _is_wrong_date(event: RecordEvent, name: str) -> bool:
    """Tell whether a text that is no date was sent: it became ``""``, which is an order of its own here."""
    sent = event.request.sent.get(name) if event.request is not None else None
    return sent not in (None, "") and not event.record[name]


def _reopening(event: RecordEvent) -> Intent:
    intent = intent_of(event.request)
    cause = "rollback" if intent.cause == "person" else intent.cause
    return Intent(cause, intent.author, intent.expected, intent.force)


def _reopen(app: Any, record: Record, intent: Intent) -> None:
    record["startDate"] = runs.now()
    record["cause"], record["author"] = intent.cause, intent.author
    _plan(app, record, intent)


def around_update(event: RecordEvent) -> Steps:
    """In the transaction: what a stop or a reopening changes beside the record itself."""
    app, record = event.app, event.record
    ended, ends = bool(record.original("endDate")), bool(record["endDate"])
    if ended == ends:
        return (yield)
    intent = _reopening(event)
    force = intent.force and not ends
    outbox.raise_deployment(app, record["deployment"], record["project"], force=force, delay=_delay(event))
    # What was read before the transaction may be old; from here on no other can stop or start anything.
    current = app.records.find(ROLLOUTS, record.id)
    if current is not None and bool(current["endDate"]) == ends:
        for name in ("startDate", "endDate", *READ_ONLY):
            record[name] = current[name]
        return (yield)
    if ends:
        record["endDate"] = runs.moment(app, record["deployment"])
        runs.close(app, record, record["endDate"])
        return (yield)
    _end_others(app, record, intent)
    result = yield
    runs.begin(app, record, intent)
    return result


# Deleting


def around_delete(event: RecordEvent) -> Steps:
    """In the transaction: deleting the running rollout stops it."""
    app, record = event.app, event.record
    outbox.read_locked(app, record["deployment"])
    current = app.records.find(ROLLOUTS, record.id)
    if current is None or not current["endDate"]:
        outbox.raise_deployment(app, record["deployment"], record["project"], delay=_delay(event))
    return (yield)


# Asking the cluster


def _plan(app: Any, record: Record, intent: Intent) -> None:
    """Parse, validate and ask the cluster. Sets ``warnings`` and the first ``phase``."""
    unknown = unresolved(record["manifest"], MANIFEST_SECRET_PATHS)
    unknown = unknown or misplaced(record["manifest"], MANIFEST_SECRET_PATHS)
    if unknown:
        raise ValidationError({"manifest": unknown}, "Failed to create record.")
    manifest = parse(app.secrets.open(record, "manifest"))
    record["warnings"] = warnings(manifest)
    record["phase"], record["message"] = "applying", ""
    objects = rendering.objects_of(app, record, manifest)
    if app.database.in_transaction:
        # Part of a batch: no time to ask anybody. What the cluster refuses shows on the record.
        return
    try:
        ask(app, record["project"], record["deployment"], objects, record["manifest"], intent.force)
    except (Unreachable, NoCluster) as error:
        record["phase"], record["message"] = PENDING, str(error)[: phases.MESSAGE_LENGTH]
    except ClusterError as error:
        raise BadRequest(f"The cluster refused the rollout: {error.message}") from error


def ask(
    app: Any,
    project: str,
    deployment: str,
    objects: list[dict[str, Any]],
    manifest: Mapping[str, Any],
    force: bool = False,
) -> None:
    """Make sure of the namespace and try the objects. Raises ``ValidationError`` with the cluster's own sentences."""
    client = live.of(app).client
    with budget(CHECK_SECONDS):
        namespaces.ensure(client, project, partial(rendering.namespace_of, app, project), wait=CHECK_SECONDS)
        check(client, project, deployment, objects, manifest, force)
