"""No text in any field of a record stops a tick for the others: records written past all validation."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rq.registry import FailedJobRegistry
from rq.serializers import JSONSerializer

from oneclick import clock
from oneclick.core import OneClick
from oneclick.jobs.queues import QUEUE
from oneclick.jobs.worker import work
from oneclick.records import Record
from oneclick.testing import FakeRegistry, TestApi
from oneclick_auto_update import book, jobs
from tests.auto_update.test_records import api, house, make, owner, running

__all__ = ["api", "house", "owner", "running"]

COLUMNS = (
    "user",
    "project",
    "interval",
    "pattern",
    "policy",
    "lastCheck",
    "verdict",
    "error",
    "queued",
    "baseline",
    "webhookTokenHash",
    "created",
    "updated",
)
KNOWN = [
    "", "30s", "0m", "abc", "1m", "5m", "9" * 400 + "m", "semver", "semver:", "latest", "digest", "(", "(a+)+$",
    "2026-01-01 00:00:00.000Z", "9999-12-31 23:59:59.999Z", "0001-01-01 00:00:00.000Z", "2026-13-45 99:99:99.000Z",
    "nothing", "a" * 5000, "'; DROP TABLE autoUpdates; --", "{:id}", "null", "[]", "\u202e", "😀", "\n",
]  # fmt: skip
# Neither database stores these as text.
texts = st.sampled_from(KNOWN) | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=80)
rows = st.fixed_dictionaries({}, optional=dict.fromkeys(COLUMNS, texts))
deployments = st.none() | texts


@settings(max_examples=15, suppress_health_check=list(HealthCheck))
@given(hostile=st.lists(st.tuples(rows, deployments), min_size=10, max_size=30))
def test_no_text_stops_a_tick_for_the_others(
    house: OneClick,
    api: TestApi,
    running: dict[str, str],
    fake_registry: FakeRegistry,
    hostile: list[tuple[dict[str, str], str | None]],
) -> None:
    house.jobs.redis.flushall()
    table: Any = house.collection("autoUpdates").table  # type: ignore[union-attr]
    with house.database.transaction() as transaction:
        transaction.connection.execute(sa.delete(table))
    good = make(api, running)["id"]
    hostile_ids = [insert(house, running, row, deployment) for row, deployment in hostile]
    jobs.tick(house)
    work(house, burst=True)
    failed = FailedJobRegistry(QUEUE, connection=house.jobs.redis, serializer=JSONSerializer)
    assert failed.get_job_ids() == []
    record = house.records.find("autoUpdates", good)
    assert record is not None
    assert (record["verdict"], record["error"]) == ("1.0.0 is the newest version.", "")
    assert recent(record)
    for one in hostile_ids:
        record = house.records.find("autoUpdates", one)
        assert record is not None
        # It was told what is wrong, or checked, and is no burden to the next tick.
        assert not book.is_due(record, clock.now()), dict(record.values) if hasattr(record, "values") else record.id
    assert jobs.tick(house) == 0


def recent(record: Record) -> bool:
    return clock.now() - clock.from_text(str(record["lastCheck"])) < timedelta(minutes=1)


def insert(house: OneClick, running: dict[str, str], row: dict[str, str], deployment: str | None) -> str:
    """Write a row by SQL; ``deployment`` ``None`` stands for the one that runs."""
    table: Any = house.collection("autoUpdates").table  # type: ignore[union-attr]
    record = house.records.new("autoUpdates")
    values = {**running, "interval": "5m", "policy": "semver", "pattern": "", **row}
    if deployment is not None:
        values["deployment"] = deployment
    with house.database.transaction() as transaction:
        transaction.connection.execute(sa.insert(table).values(id=record.id, **values))
    return str(record.id)
