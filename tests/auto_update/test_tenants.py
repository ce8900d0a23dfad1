"""One tenant against the others: what he deploys and asks for stops nobody else's auto-updates."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from oneclick import JobTimeout, clock
from oneclick.core import OneClick
from oneclick.jobs import schedule
from oneclick.records import Record
from oneclick.testing import FakeRegistry, TestApi
from oneclick_auto_update import book, checking, decisions, jobs, shared
from oneclick_auto_update.registry import Repository
from tests.auto_update.test_records import RECORDS, api, house, make, owner, run, running
from tests.blueprints.test_blueprints import manifest

__all__ = ["api", "house", "owner", "running"]


@pytest.fixture(autouse=True)
def empty(house: OneClick) -> None:
    house.jobs.redis.flushall()


def another(
    api: TestApi, owner: Record, running: dict[str, str], registry: FakeRegistry, name: str, **image: str
) -> dict[str, str]:
    """Deploy another image of the test's registry; return the keys of its auto-update."""
    body = {"name": name, "user": owner.id, "project": running["project"]}
    keys = running | {"deployment": api.post("/api/collections/deployments/records", body).get_json()["id"]}
    source = {"registry": registry.address, "repository": "shop", "tag": "1.0.0", **image}
    made = api.post("/api/collections/rollouts/records", {**keys, "manifest": manifest(image=source)})
    assert made.status_code == 200, made.text
    return keys


def shown(api: TestApi, record: dict[str, Any]) -> dict[str, Any]:
    return dict(api.get(f"{RECORDS}/{record['id']}").get_json())


def test_many_followed_tags_are_all_asked_for_in_turn(
    house: OneClick,
    api: TestApi,
    owner: Record,
    running: dict[str, str],
    fake_registry: FakeRegistry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(checking, "HEADS", 1)
    fake_registry.push("shop", "2.0.0")
    first = make(api, running, id="a" * 15, policy="digest")
    keys = another(api, owner, running, fake_registry, "two", tag="2.0.0")
    second = make(api, keys, id="z" * 15, policy="digest")
    jobs.tick(house)
    run(house)
    assert (shown(api, first)["error"], bool(shown(api, first)["lastCheck"])) == ("", True)
    assert (bool(shown(api, second)["error"]), shown(api, second)["lastCheck"]) == (True, "")
    jobs.tick(house)
    run(house)
    assert (shown(api, second)["error"], bool(shown(api, second)["lastCheck"])) == ("", True)


def test_who_has_waited_longest_comes_first(house: OneClick, api: TestApi, running: dict[str, str]) -> None:
    record = house.records.find("autoUpdates", make(api, running, id="a" * 15)["id"])
    other = house.records.find("autoUpdates", record.id)  # type: ignore[union-attr]
    assert record is not None
    assert other is not None
    record["lastCheck"] = clock.to_text(clock.now())
    house.records.save(record)
    older = house.records.new("autoUpdates", {**running, "interval": "5m", "policy": "semver", "id": "z" * 15})
    house.records.save_unchecked(older)
    book.mark(house, {record.id: "key", older.id: "key"})
    assert [one.id for page in book.waiting(house, "key") for one in page] == [older.id, record.id]


def test_one_accounts_limit_is_not_the_others(house: OneClick, fake_registry: FakeRegistry) -> None:
    rich = Repository(fake_registry.address, "shop", "bot", "secret")
    fake_registry.push("shop", "1.0.0")
    fake_registry.busy = "600"
    reading = checking.Reading(house, rich, "key one")
    with pytest.raises(checking.Resting):
        reading.tags()
    fake_registry.busy = ""
    open_to_all = Repository(fake_registry.address, "shop")
    assert checking.Reading(house, open_to_all, "key two").tags() == ["1.0.0"]
    with pytest.raises(checking.Resting):
        checking.Reading(house, rich, "key three").tags()
    assert "bot" not in str(house.jobs.redis.keys())


def test_a_slow_repository_rests_alone(
    house: OneClick, fake_registry: FakeRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "SLOW_SECONDS", -1.0)
    fake_registry.push("shop", "1.0.0")
    slow = checking.Reading(house, Repository(fake_registry.address, "shop"), "slow")
    assert slow.tags() == ["1.0.0"]
    slow._spent = 3.0
    slow.close()
    rest = shared.rest(house, "slow")
    assert rest is not None
    assert "takes 3 seconds to answer for shop" in rest.reason
    assert shared.rest(house, fake_registry.address) is None


def test_a_check_that_has_had_its_time_leaves_the_rest_waiting(
    house: OneClick, api: TestApi, running: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "SECONDS", -1.0)
    first = make(api, running, id="a" * 15)
    second = house.records.new("autoUpdates", {**running, "interval": "5m", "policy": "semver", "id": "z" * 15})
    house.records.save_unchecked(second)
    jobs.tick(house)
    run(house)
    left = house.records.find("autoUpdates", second.id)
    assert left is not None
    assert (bool(shown(api, first)["lastCheck"]), left["lastCheck"], bool(left["queued"])) == (True, "", True)
    jobs.tick(house)
    run(house)
    assert house.records.find("autoUpdates", second.id)["lastCheck"]  # type: ignore[index]


def test_the_jobs_own_time_limit_is_no_fault_of_a_record(
    house: OneClick, api: TestApi, running: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(*_: Any) -> None:
        raise JobTimeout

    record = house.records.find("autoUpdates", make(api, running)["id"])
    assert record is not None
    monkeypatch.setattr(decisions, "decide", late)
    image = jobs.images_of(house, [running["deployment"]])[running["deployment"]]
    with pytest.raises(JobTimeout):
        checking.check(record, image, checking.Reading(house, jobs.repository_of(image), "key"))


def test_a_deployment_has_one_auto_update(api: TestApi, running: dict[str, str]) -> None:
    made = make(api, running)
    answer: TestResponse = api.post(RECORDS, {**running, "interval": "5m", "policy": "asc", "pattern": ""})
    assert answer.status_code == 400
    assert answer.get_json()["data"]["deployment"]["code"] == "validation_not_unique"
    assert api.patch(f"{RECORDS}/{made['id']}", {"interval": "10m"}).status_code == 200


def test_a_clock_that_was_ahead_does_not_stop_the_schedule(house: OneClick) -> None:
    table = schedule.table
    with house.database.transaction() as transaction:
        far = clock.to_text(clock.now() + timedelta(days=365))
        values = {"id": "tick", "plugin": "x", "cron": "* * * * *", "job": jobs.TICK, "args": "[]", "last_job": ""}
        transaction.connection.execute(table.insert().values(**values, last_fire=far))
    (row,) = [row for row in schedule.rows(house.database) if row.id == "tick"]
    assert schedule._fire(house.database, row, clock.now())
    (row,) = [row for row in schedule.rows(house.database) if row.id == "tick"]
    assert row.last_fire <= clock.now_text()
    assert schedule._fire(house.database, row, clock.now()) == ""
