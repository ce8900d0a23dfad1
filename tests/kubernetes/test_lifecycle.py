"""Ids and names that clients choose: not those of what is still being taken out of a cluster, nor of a neighbour."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import yaml

import oneclick_kubernetes
from oneclick.core import OneClick
from oneclick.records import Record
from oneclick.testing import TestApi, make_user
from oneclick_kubernetes import outbox

PROJECTS, DEPLOYMENTS = "/api/collections/projects/records", "/api/collections/deployments/records"
REFUSED = (400, ["id"], "validation_not_unique")


@pytest.fixture
def away(tmp_path: Path) -> Iterator[Path]:
    """The kubeconfig of a cluster that answers nobody: its port is taken, and nothing listens there."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        cluster = {"server": f"http://127.0.0.1:{held.getsockname()[1]}"}
        path = tmp_path / "kubeconfig"
        path.write_text(
            yaml.safe_dump(
                {
                    "apiVersion": "v1",
                    "kind": "Config",
                    "current-context": "away",
                    "clusters": [{"name": "away", "cluster": cluster}],
                    "users": [{"name": "away", "user": {}}],
                    "contexts": [{"name": "away", "context": {"cluster": "away", "user": "away"}}],
                }
            )
        )
        yield path


@pytest.fixture
def house(plugged: Callable[..., OneClick], redis_url: str, away: Path) -> OneClick:
    return plugged(oneclick_kubernetes, LOCAL="true", LOCAL_KUBECONFIG_FILE=str(away), REDIS_URL=redis_url)


@pytest.fixture
def ann(house: OneClick) -> Record:
    return make_user(house, "ann@example.com", username="ann")


@pytest.fixture
def api(house: OneClick, ann: Record) -> TestApi:
    return TestApi(house).acting(ann)


def made(api: TestApi, path: str, **body: Any) -> str:
    answer = api.post(path, body)
    assert answer.status_code == 200, answer.text
    return str(answer.get_json()["id"])


def refusal(answer: Any) -> tuple[int, list[str], str]:
    data = answer.get_json()["data"]
    return answer.status_code, list(data), data["id"]["code"] if "id" in data else ""


def test_the_id_of_a_deployment_that_is_being_removed_is_refused(api: TestApi, house: OneClick, ann: Record) -> None:
    here, there = (made(api, PROJECTS, name=name, user=ann.id) for name in ("here", "there"))
    deployment = made(api, DEPLOYMENTS, name="web", user=ann.id, project=here)
    assert api.delete(f"{DEPLOYMENTS}/{deployment}").status_code == 204
    row = outbox.read(house, deployment)
    assert row is not None
    assert (row.removed, row.project) == (True, here)
    for project in (there, here):
        body = {"id": deployment, "name": "web", "user": ann.id, "project": project}
        assert refusal(api.post(DEPLOYMENTS, body)) == REFUSED
        assert api.get(f"{DEPLOYMENTS}/{deployment}").status_code == 404
    again = outbox.read(house, deployment)
    assert again is not None
    assert (again.generation, again.project) == (row.generation, here)


def test_the_id_of_a_project_that_is_being_removed_is_refused(api: TestApi, house: OneClick, ann: Record) -> None:
    project = made(api, PROJECTS, name="here", user=ann.id)
    assert api.delete(f"{PROJECTS}/{project}").status_code == 204
    row = outbox.read(house, project, "projects")
    assert row is not None
    assert row.removed
    assert refusal(api.post(PROJECTS, {"id": project, "name": "again", "user": ann.id})) == REFUSED
    assert api.get(f"{PROJECTS}/{project}").status_code == 404
    assert outbox.read(house, project, "projects") == row


