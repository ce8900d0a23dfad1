"""``/api/crons``: what the scheduler fires, and firing it by hand (contract §8); superusers only."""

from __future__ import annotations

import flask

from oneclick.api.answers import nothing, raw
from oneclick.api.requests import require_superuser
from oneclick.core import current
from oneclick.errors import NotFound
from oneclick.jobs import schedule

blueprint = flask.Blueprint("crons", __name__)


@blueprint.get("/api/crons")
def show() -> flask.Response:
    """List the schedules with their cron lines."""
    require_superuser()
    return raw([{"id": row.id, "expression": row.cron} for row in schedule.rows(current().database)])


@blueprint.post("/api/crons/<schedule_id>")
def fire(schedule_id: str) -> flask.Response:
    """Enqueue a schedule's job now."""
    require_superuser()
    app = current()
    row = next((row for row in schedule.rows(app.database) if row.id == schedule_id), None)
    if row is None:
        raise NotFound("Missing or invalid cron job")
    schedule.enqueue(app.jobs, row)
    return nothing()
