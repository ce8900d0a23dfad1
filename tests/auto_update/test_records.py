"""Auto-updates over the API: what is refused, the webhook token, and a check that runs as an RQ job."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rq.registry import FinishedJobRegistry
from rq.serializers import JSONSerializer

import oneclick_auto_update
import oneclick_kubernetes
from oneclick.core import OneClick
from oneclick.jobs.queues import QUEUE
from oneclick.jobs.worker import work
from oneclick.records import Record
from oneclick.testing import FakeRegistry, TestApi, make_user
from oneclick_auto_update import checks
from tests.blueprints.test_blueprints import manifest

RECORDS = "/api/collections/autoUpdates/records"


@pytest.fixture
def house(plugged: Callable[..., OneClick], redis_url: str, fake_registry: FakeRegistry) -> OneClick:
    settings = {
        "ONECLICK_CLUSTER": "none",
        "REDIS_URL": redis_url,
        "ONECLICK_REGISTRY_ALLOW": fake_registry.address,
    }
    return plugged(oneclick_kubernetes, oneclick_auto_update, **settings)


@pytest.fixture
def owner(house: OneClick) -> Record:
    return make_user(house, "owner@example.com")


@pytest.fixture
def api(house: OneClick, owner: Record) -> TestApi:
    return TestApi(house).acting(owner)


@pytest.fixture
def running(api: TestApi, owner: Record, fake_registry: FakeRegistry) -> dict[str, str]:
    """A deployment of an image in the test's registry, and the keys of its auto-update."""
    fake_registry.push("shop", "1.0.0")
    project = api.post("/api/collections/projects/records", {"name": "shop", "user": owner.id}).get_json()["id"]
    body: dict[str, Any] = {"name": "web", "user": owner.id, "project": project}
    deployment = api.post("/api/collections/deployments/records", body).get_json()["id"]
    image = {"registry": fake_registry.address, "repository": "shop", "tag": "1.0.0"}
    keys = {"user": owner.id, "project": project, "deployment": deployment}
    made = api.post("/api/collections/rollouts/records", {**keys, "manifest": manifest(image=image)})
    assert made.status_code == 200, made.text
    return keys


def make(api: TestApi, keys: dict[str, str], **values: str) -> dict[str, Any]:
    answer = api.post(RECORDS, {**keys, "interval": "5m", "policy": "semver", "pattern": "", **values})
    assert answer.status_code == 200, answer.text
    return dict(answer.get_json())


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("interval", "30s"),
        ("interval", "0m"),
        ("interval", "abc"),
        ("interval", ""),
        ("policy", "newest"),
        ("policy", "semver:abc"),
        ("pattern", "("),
    ],
)
def test_bad_input_names_its_field(api: TestApi, running: dict[str, str], field: str, value: str) -> None:
    body = {**running, "interval": "5m", "policy": "semver", "pattern": "", field: value}
    answer = api.post(RECORDS, body)
    assert answer.status_code == 400
    assert list(answer.get_json()["data"]) == [field]


def test_foreign_deployments_are_refused(house: OneClick, running: dict[str, str]) -> None:
    stranger = make_user(house, "stranger@example.com")
    body = {**running, "user": stranger.id, "interval": "5m", "policy": "semver"}
    assert TestApi(house).acting(stranger).post(RECORDS, body).status_code == 400


def test_the_webhook_token_is_shown_once_and_can_be_replaced(
    house: OneClick, api: TestApi, running: dict[str, str]
) -> None:
    made = make(api, running)
    token = made["webhookToken"]
    assert token.startswith("ocw_")
    assert "webhookToken" not in api.get(f"{RECORDS}/{made['id']}").get_json()
    assert token not in str(house.records.find("autoUpdates", made["id"])["webhookTokenHash"])
    hook = TestApi(house)
    path = f"/auto-update/{made['id']}"
    assert hook.post(path, headers={"Authorization": f"Bearer {token}"}).status_code == 200
    fresh = api.post(f"{path}/token").get_json()["webhookToken"]
    assert hook.post(path, headers={"Authorization": f"Bearer {token}"}).status_code == 401
    assert hook.post(path, headers={"Authorization": f"Bearer {fresh}"}).status_code == 200


def test_a_check_is_one_rq_job_however_often_it_is_asked_for(
    house: OneClick, api: TestApi, running: dict[str, str]
) -> None:
    house.jobs.redis.flushall()
    made = make(api, running)
    for _ in range(3):
        assert api.post(f"/pb/auto-update/{made['id']}").get_json()["id"] == made["id"]
    assert house.jobs.queue.count == 1


def test_a_newer_tag_becomes_a_rollout_by_a_worker(
    house: OneClick, api: TestApi, running: dict[str, str], fake_registry: FakeRegistry
) -> None:
    house.jobs.redis.flushall()
    made = make(api, running)
    fake_registry.push("shop", "1.1.0")
    api.post(f"/auto-update/{made['id']}")
    work(house, burst=True)
    finished = FinishedJobRegistry(QUEUE, connection=house.jobs.redis, serializer=JSONSerializer)
    assert len(finished.get_job_ids()) == 1
    rollouts = house.records.list("rollouts", sort="created")
    assert [r["manifest"]["spec"]["image"]["tag"] for r in rollouts] == ["1.0.0", "1.1.0"]
    assert [r["cause"] for r in rollouts] == ["person", "auto-update"]
    assert rollouts[0]["endDate"]
    record = api.get(f"{RECORDS}/{made['id']}").get_json()
    assert (record["verdict"], record["error"]) == ("1.1.0 is newer than 1.0.0.", "")
    assert record["lastCheck"]
    assert checks.check(house, made["id"]) == "1.1.0 is the newest version."


def test_a_registry_that_fails_is_told_on_the_record(house: OneClick, api: TestApi, running: dict[str, str]) -> None:
    made = make(api, running)
    image = {"registry": "127.0.0.1:1", "repository": "shop", "tag": "1.0.0"}
    assert (
        api.post("/api/collections/rollouts/records", {**running, "manifest": manifest(image=image)}).status_code == 200
    )
    checks.check(house, made["id"])
    assert "private address" in api.get(f"{RECORDS}/{made['id']}").get_json()["error"]


def test_only_what_is_due_is_checked(house: OneClick, api: TestApi, running: dict[str, str], frozen_clock: Any) -> None:
    house.jobs.redis.flushall()
    make(api, running, interval="10m")
    assert checks.tick(house) == 1
    record = house.records.first("autoUpdates")
    assert record is not None
    checks.check(house, record.id)
    frozen_clock.forward(minutes=9)
    assert checks.tick(house) == 0
    frozen_clock.forward(minutes=1)
    assert checks.tick(house) == 1
