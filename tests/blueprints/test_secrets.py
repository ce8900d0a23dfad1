"""What stands for a secret, sent where the server knows no such secret: refused by field, and nothing is written."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import pytest

import oneclick_blueprints
import oneclick_kubernetes
from oneclick.core import OneClick
from oneclick.records import Record
from oneclick.testing import TestApi, make_user

UNKNOWN = "oc-secret:0123456789abcdef"
MANIFEST: dict[str, Any] = {
    "spec": {
        "image": {"registry": "docker.io", "repository": "library/nginx", "tag": "1.27"},
        "horizontalScale": {"minReplicas": 1, "maxReplicas": 1, "targetCPUUtilizationPercentage": 80},
        "resources": {"requests": {"cpu": "10m", "memory": "16Mi"}, "limits": {"cpu": "100m", "memory": "64Mi"}},
        "secrets": [{"name": "PASSWORD", "value": "hunter2"}],
    }
}


def records(collection: str) -> str:
    return f"/api/collections/{collection}/records"


def placeholder(shown: dict[str, Any]) -> str:
    return str(shown["manifest"]["spec"]["secrets"][0]["value"])


def misplaced(value: str) -> dict[str, Any]:
    """Return a manifest with ``value`` where no secret can be."""
    manifest = deepcopy(MANIFEST)
    manifest["spec"]["env"] = [{"name": "A", "value": value}]
    return manifest


def placed(value: str) -> dict[str, Any]:
    """Return a manifest with ``value`` where secrets are."""
    manifest = deepcopy(MANIFEST)
    manifest["spec"]["secrets"][0]["value"] = value
    return manifest


def elsewhere(value: str) -> dict[str, Any]:
    """Return a manifest with ``value`` where another secret is."""
    manifest = deepcopy(MANIFEST)
    manifest["spec"]["image"] |= {"username": "ann", "password": value}
    return manifest


PLACES: list[tuple[Callable[[str], dict[str, Any]], list[str]]] = [
    (misplaced, ["spec", "env", "0", "value"]),
    (placed, ["spec", "secrets", "0", "value"]),
    (elsewhere, ["spec", "image", "password"]),
]


@dataclass
class World:
    """Placeholders of one secret in two deployments of a project, in another project's, and in two blueprints."""

    api: TestApi
    user: Record
    project: str
    ids: dict[str, str]
    placeholders: dict[str, str]

    def rollout(self, manifest: Any) -> dict[str, Any]:
        return {
            "user": self.user.id,
            "project": self.project,
            "deployment": self.ids["deployment"],
            "manifest": manifest,
        }

    def blueprint(self, manifest: Any) -> dict[str, Any]:
        return {"name": "nginx", "owner": self.user.id, "manifest": manifest}

    def everything(self) -> list[Any]:
        return [
            self.api.get(records(name)).get_json()["items"]
            for name in ("projects", "deployments", "rollouts", "blueprints")
        ]

    def refuses(self, method: str, path: str, body: dict[str, Any], *where: str) -> None:
        before = self.everything()
        answer = self.api.open(method, path, body)
        assert answer.status_code == 400, answer.text
        found = answer.get_json()["data"]
        for step in where:
            assert list(found) == [step], answer.text
            found = found[step]
        assert set(found) == {"code", "message"}
        assert "hunter2" not in answer.text
        assert self.everything() == before


def made(api: TestApi, collection: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = api.post(records(collection), body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


@pytest.fixture
def world(plugged: Callable[..., OneClick], redis_url: str) -> World:
    house = plugged(oneclick_kubernetes, oneclick_blueprints, ONECLICK_CLUSTER="none", REDIS_URL=redis_url)
    user = make_user(house, "ann@example.com", username="ann")
    api = TestApi(house).acting(user)
    ids: dict[str, str] = {}
    placeholders: dict[str, str] = {"unknown": UNKNOWN}
    first, second = (made(api, "projects", {"name": name, "user": user.id})["id"] for name in ("shop", "other"))
    for name, project in (("deployment", first), ("neighbour", first), ("stranger", second)):
        ids[name] = made(api, "deployments", {"name": name, "user": user.id, "project": project})["id"]
        body = {"user": user.id, "project": project, "deployment": ids[name], "manifest": MANIFEST}
        rollout = made(api, "rollouts", body)
        placeholders[name] = placeholder(rollout)
        ids[f"{name}'s rollout"] = rollout["id"]
    for name in ("blueprint", "other blueprint"):
        blueprint = made(api, "blueprints", {"name": "nginx", "owner": user.id, "manifest": MANIFEST})
        placeholders[name], ids[name] = placeholder(blueprint), blueprint["id"]
    return World(api, user, first, ids, placeholders)


def test_a_rollout_takes_placeholders_of_its_own_deployment_in_their_own_place_alone(world: World) -> None:
    own = world.ids["deployment's rollout"]
    for source, value in world.placeholders.items():
        for manifest, where in PLACES:
            if (source, manifest) == ("deployment", placed):
                continue
            world.refuses("POST", records("rollouts"), world.rollout(manifest(value)), "manifest", *where)
            world.refuses("PATCH", f"{records('rollouts')}/{own}", {"manifest": manifest(value)}, "manifest")
    right = made(world.api, "rollouts", world.rollout(placed(world.placeholders["deployment"])))
    assert placeholder(right) == world.placeholders["deployment"]


def test_a_blueprint_takes_its_own_placeholders_in_their_own_place_alone(world: World) -> None:
    own = f"{records('blueprints')}/{world.ids['blueprint']}"
    for source, value in world.placeholders.items():
        for manifest, where in PLACES:
            world.refuses("POST", records("blueprints"), world.blueprint(manifest(value)), "manifest", *where)
            if (source, manifest) != ("blueprint", placed):
                world.refuses("PATCH", own, {"manifest": manifest(value)}, "manifest", *where)
    kept = world.api.patch(own, {"manifest": placed(world.placeholders["blueprint"]), "description": "kept"})
    assert (kept.status_code, placeholder(kept.get_json())) == (200, world.placeholders["blueprint"])


@pytest.mark.parametrize(
    ("collection", "field"),
    [("projects", "description"), ("deployments", "name"), ("blueprints", "description")],
)
def test_no_text_takes_a_placeholder(world: World, collection: str, field: str) -> None:
    bodies = {
        "projects": {"name": "shop", "user": world.user.id},
        "deployments": {"name": "web", "user": world.user.id, "project": world.project},
        "blueprints": world.blueprint(MANIFEST),
    }
    stored = {"projects": world.project, "deployments": world.ids["deployment"]}
    path = f"{records(collection)}/{stored.get(collection, world.ids['blueprint'])}"
    for value in world.placeholders.values():
        world.refuses("POST", records(collection), {**bodies[collection], field: value}, field)
        world.refuses("PATCH", path, {field: value}, field)
