"""Blueprints over the API: who sees, changes and shares them, and where their secrets go."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import oneclick_auto_update
import oneclick_blueprints
import oneclick_kubernetes
from oneclick.core import OneClick
from oneclick.records import Record
from oneclick.testing import TestApi, make_user

RECORDS = "/api/collections/blueprints/records"


def manifest(**spec: Any) -> dict[str, Any]:
    return {
        "spec": {
            "image": {"registry": "docker.io", "repository": "library/nginx", "tag": "1.27"},
            "horizontalScale": {"minReplicas": 1, "maxReplicas": 1, "targetCPUUtilizationPercentage": 80},
            "resources": {
                "requests": {"cpu": "10m", "memory": "16Mi"},
                "limits": {"cpu": "100m", "memory": "64Mi"},
            },
            **spec,
        }
    }


SECRET = manifest(secrets=[{"name": "PASSWORD", "value": "hunter2"}])


@pytest.fixture
def house(plugged: Callable[..., OneClick], redis_url: str) -> OneClick:
    plugins = (oneclick_kubernetes, oneclick_blueprints, oneclick_auto_update)
    return plugged(*plugins, ONECLICK_CLUSTER="none", REDIS_URL=redis_url)


@pytest.fixture
def guest(house: OneClick) -> TestApi:
    return TestApi(house)


@pytest.fixture
def owner(house: OneClick) -> Record:
    return make_user(house, "owner@example.com", name="Olga", username="olga")


@pytest.fixture
def reader(house: OneClick) -> Record:
    return make_user(house, "reader@example.com", name="Ravi", username="ravi")


@pytest.fixture
def shared(guest: TestApi, owner: Record, reader: Record) -> str:
    """A public blueprint with a subscriber."""
    made = guest.acting(owner).post(RECORDS, {"name": "nginx", "owner": owner.id, "manifest": SECRET})
    assert made.status_code == 200, made.text
    blueprint: str = made.get_json()["id"]
    answer = guest.acting(reader).post(f"/pb/blueprints/shared/{blueprint}")
    assert answer.get_json()["users"] == [reader.id]
    return blueprint


def test_sharing_twice_changes_nothing_and_owners_are_no_subscribers(
    guest: TestApi, owner: Record, reader: Record, shared: str
) -> None:
    again = guest.acting(reader).post(f"/pb/blueprints/shared/{shared}")
    assert again.get_json()["users"] == [reader.id]
    own = guest.acting(owner).post(f"/pb/blueprints/shared/{shared}")
    assert own.get_json()["users"] == [reader.id]


def test_private_ones_are_not_there_for_others(guest: TestApi, owner: Record, reader: Record) -> None:
    body = {"name": "secret", "owner": owner.id, "manifest": SECRET, "private": True}
    blueprint = guest.acting(owner).post(RECORDS, body).get_json()["id"]
    for method, path in (
        ("GET", f"/pb/blueprints/{blueprint}"),
        ("POST", f"/pb/blueprints/shared/{blueprint}"),
        ("GET", f"{RECORDS}/{blueprint}"),
    ):
        assert guest.acting(reader).open(method, path).status_code == 404
        assert guest.acting(owner).open(method, path).status_code == 200


@pytest.mark.parametrize(
    "change",
    [{"name": "mine now"}, {"manifest": manifest()}, {"private": True}, {"users": []}, {"name": "x", "users": []}],
)
def test_a_subscriber_may_only_leave(
    guest: TestApi, owner: Record, reader: Record, shared: str, change: dict[str, Any], house: OneClick
) -> None:
    third = make_user(house, "third@example.com")
    assert guest.acting(third).post(f"/pb/blueprints/shared/{shared}").status_code == 200
    refused = guest.acting(reader).patch(f"{RECORDS}/{shared}", change)
    assert refused.status_code == 403
    assert "take himself out" in refused.get_json()["message"]
    gave_away = guest.acting(reader).patch(f"{RECORDS}/{shared}", {"owner": reader.id})
    assert gave_away.status_code == 403
    left = guest.acting(reader).patch(f"{RECORDS}/{shared}", {"users": [third.id]})
    assert left.status_code == 200
    assert guest.acting(owner).get(f"{RECORDS}/{shared}").get_json()["users"] == [third.id]


def test_an_owner_does_not_give_it_away(guest: TestApi, owner: Record, reader: Record, shared: str) -> None:
    refused = guest.acting(owner).patch(f"{RECORDS}/{shared}", {"owner": reader.id})
    assert (refused.status_code, list(refused.get_json()["data"])) == (400, ["owner"])
    renamed = guest.acting(owner).patch(f"{RECORDS}/{shared}", {"name": "renamed"})
    assert renamed.get_json()["name"] == "renamed"


def test_a_guessed_secret_tells_a_subscriber_nothing(guest: TestApi, reader: Record, shared: str) -> None:
    for value in ("wrong", "hunter2"):
        guess = manifest(secrets=[{"name": "PASSWORD", "value": value}])
        assert guest.acting(reader).patch(f"{RECORDS}/{shared}", {"manifest": guess}).status_code == 403


def test_nobody_is_made_a_subscriber_by_others(guest: TestApi, owner: Record, house: OneClick, shared: str) -> None:
    victim = make_user(house, "victim@example.com")
    body = {"name": "trap", "owner": owner.id, "manifest": manifest(), "users": [victim.id]}
    made = guest.acting(owner).post(RECORDS, body)
    assert (made.status_code, list(made.get_json()["data"])) == (400, ["users"])
    added = guest.acting(owner).patch(f"{RECORDS}/{shared}", {"users+": victim.id})
    assert (added.status_code, list(added.get_json()["data"])) == (400, ["users"])
    removed = guest.acting(owner).patch(f"{RECORDS}/{shared}", {"users": []})
    assert removed.status_code == 200


def test_owners_see_name_and_avatar_of_their_own_subscribers(
    guest: TestApi, owner: Record, reader: Record, shared: str, house: OneClick
) -> None:
    seen = guest.acting(owner).get(f"/api/collections/users/records/{reader.id}").get_json()
    assert set(seen) == {"id", "name", "avatar", "collectionId", "collectionName"}
    assert seen["name"] == "Ravi"
    assert guest.acting(reader).get(f"/api/collections/users/records/{owner.id}").status_code == 404
    other = make_user(house, "other@example.com")
    assert (
        guest.acting(other).post(RECORDS, {"name": "own", "owner": other.id, "manifest": manifest()}).status_code == 200
    )
    assert guest.acting(other).get(f"/api/collections/users/records/{reader.id}").status_code == 404
    own = guest.acting(reader).get(f"/api/collections/users/records/{reader.id}").get_json()
    assert own["username"] == "ravi"


@pytest.mark.parametrize(
    "guess",
    [
        "username = 'ravi'",
        "username:lower ~ 'ra'",
        "username != 'olga'",
        "username > 'r'",
        "email ~ 'reader'",
        "verified = false",
        "created > '2000-01-01'",
        "name = 'nobody' || username = 'ravi'",
        "strftime('%Y', created) > '2000'",
    ],
)
def test_what_an_owner_does_not_see_of_subscribers_cannot_be_told_apart_by_trying(
    guest: TestApi, owner: Record, reader: Record, shared: str, house: OneClick, guess: str
) -> None:
    reader["emailVisibility"] = True
    house.records.save(reader)
    caller = guest.acting(owner)
    people = caller.get("/api/collections/users/records", query_string={"filter": guess})
    assert people.status_code == 200, people.text
    assert reader.id not in [found["id"] for found in people.get_json()["items"]]
    behind = " || ".join(f"users.{part}" for part in guess.split(" || ")) if "(" not in guess else ""
    if behind:
        answer = caller.get(RECORDS, query_string={"filter": behind})
        assert answer.status_code == 200, answer.text
        assert answer.get_json()["items"] == []
    own = guest.acting(reader).get("/api/collections/users/records", query_string={"filter": guess})
    assert [found["id"] for found in own.get_json()["items"]] == [reader.id]


def test_subscribers_do_not_come_in_the_order_of_what_is_not_seen(
    guest: TestApi, owner: Record, reader: Record, shared: str, house: OneClick
) -> None:
    for username in ("zoe", "abe"):
        person = make_user(house, f"{username}@example.com", username=username)
        assert guest.acting(person).post(f"/pb/blueprints/shared/{shared}").status_code == 200

    def listed(sort: str) -> list[str]:
        answer = guest.acting(owner).get("/api/collections/users/records", query_string={"sort": sort})
        found = [one["id"] for one in answer.get_json()["items"]]
        assert len(found) == 4
        return [one for one in found if one != owner.id]

    assert listed("username,id") == listed("-username,id") == listed("id")
    assert listed("verified,created,id") == listed("id")
    assert listed("name,id") != listed("-name,id")


def test_an_owner_finds_subscribers_by_what_he_sees(guest: TestApi, owner: Record, reader: Record, shared: str) -> None:
    caller = guest.acting(owner)
    by_name = caller.get("/api/collections/users/records", query_string={"filter": "name = 'Ravi'"})
    assert [found["id"] for found in by_name.get_json()["items"]] == [reader.id]
    assert set(by_name.get_json()["items"][0]) == {"id", "name", "avatar", "collectionId", "collectionName"}
    behind = caller.get(RECORDS, query_string={"filter": "users.name ?= 'Ravi'", "expand": "users"})
    assert [set(found) for found in behind.get_json()["items"][0]["expand"]["users"]] == [
        {"id", "name", "avatar", "collectionId", "collectionName"}
    ]


def test_a_fellow_subscriber_is_not_told_apart_by_what_holds_for_all(
    guest: TestApi, reader: Record, shared: str, house: OneClick
) -> None:
    fellow = make_user(house, "fellow@example.com", name="Fay", username="fay")
    assert guest.acting(fellow).post(f"/pb/blueprints/shared/{shared}").status_code == 200
    counts = [
        guest.acting(reader)
        .get(RECORDS, query_string={"filter": f"users.username > '{start}'"})
        .get_json()["totalItems"]
        for start in ("a", "f", "g", "r")
    ]
    assert counts == [1, 1, 1, 1]


def test_the_answer_to_a_login_is_whole(guest: TestApi, owner: Record) -> None:
    answer = guest.post(
        "/api/collections/users/auth-with-password", {"identity": "olga", "password": "correct horse battery"}
    )
    assert answer.get_json()["record"]["email"] == "owner@example.com"


def start(api: TestApi, person: Record, blueprint: str) -> tuple[str, str]:
    project = api.acting(person).post("/api/collections/projects/records", {"name": "shop", "user": person.id})
    body = {"name": "web", "user": person.id, "project": project.get_json()["id"], "blueprint": blueprint}
    made = api.acting(person).post("/api/collections/deployments/records", body)
    assert made.status_code == 200, made.text
    return project.get_json()["id"], made.get_json()["id"]


def test_the_first_rollout_takes_the_blueprints_secrets(
    guest: TestApi, owner: Record, shared: str, house: OneClick
) -> None:
    shown = guest.acting(owner).get(f"/pb/blueprints/{shared}").get_json()["manifest"]
    assert shown["spec"]["secrets"][0]["value"].startswith("oc-secret:")
    project, deployment = start(guest, owner, shared)
    body = {"user": owner.id, "project": project, "deployment": deployment, "manifest": shown}
    made = guest.acting(owner).post("/api/collections/rollouts/records", body)
    assert made.status_code == 200, made.text
    rollout = house.records.find("rollouts", made.get_json()["id"])
    assert house.secrets.open(rollout, "manifest")["spec"]["secrets"][0]["value"] == "hunter2"
    assert "hunter2" not in made.text


def test_a_subscriber_does_not_get_the_owners_secrets(guest: TestApi, reader: Record, shared: str) -> None:
    shown = guest.acting(reader).get(f"/pb/blueprints/{shared}").get_json()["manifest"]
    project, deployment = start(guest, reader, shared)
    body = {"user": reader.id, "project": project, "deployment": deployment, "manifest": shown}
    made = guest.acting(reader).post("/api/collections/rollouts/records", body)
    assert made.status_code == 400
    assert made.get_json()["data"]["manifest"]["spec"]["secrets"]["0"]["value"]["message"]


def test_a_blueprint_in_use_can_be_deleted(guest: TestApi, owner: Record, shared: str) -> None:
    _, deployment = start(guest, owner, shared)
    assert guest.acting(owner).delete(f"{RECORDS}/{shared}").status_code == 204
    left = guest.acting(owner).get(f"/api/collections/deployments/records/{deployment}").get_json()
    assert left["blueprint"] == ""


def test_a_project_with_an_auto_update_can_be_deleted(guest: TestApi, owner: Record, shared: str) -> None:
    project, deployment = start(guest, owner, shared)
    body = {
        "user": owner.id,
        "project": project,
        "deployment": deployment,
        "interval": "5m",
        "policy": "semver",
        "pattern": "",
    }
    made = guest.acting(owner).post("/api/collections/autoUpdates/records", body)
    assert made.status_code == 200, made.text
    assert guest.acting(owner).delete(f"/api/collections/projects/records/{project}").status_code == 204
    assert guest.acting(owner).get("/api/collections/autoUpdates/records").get_json()["items"] == []
