"""The work: find what is due, look into the registry, propose a rollout."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from oneclick import clock
from oneclick.errors import ApiError, ValidationError, field_error
from oneclick_auto_update import intervals, policies, registry_access
from oneclick_auto_update.registry import RegistryClient, RegistryError, Repository
from oneclick_hooks.kubernetes import RolloutProposal, RunningImage
from oneclick_hooks.protocols import App, Record

TICK = "auto_update.tick"
CHECK = "auto_update.check"
PAGE = 500
CAUSE = "auto-update"


def validate(record: Record) -> None:
    """Raise ``ValidationError`` naming ``interval``, ``policy`` or ``pattern`` when it cannot be used."""
    errors: dict[str, Any] = {}
    for name, read, wrong in (
        ("interval", intervals.parse, intervals.IntervalError),
        ("policy", policies.check, policies.PolicyError),
        ("pattern", policies.check_pattern, policies.PolicyError),
    ):
        try:
            read(str(record[name]))
        except wrong as error:
            errors[name] = field_error(f"validation_invalid_{name}", str(error))
    if errors:
        raise ValidationError(errors)


def job_id(auto_update: str) -> str:
    """Return the id of the one job that may check ``auto_update`` at a time."""
    return f"auto-update-{auto_update}"


def enqueue(app: App, auto_update: str) -> str:
    """Enqueue a check now, or find the one that is waiting or running; return the job's id."""
    return app.jobs.enqueue(CHECK, auto_update, unique=job_id(auto_update))


def tick(app: App) -> int:
    """Enqueue a check for each record whose last check plus its interval has passed; return how many."""
    now, due, offset = clock.now(), 0, 0
    while page := app.records.list("autoUpdates", sort="id", limit=PAGE, offset=offset):
        for record in page:
            if is_due(record, now):
                enqueue(app, record.id)
                due += 1
        offset += len(page)
    return due


def is_due(record: Record, now: Any) -> bool:
    """Tell whether ``record`` should be checked at ``now`` (an aware datetime); half a minute early counts."""
    try:
        interval = intervals.parse(str(record["interval"]))
    except intervals.IntervalError:
        return False
    last = str(record["lastCheck"])
    return not last or clock.from_text(last) + interval - timedelta(seconds=30) <= now


def check(app: App, auto_update: str) -> str:
    """Check one record: read its repository's tags, ask its policy, propose a rollout; return the verdict.

    What happened is written into the record (``lastCheck``, ``verdict``, ``error``), whatever it was.
    """
    record = app.records.find("autoUpdates", auto_update)
    if record is None:
        return "The auto-update is gone."
    verdict, error = "", ""
    try:
        verdict = _check(app, record)
    except (RegistryError, policies.PolicyError, ApiError) as failure:
        error = str(failure)
    except Exception:
        # The record says so too: without a last check it would be due again at every tick.
        _note(app, auto_update, "", "The check failed; the server's log says why.")
        raise
    _note(app, auto_update, verdict, error)
    return verdict or error


def _note(app: App, auto_update: str, verdict: str, error: str) -> None:
    fresh = app.records.find("autoUpdates", auto_update)
    if fresh is not None:
        fresh["lastCheck"], fresh["verdict"], fresh["error"] = clock.now_text(), verdict[:500], error[:1000]
        app.records.save(fresh)


def _check(app: App, record: Record) -> str:
    deployment = str(record["deployment"])
    images: Mapping[str, RunningImage] = app.plugins.hook.rollout_images(app=app, deployments=[deployment]) or {}
    image = images.get(deployment)
    if image is None:
        return "No rollout is running."
    repository = Repository(image.registry, image.repository, image.username, image.password)
    with RegistryClient(registry_access.allowed(app.config.environ)) as client:
        tags = client.tags(repository)
    verdict = policies.choose(str(record["policy"]), str(record["pattern"]), image.tag, tags)
    if verdict.tag is None:
        return verdict.reason
    proposal = RolloutProposal(deployment, verdict.tag, CAUSE, expected_rollout=image.rollout)
    made = app.plugins.hook.rollout_propose(app=app, proposal=proposal)
    return verdict.reason if made is not None else "Another rollout has begun meanwhile; the next check looks again."
