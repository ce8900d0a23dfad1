"""Auto-updates over the API: what is refused, the webhook token, and a check that runs as an RQ job."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from rq.registry import FinishedJobRegistry
from rq.serializers import JSONSerializer

import oneclick_auto_update
import oneclick_kubernetes
from oneclick.core import OneClick
from oneclick.errors import ConfigError, ValidationError
from oneclick.jobs.queues import QUEUE
from oneclick.jobs.worker import work
from oneclick.records import Record
from oneclick.testing import FakeRegistry, TestApi, make_user
from oneclick_auto_update import jobs
from oneclick_hooks import hookimpl
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


def test_the_bookkeeping_is_not_for_clients(api: TestApi, running: dict[str, str]) -> None:
    made = make(api, running)
    assert not {"queued", "baseline", "webhookTokenHash"} & made.keys()
    for name in ("lastCheck", "verdict", "error"):
        answer = api.patch(f"{RECORDS}/{made['id']}", {name: "2026-01-01 00:00:00.000Z"})
        assert answer.status_code == 404, name
    api.patch(f"{RECORDS}/{made['id']}", {"queued": "x", "baseline": "x", "interval": "6m"})
    assert api.get(f"{RECORDS}/{made['id']}").get_json()["error"] == ""


def test_a_check_is_one_rq_job_however_often_it_is_asked_for(
    house: OneClick, api: TestApi, running: dict[str, str]
) -> None:
    house.jobs.redis.flushall()
    made = make(api, running)
    for _ in range(3):
        assert api.post(f"/pb/auto-update/{made['id']}").get_json()["id"] == made["id"]
    assert house.jobs.queue.count == 1


def run(house: OneClick) -> None:
    """Let a worker do all that is queued."""
    work(house, burst=True)


def tags(house: OneClick) -> list[str]:
    return [rollout["manifest"]["spec"]["image"]["tag"] for rollout in house.records.list("rollouts", sort="startDate")]


def test_a_newer_tag_becomes_a_rollout_by_a_worker(
    house: OneClick, api: TestApi, running: dict[str, str], fake_registry: FakeRegistry
) -> None:
    house.jobs.redis.flushall()
    made = make(api, running)
    fake_registry.push("shop", "1.1.0")
    api.post(f"/auto-update/{made['id']}")
    (check,) = house.jobs.queue.get_job_ids()
    assert house.jobs.status(check) == "queued"
    # Nothing happens but on RQ.
    assert tags(house) == ["1.0.0"]
    run(house)
    finished = FinishedJobRegistry(QUEUE, connection=house.jobs.redis, serializer=JSONSerializer).get_job_ids()
    assert finished[0] == check
    assert finished[1:] == [f"auto-update-roll-out-{made['id']}"]
    rollouts = house.records.list("rollouts", sort="startDate")
    assert tags(house) == ["1.0.0", "1.1.0"]
    assert [rollout["cause"] for rollout in rollouts] == ["person", "auto-update"]
    assert rollouts[0]["endDate"]
    record = api.get(f"{RECORDS}/{made['id']}").get_json()
    assert (record["verdict"], record["error"]) == ("1.1.0 is newer than 1.0.0.", "")
    assert record["lastCheck"]
    api.post(f"/auto-update/{made['id']}")
    run(house)
    assert api.get(f"{RECORDS}/{made['id']}").get_json()["verdict"] == "1.1.0 is the newest version."
    assert tags(house) == ["1.0.0", "1.1.0"]


def test_the_credentials_are_nowhere_in_redis(
    house: OneClick, api: TestApi, running: dict[str, str], fake_registry: FakeRegistry, caplog: Any
) -> None:
    house.jobs.redis.flushall()
    image = {"registry": fake_registry.address, "repository": "shop", "tag": "1.0.0"}
    secret = {"username": "puller-name", "password": "hunter2-password"}
    body = {**running, "manifest": manifest(image=image | secret)}
    assert api.post("/api/collections/rollouts/records", body).status_code == 200
    fake_registry.push("shop", "1.1.0")
    api.post(f"/auto-update/{make(api, running)['id']}")
    caplog.set_level("DEBUG")
    for step in (lambda: None, lambda: run(house)):
        step()
        for key in house.jobs.redis.keys("*"):
            stored = house.jobs.redis.dump(key)
            assert b"hunter2" not in stored
            assert b"puller-name" not in stored
    assert "hunter2" not in caplog.text
    assert tags(house)[-1] == "1.1.0"


def test_a_moved_tag_becomes_a_rollout_of_its_content(
    house: OneClick, api: TestApi, running: dict[str, str], fake_registry: FakeRegistry
) -> None:
    old, new = "sha256:" + "a" * 64, "sha256:" + "b" * 64
    fake_registry.push("shop", "latest", old)
    image = {"registry": fake_registry.address, "repository": "shop", "tag": "latest"}
    assert (
        api.post("/api/collections/rollouts/records", {**running, "manifest": manifest(image=image)}).status_code == 200
    )
    made = make(api, running, policy="latest")

    def check() -> dict[str, Any]:
        api.post(f"/auto-update/{made['id']}")
        run(house)
        return dict(api.get(f"{RECORDS}/{made['id']}").get_json())

    assert "latest leads to sha256:aaaaaaaaaaaa" in check()["verdict"]
    assert "latest still leads to sha256:aaaaaaaaaaaa" in check()["verdict"]
    assert tags(house) == ["1.0.0", "latest"]
    fake_registry.push("shop", "latest", new)
    assert "latest leads to another image now: sha256:bbbbbbbbbbbb" in check()["verdict"]
    assert "latest still leads to sha256:bbbbbbbbbbbb" in check()["verdict"]
    assert tags(house) == ["1.0.0", "latest", "latest"]
    last = house.records.list("rollouts", sort="-startDate")[0]
    assert last["manifest"]["spec"]["image"]["digest"] == new
    assert last["cause"] == "auto-update"


def test_a_registry_that_fails_is_told_on_the_record(house: OneClick, api: TestApi, running: dict[str, str]) -> None:
    made = make(api, running)
    image = {"registry": "127.0.0.1:1", "repository": "shop", "tag": "1.0.0"}
    assert (
        api.post("/api/collections/rollouts/records", {**running, "manifest": manifest(image=image)}).status_code == 200
    )
    api.post(f"/auto-update/{made['id']}")
    run(house)
    assert "private address" in api.get(f"{RECORDS}/{made['id']}").get_json()["error"]


def test_a_refused_rollout_is_told_and_left_until_the_interval_has_passed(
    house: OneClick, api: TestApi, running: dict[str, str], fake_registry: FakeRegistry, frozen_clock: Any
) -> None:
    house.plugins.manager.register(Refusing(), "refusing")
    made = make(api, running)
    fake_registry.push("shop", "1.1.0")
    api.post(f"/auto-update/{made['id']}")
    run(house)
    record = api.get(f"{RECORDS}/{made['id']}").get_json()
    assert record["error"] == "1.1.0 was refused: manifest.spec.resources: There is no room."
    assert record["verdict"] == "1.1.0 is newer than 1.0.0."
    assert tags(house) == ["1.0.0"]
    assert jobs.tick(house) == 0
    frozen_clock.forward(minutes=5)
    assert jobs.tick(house) == 1


class Refusing:
    @hookimpl
    def rollout_propose(self, app: Any, proposal: Any) -> None:
        leaf = {"code": "validation_quota", "message": "There is no room."}
        raise ValidationError({"manifest": {"spec": {"resources": leaf}}}, "Failed to create record.")


def test_only_what_is_due_is_checked(house: OneClick, api: TestApi, running: dict[str, str], frozen_clock: Any) -> None:
    house.jobs.redis.flushall()
    made = make(api, running, interval="10m")
    assert jobs.tick(house) == 1
    run(house)
    assert api.get(f"{RECORDS}/{made['id']}").get_json()["lastCheck"]
    frozen_clock.forward(minutes=9)
    assert jobs.tick(house) == 0
    frozen_clock.forward(minutes=1)
    assert jobs.tick(house) == 1


def test_a_registry_that_is_asked_too_often_is_left_alone_by_all(
    house: OneClick, api: TestApi, running: dict[str, str], fake_registry: FakeRegistry, frozen_clock: Any, caplog: Any
) -> None:
    house.jobs.redis.flushall()
    made = make(api, running)
    fake_registry.busy = "600"
    for _ in range(3):
        api.post(f"/auto-update/{made['id']}")
        run(house)
    assert len(fake_registry.requests) == 1
    record = api.get(f"{RECORDS}/{made['id']}").get_json()
    assert "answers 429: it is asked too often. It is asked again after" in record["error"]
    assert record["lastCheck"] == ""
    assert sum("asked too often" in line.getMessage() for line in caplog.records) == 1
    fake_registry.busy = ""
    fake_registry.push("shop", "1.1.0")
    # Who waited is checked once the rest is over, whatever the interval.
    frozen_clock.forward(seconds=601)
    assert jobs.tick(house) == 1
    run(house)
    assert sorted(tags(house)) == ["1.0.0", "1.1.0"], house.records.find("autoUpdates", made["id"])["error"]


def test_one_list_serves_all_deployments_of_a_repository(
    house: OneClick, api: TestApi, owner: Record, running: dict[str, str], fake_registry: FakeRegistry
) -> None:
    house.jobs.redis.flushall()
    fake_registry.etags = True
    keys = [running]
    for name in ("two", "three"):
        body = {"name": name, "user": owner.id, "project": running["project"]}
        deployment = api.post("/api/collections/deployments/records", body).get_json()["id"]
        keys.append(running | {"deployment": deployment})
        image = {"registry": fake_registry.address, "repository": "shop", "tag": "1.0.0"}
        api.post("/api/collections/rollouts/records", {**keys[-1], "manifest": manifest(image=image)})
    for one in keys:
        make(api, one)
    assert jobs.tick(house) == 1
    run(house)
    assert fake_registry.requests == ["GET /v2/shop/tags/list?n=1000 200"]
    house.jobs.enqueue(jobs.TICK)
    for record in house.records.list("autoUpdates"):
        jobs.ask(house, record)
    run(house)
    assert fake_registry.requests[1:] == ["GET /v2/shop/tags/list?n=1000 304"]
    fake_registry.push("shop", "1.1.0")
    for record in house.records.list("autoUpdates"):
        jobs.ask(house, record)
    run(house)
    assert fake_registry.requests[2:] == ["GET /v2/shop/tags/list?n=1000 200"]
    assert sorted(tags(house)) == ["1.0.0"] * 3 + ["1.1.0"] * 3


def test_two_schedulers_at_once_make_one_job(house: OneClick, api: TestApi, running: dict[str, str]) -> None:
    house.jobs.redis.flushall()
    make(api, running)
    threads = [threading.Thread(target=jobs.tick, args=(house,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert house.jobs.queue.count == 1


def test_without_redis_nothing_is_checked_and_it_is_said(
    plugged: Callable[..., OneClick], fake_registry: FakeRegistry
) -> None:
    house = plugged(oneclick_kubernetes, oneclick_auto_update, ONECLICK_CLUSTER="none")
    with pytest.raises(ConfigError, match="Redis"):
        jobs.enqueue(house, "key")


def test_a_record_without_rollout_is_told_so(house: OneClick, api: TestApi, owner: Record) -> None:
    project = api.post("/api/collections/projects/records", {"name": "shop", "user": owner.id}).get_json()["id"]
    body: dict[str, Any] = {"name": "web", "user": owner.id, "project": project}
    deployment = api.post("/api/collections/deployments/records", body).get_json()["id"]
    made = make(api, {"user": owner.id, "project": project, "deployment": deployment})
    assert jobs.tick(house) == 1
    run(house)
    assert api.get(f"{RECORDS}/{made['id']}").get_json()["verdict"] == "No rollout is running."
