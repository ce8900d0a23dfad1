"""The bookkeeping on the records: which are due, which wait for a check, what came of it."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from oneclick import clock
from oneclick.errors import ApiError, ValidationError, field_error
from oneclick_auto_update import intervals, policies
from oneclick_hooks.protocols import Record

log = logging.getLogger(__name__)

COLLECTION = "autoUpdates"
PAGE = 500
EARLY = timedelta(seconds=30)
"""A tick comes when it comes: half a minute early counts as due."""
VERDICT_LENGTH, ERROR_LENGTH = 500, 1000


@dataclass(frozen=True, slots=True)
class Note:
    """What came of a check. One that is not ``done`` goes on waiting; without a ``baseline`` that stays."""

    verdict: str = ""
    error: str = ""
    done: bool = True
    baseline: str | None = None


def validate(app: Any, record: Record) -> None:
    """Raise ``ValidationError`` naming ``interval``, ``policy`` or ``pattern`` when it cannot be used, or
    ``deployment`` when that one has an auto-update: two would undo each other's rollouts."""
    errors: dict[str, Any] = {}
    others = {"deployment": record["deployment"], "id": record.id}
    if record.is_new and app.records.count(COLLECTION, "deployment = {:deployment} && id != {:id}", others):
        errors["deployment"] = field_error("validation_not_unique", "This deployment has an auto-update already.")
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


def all_records(app: Any) -> Iterator[Record]:
    """Yield all records, a page at a time."""
    after = ""
    while page := app.records.list(COLLECTION, "id > {:after}", {"after": after}, sort="id", limit=PAGE):
        yield from page
        after = page[-1].id


def is_due(record: Record, now: datetime) -> bool:
    """Tell whether ``record`` should be checked at ``now``: it waits already, or its interval has passed.

    One whose interval cannot be read is due once, to be told so.
    """
    if record["queued"]:
        return True
    last = _moment(str(record["lastCheck"]), now)
    if last is None:
        return True
    try:
        return last + intervals.parse(str(record["interval"])) - EARLY <= now
    except intervals.IntervalError:
        return False


def _moment(text: str, now: datetime) -> datetime | None:
    """Return when the last check was; ``None`` when there was none that can be believed."""
    try:
        moment = clock.from_text(text)
    except ValueError:
        return None
    return moment if moment <= now + timedelta(minutes=1) else None


def mark(app: Any, keys: Mapping[str, str]) -> None:
    """Note which repository's check each record (by id) waits for. Nobody is told: the field is for us."""
    table = app.collection(COLLECTION).table
    statement = sa.update(table).where(table.c.id == sa.bindparam("row")).values(queued=sa.bindparam("key"))
    with app.database.transaction() as transaction:
        values = [{"row": record, "key": key} for record, key in keys.items()]
        if values:
            transaction.connection.execute(statement, values)


def waiting(app: Any, key: str) -> Iterator[list[Record]]:
    """Yield the records that wait for a repository's check, a page at a time, those that waited longest first: ids are
    people's own choice."""
    table = app.collection(COLLECTION).table
    statement = sa.select(table.c.id).where(table.c.queued == key).order_by(table.c.lastCheck, table.c.id)
    with app.database.connection() as connection:
        ids = list(connection.execute(statement).scalars())
    for start in range(0, len(ids), PAGE):
        found = app.records.find_many(COLLECTION, ids[start : start + PAGE])
        yield [found[record] for record in ids[start : start + PAGE] if record in found]


def write(app: Any, notes: Sequence[tuple[Record, Note]]) -> None:
    """Write notes on their records in one transaction, what changed alone; one that cannot be written is logged."""
    try:
        with app.database.transaction():
            for record, note in notes:
                _write(app, record, note)
    except (ApiError, sa.exc.SQLAlchemyError):
        for record, note in notes:
            try:
                _write(app, record, note)
            except (ApiError, sa.exc.SQLAlchemyError):
                log.exception("the auto-update %s cannot be written", record.id)


def _write(app: Any, record: Record, note: Note) -> None:
    values: dict[str, str] = {"verdict": note.verdict[:VERDICT_LENGTH], "error": note.error[:ERROR_LENGTH]}
    if note.done:
        values |= {"lastCheck": clock.now_text(), "queued": ""}
    if note.baseline is not None:
        values["baseline"] = note.baseline
    changed = {name: value for name, value in values.items() if record[name] != value}
    if not changed:
        return
    for name, value in changed.items():
        record[name] = value
    # Not validated: what cannot be used in it is what the note says.
    app.records.save_unchecked(record)
