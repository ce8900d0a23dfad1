"""The schedule: rows in the database that say what fires when, and what has fired.

A fire is written down first, with the id of its job, and enqueued after. The id is made of the schedule and the time,
so that two leaders at once still enqueue once; the job clears it when it has run, so that one which Redis forgot
before it ran is enqueued again.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

import orjson
from cronsim import CronSim
from sqlalchemy import delete, insert, select, update

from oneclick import clock
from oneclick.config import check_cron
from oneclick.db import Database
from oneclick.db.system_tables import schedules as table
from oneclick.errors import ConfigError
from oneclick.jobs.queues import Jobs, rq_id
from oneclick_hooks import Schedule

log = logging.getLogger(__name__)

PREFIX = "sched-"
AHEAD = timedelta(minutes=1)
"""How far ahead of ours the clock of another scheduler may be."""


def synchronise(database: Database, schedules: Iterable[tuple[str, Schedule]]) -> None:
    """Make the rows those of ``schedules`` (with their plugins' names); what has fired is kept.

    A new one, or one with another cron line, first fires at its next time: its past is not owed.
    """
    wanted = {schedule.id: (plugin, schedule) for plugin, schedule in _valid(schedules)}
    now = clock.now_text()
    with database.transaction() as transaction:
        connection = transaction.connection
        known = {row.id: row for row in connection.execute(select(table))}
        for gone in known.keys() - wanted.keys():
            connection.execute(delete(table).where(table.c.id == gone))
        for schedule_id, (plugin, schedule) in wanted.items():
            values = {
                "cron": " ".join(schedule.cron.split()),
                "job": schedule.job,
                "args": orjson.dumps(schedule.args).decode(),
                "plugin": plugin,
            }
            row = known.get(schedule_id)
            if row is None:
                connection.execute(insert(table).values(id=schedule_id, last_fire=now, last_job="", **values))
            elif any(getattr(row, name) != value for name, value in values.items()):
                if row.cron != values["cron"]:
                    values |= {"last_fire": now, "last_job": ""}
                connection.execute(update(table).where(table.c.id == schedule_id).values(values))


def rows(database: Database) -> list[Any]:
    """Return the schedules' rows (``id``, ``cron``, ``job``, ``args``, …) by id."""
    with database.connection() as connection:
        return list(connection.execute(select(table).order_by(table.c.id)))


def enqueue(jobs: Jobs, row: Any) -> str:
    """Enqueue a row's job now, beside what its cron line fires; return the job's id."""
    return jobs.enqueue(row.job, *orjson.loads(row.args))


def tick(database: Database, jobs: Jobs) -> None:
    """Enqueue what is due: of several missed times of a schedule the latest alone."""
    now = clock.now()
    for row in rows(database):
        try:
            pending = _fire(database, row, now) or row.last_job
            if pending:
                # Does nothing while Redis knows the job, be it queued, running or failed.
                jobs.enqueue_once(pending, row.job, tuple(orjson.loads(row.args)))
        except Exception:
            log.exception("schedule %s did not fire", row.id)


def mark_done(database: Database, job_id: str) -> None:
    """Write down that a job has ended, if a schedule fired it."""
    if not job_id.startswith(PREFIX):
        return
    with database.transaction() as transaction:
        transaction.connection.execute(update(table).where(table.c.last_job == job_id).values(last_job=""))


def latest_fire(cron: str, now: datetime) -> datetime:
    """Return the latest time at or before ``now`` at which the line fires."""
    next_minute = now.replace(second=0, microsecond=0) + timedelta(minutes=1)
    return next(CronSim(cron, next_minute, reverse=True))


def job_id(schedule_id: str, fire: datetime) -> str:
    """Return the id under which a fire is enqueued."""
    return rq_id(f"{PREFIX}{schedule_id}-{fire:%Y%m%dT%H%M}")


def _fire(database: Database, row: Any, now: datetime) -> str:
    """Write down the latest fire if it is new; return its job's id, or nothing when none is due."""
    fire = latest_fire(row.cron, now)
    text = clock.to_text(fire)
    # One from a clock that was ahead says nothing: the schedule would stand still until then.
    ahead = clock.to_text(now + AHEAD)
    if text <= row.last_fire <= ahead:
        return ""
    fired = job_id(row.id, fire)
    with database.transaction() as transaction:
        transaction.connection.execute(
            update(table)
            .where(table.c.id == row.id, (table.c.last_fire < text) | (table.c.last_fire > ahead))
            .values(last_fire=text, last_job=fired)
        )
    return fired


def _valid(schedules: Iterable[tuple[str, Schedule]]) -> Iterator[tuple[str, Schedule]]:
    for plugin, schedule in schedules:
        try:
            check_cron(schedule.cron, f"The schedule {schedule.id} of the plugin {plugin}")
        except ConfigError as error:
            log.error("%s It is left out.", error)
            continue
        yield plugin, schedule
