"""Auto-updates: a deployment follows its image's tags, looked after on RQ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from oneclick_auto_update import book, collections, documentation, jobs, registry_access, routes, webhook
from oneclick_hooks import Job, Mount, RecordEnrichEvent, RecordEvent, Schedule, hookimpl, on
from oneclick_hooks.protocols import App


@hookimpl
def check_environment(environ: Mapping[str, str]) -> None:
    """Refuse an ``ONECLICK_REGISTRY_ALLOW`` that names no registries."""
    registry_access.allowed(environ)


@hookimpl
def register_collections() -> Iterable[Mapping[str, Any]]:
    """Add the collection ``autoUpdates``."""
    return (collections.AUTO_UPDATES,)


@hookimpl
def register_blueprints() -> Iterable[Mount]:
    """Add the routes on both of their paths."""
    return (Mount(routes.blueprint),)


@hookimpl
def register_openapi() -> Mapping[str, Any]:
    """Describe the routes."""
    return documentation.OPENAPI


@hookimpl
def register_jobs() -> Iterable[Job]:
    """Add the tick, which finds what is due, the check of one repository, and the proposal of one rollout."""
    return (
        Job(jobs.TICK, jobs.tick, timeout=120),
        Job(jobs.CHECK, jobs.check, timeout=60, light=True),
        Job(jobs.ROLL_OUT, jobs.roll_out, timeout=120),
    )


@hookimpl
def register_schedules(app: App) -> Iterable[Schedule]:
    """Tick as the operator's ``CronTick`` says."""
    return (Schedule("auto_update.tick", app.config.cron_tick, jobs.TICK),)


@hookimpl
@on("autoUpdates")
def on_record_validate(event: RecordEvent) -> None:
    """Refuse an interval, pattern or policy that cannot be used."""
    book.validate(event.app, event.record)


@hookimpl
@on("autoUpdates")
def on_record_create_request(event: RecordEvent) -> None:
    """Give the new record a webhook token, shown in this answer and never again."""
    webhook.issue(event.record)


@hookimpl
@on("autoUpdates")
def on_record_enrich(event: RecordEnrichEvent) -> None:
    """Show the token that this very request has made."""
    webhook.reveal(event)
