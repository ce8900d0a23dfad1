"""One deployment's rollouts, asked for by many at once over HTTP: one runs, and the history is true."""

from __future__ import annotations

import threading
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

import oneclick_kubernetes
from oneclick.core import OneClick
from oneclick.records import Record
from oneclick.testing import TestApi, make_user

MANY = 20
ROLLOUTS = "/api/collections/rollouts/records"


def manifest(tag: str) -> dict[str, Any]:
    return {
        "spec": {
            "image": {"registry": "docker.io", "repository": "library/nginx", "tag": tag},
            "horizontalScale": {"minReplicas": 1, "maxReplicas": 1, "targetCPUUtilizationPercentage": 80},
            "resources": {"requests": {"cpu": "10m", "memory": "16Mi"}, "limits": {"cpu": "100m", "memory": "64Mi"}},
        }
    }


@pytest.fixture
def house(plugged: Callable[..., OneClick], redis_url: str) -> OneClick:
    return plugged(oneclick_kubernetes, ONECLICK_CLUSTER="none", REDIS_URL=redis_url)


@pytest.fixture
def ann(house: OneClick) -> Record:
    return make_user(house, "ann@example.com", username="ann")


@pytest.fixture
def api(house: OneClick, ann: Record) -> TestApi:
    return TestApi(house).acting(ann)


@pytest.fixture
def rollouts(api: TestApi, ann: Record) -> list[str]:
    """Three rollouts of one deployment; the last one runs."""

    def made(collection: str, **body: Any) -> str:
        answer = api.post(f"/api/collections/{collection}/records", {"user": ann.id, **body})
        assert answer.status_code == 200, answer.text
        return str(answer.get_json()["id"])

    project = made("projects", name="shop")
    deployment = made("deployments", name="web", project=project)
    return [
        made("rollouts", project=project, deployment=deployment, manifest=manifest(tag))
        for tag in ("1.26", "1.27", "1.28")
    ]


def reopen_at_once(api: TestApi, ann: Record, ids: list[str]) -> list[Any]:
    """Reopen each of ``ids`` in a thread of its own, all at the same moment; return the answers."""
    answers: list[Any] = []
    gate = threading.Barrier(len(ids))
    clients = [api.acting(ann) for _ in ids]

    def reopen(client: TestApi, rollout: str) -> None:
        gate.wait(60)
        answers.append(client.patch(f"{ROLLOUTS}/{rollout}", {"endDate": None}))

    threads = [threading.Thread(target=reopen, args=pair) for pair in zip(clients, ids, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert len(answers) == len(ids)
    return answers


def running(api: TestApi) -> list[str]:
    found = api.get(ROLLOUTS, query_string={"filter": "endDate = ''"}).get_json()["items"]
    return [rollout["id"] for rollout in found]


def history(api: TestApi) -> list[dict[str, Any]]:
    """Return the runs, the earliest first, once they follow on each other without a gap and the last one is open."""
    query = {"sort": "start,@rowid", "perPage": "100"}
    runs: list[dict[str, Any]] = api.get("/api/collections/rolloutRuns/records", query_string=query).get_json()["items"]
    assert [run["end"] for run in runs].count("") == 1
    assert runs[-1]["end"] == ""
    for run, following in pairwise(runs):
        assert run["end"] == following["start"]
        assert run["rollout"] != following["rollout"]
    return runs


def test_many_reopen_the_same_rollout_at_once(api: TestApi, ann: Record, rollouts: list[str]) -> None:
    first, second, third = rollouts
    answers = reopen_at_once(api, ann, [first] * MANY)
    assert {answer.status_code for answer in answers} == {200}, [answer.text for answer in answers]
    assert {answer.get_json()["endDate"] for answer in answers} == {""}
    assert len({answer.get_json()["startDate"] for answer in answers}) == 1
    assert running(api) == [first]
    runs = history(api)
    assert [run["rollout"] for run in runs] == [first, second, third, first]
    assert [run["cause"] for run in runs] == ["person", "person", "person", "rollback"]


def test_many_reopen_different_rollouts_at_once(api: TestApi, ann: Record, rollouts: list[str]) -> None:
    answers = reopen_at_once(api, ann, [rollouts[number % 3] for number in range(MANY)])
    assert {answer.status_code for answer in answers} == {200}, [answer.text for answer in answers]
    assert len(running(api)) == 1
    assert history(api)[-1]["rollout"] == running(api)[0]


@pytest.mark.parametrize("wrong", ["tomorrow", "2026-13-45", " ", 0, False, {}, ["2026-01-31"]])
def test_an_end_that_is_no_moment_is_refused(api: TestApi, rollouts: list[str], wrong: Any) -> None:
    before = {one: api.get(f"{ROLLOUTS}/{one}").get_json() for one in rollouts}
    for rollout in (rollouts[0], rollouts[-1]):
        answer = api.patch(f"{ROLLOUTS}/{rollout}", {"endDate": wrong})
        assert answer.status_code == 400, answer.text
        assert answer.get_json()["data"]["endDate"]["code"] == "validation_invalid_date"
    assert {one: api.get(f"{ROLLOUTS}/{one}").get_json() for one in rollouts} == before
    body = {name: before[rollouts[0]][name] for name in ("user", "project", "deployment")}
    answer = api.post(ROLLOUTS, {**body, "manifest": manifest("1.29"), "endDate": wrong})
    assert (answer.status_code, list(answer.get_json()["data"])) == (400, ["endDate"])
    assert running(api) == [rollouts[-1]]


def test_an_empty_end_still_means_run_again(api: TestApi, rollouts: list[str]) -> None:
    assert api.patch(f"{ROLLOUTS}/{rollouts[0]}", {"endDate": ""}).status_code == 200
    assert running(api) == [rollouts[0]]
    assert api.patch(f"{ROLLOUTS}/{rollouts[0]}", {"endDate": "2026-01-31"}).status_code == 200
    assert running(api) == []


@pytest.mark.parametrize("odd", ["x", 5, True, ["x"]])
def test_a_manifest_that_is_no_object_is_called_so(api: TestApi, rollouts: list[str], odd: Any) -> None:
    wanted = {"code": "validation_invalid_type", "message": "Must be an object."}
    answer = api.patch(f"{ROLLOUTS}/{rollouts[0]}", {"manifest": odd})
    assert (answer.status_code, answer.get_json()["data"]) == (400, {"manifest": wanted})
    one = api.get(f"{ROLLOUTS}/{rollouts[0]}").get_json()
    body = {name: one[name] for name in ("user", "project", "deployment")}
    answer = api.post(ROLLOUTS, {**body, "manifest": odd})
    assert (answer.status_code, answer.get_json()["data"]) == (400, {"manifest": wanted})


def test_how_many_pods_there_may_be(api: TestApi, rollouts: list[str]) -> None:
    one = api.get(f"{ROLLOUTS}/{rollouts[-1]}").get_json()
    body = {name: one[name] for name in ("user", "project", "deployment")}
    wanted = manifest("1.29")
    wanted["spec"]["horizontalScale"]["maxReplicas"] = 10**9
    answer = api.post(ROLLOUTS, {**body, "manifest": wanted})
    assert answer.status_code == 400
    leaf = answer.get_json()["data"]["manifest"]["spec"]["horizontalScale"]["maxReplicas"]
    assert leaf["message"] == "Must be no greater than 1000."
    assert running(api) == [rollouts[-1]]
    wanted["spec"]["horizontalScale"]["maxReplicas"] = 1000
    assert api.post(ROLLOUTS, {**body, "manifest": wanted}).status_code == 200