def test_another_kind_of_the_same_id_is_not_in_the_way(api: TestApi, house: OneClick, ann: Record) -> None:
    gone, stays = (made(api, PROJECTS, name=name, user=ann.id) for name in ("gone", "stays"))
    assert api.delete(f"{PROJECTS}/{gone}").status_code == 204
    assert made(api, DEPLOYMENTS, id=gone, name="web", user=ann.id, project=stays) == gone
    assert api.delete(f"{DEPLOYMENTS}/{gone}").status_code == 204
    assert refusal(api.post(DEPLOYMENTS, {"id": gone, "name": "web", "user": ann.id, "project": stays})) == REFUSED


def named(answer: Any) -> tuple[int, list[str], str]:
    data = answer.get_json().get("data", {})
    return answer.status_code, list(data), data["name"]["code"] if "name" in data else ""


@pytest.mark.parametrize("name", ["web", "WEB", " web ", "Äpfel"])
def test_a_name_means_one_deployment_of_a_project(api: TestApi, ann: Record, name: str) -> None:
    here, there = (made(api, PROJECTS, name=one, user=ann.id) for one in ("here", "there"))
    taken = "äpfel" if name == "Äpfel" else "web"
    first = made(api, DEPLOYMENTS, name=taken, user=ann.id, project=here)
    second = made(api, DEPLOYMENTS, name="other", user=ann.id, project=here)
    taking = api.post(DEPLOYMENTS, {"name": name, "user": ann.id, "project": here})
    assert named(taking) == (400, ["name"], "validation_not_unique")
    assert "Another deployment of this project" in taking.get_json()["data"]["name"]["message"]
    assert named(api.patch(f"{DEPLOYMENTS}/{second}", {"name": name})) == (400, ["name"], "validation_not_unique")
    assert api.get(f"{DEPLOYMENTS}/{second}").get_json()["name"] == "other"
    # One's own name, written otherwise, and the same one elsewhere are nobody's loss.
    assert api.patch(f"{DEPLOYMENTS}/{first}", {"name": name}).status_code == 200
    made(api, DEPLOYMENTS, name=name, user=ann.id, project=there)
    assert api.get(DEPLOYMENTS).get_json()["totalItems"] == 3


def test_two_of_one_name_from_before_stay_as_they_are(api: TestApi, house: OneClick, ann: Record) -> None:
    project = made(api, PROJECTS, name="here", user=ann.id)
    twins = [made(api, DEPLOYMENTS, name=name, user=ann.id, project=project) for name in ("web", "web2")]
    with house.database.transaction() as transaction:
        transaction.connection.execute(sa.text("UPDATE deployments SET name = 'web'"))
    assert api.patch(f"{DEPLOYMENTS}/{twins[1]}", {"name": "web"}).status_code == 200
    assert api.patch(f"{DEPLOYMENTS}/{twins[1]}", {"name": "web3"}).status_code == 200
    assert named(api.patch(f"{DEPLOYMENTS}/{twins[1]}", {"name": "web"})) == (400, ["name"], "validation_not_unique")


def test_many_take_a_name_at_once(api: TestApi, ann: Record) -> None:
    project = made(api, PROJECTS, name="here", user=ann.id)
    body = {"name": "web", "user": ann.id, "project": project}
    gate, answers = threading.Barrier(8), []

    def take(client: TestApi) -> None:
        gate.wait(60)
        answers.append(client.post(DEPLOYMENTS, body).status_code)

    threads = [threading.Thread(target=take, args=[api.acting(ann)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert sorted(answers) == [200, *[400] * 7]


def test_a_name_fits_on_a_page(api: TestApi, ann: Record) -> None:
    project = made(api, PROJECTS, name="here", user=ann.id)
    deployment = made(api, DEPLOYMENTS, name="n" * 100, user=ann.id, project=project)
    too_long = (400, ["name"], "validation_max_text_constraint")
    answer = api.post(DEPLOYMENTS, {"name": "n" * 101, "user": ann.id, "project": project})
    assert named(answer) == too_long
    assert answer.get_json()["data"]["name"]["message"] == "Must be no more than 100 character(s)."
    assert named(api.patch(f"{DEPLOYMENTS}/{deployment}", {"name": "n" * 101})) == too_long
