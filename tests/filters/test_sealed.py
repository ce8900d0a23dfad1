"""The secrets of JSON fields are no client's to search or to sort by."""

import pytest

from oneclick.filters import FilterError
from oneclick.filters.sealed import touches_secret
from tests.filters.kit import World, collection

PATHS = ["spec.secrets[].value", "spec.image.password"]
MANIFEST = {
    "kind": "Rollout",
    "spec": {"secrets": [{"name": "S", "value": "oc-sealed:k:x"}], "image": {"tag": "1.27", "password": "oc-sealed:k"}},
}


@pytest.fixture(scope="module")
def world(engine):
    world = World(
        engine,
        collection("rollouts", manifest={"type": "json", "secretPaths": PATHS}, deployment={"to": "deployments"},
                   plain="json"),
        collection("deployments", rollout={"to": "rollouts"}, many={"to": "rollouts", "maxSelect": 5}),
    )  # fmt: skip
    world.add("rollouts", id="r", manifest=MANIFEST, deployment="d", plain=MANIFEST)
    world.add("deployments", id="d", rollout="r", many=["r"])
    return world


@pytest.mark.parametrize("see_hidden", [False, True])
@pytest.mark.parametrize(
    "name",
    [
        "manifest",
        "manifest:lower",
        "manifest:length",
        "manifest:each",
        "manifest:changed",
        "manifest.spec",
        "manifest.spec:lower",
        "manifest.spec.secrets",
        "manifest.spec.secrets:length",
        "manifest.spec.secrets:each",
        "manifest.spec.secrets.0",
        "manifest.spec.secrets.0.value",
        "manifest.spec.secrets.0.value:lower",
        "manifest.spec.secrets.0.value:changed",
        "manifest.spec.secrets.0.value.deeper",
        "manifest.spec.secrets.odd.value",
        "manifest.spec.secrets.0.0.value",
        "manifest.spec.image",
        "manifest.spec.image.password",
        "manifest.0.spec.image.password",
        "manifest.0",
    ],
)
def test_clients_cannot_probe_secrets(world, name, see_hidden):
    for start, path in (
        ("rollouts", name),
        ("deployments", f"rollout.{name}"),
        ("deployments", f"many.{name}"),
        ("deployments", f"rollouts_via_deployment.{name}"),
    ):
        with pytest.raises(FilterError):
            world.find(start, f"{path} ~ 'oc-sealed%'", client=True, see_hidden=see_hidden)
        with pytest.raises(FilterError):
            world.find(start, f"id = 'x' || 'x' ?= {path}", client=True, see_hidden=see_hidden)
        with pytest.raises(FilterError):
            world.find(start, sort=f"-{path}", client=True, see_hidden=see_hidden)


def test_superusers_cannot_probe_them_through_other_collections(world):
    with pytest.raises(FilterError, match="secrets of 'manifest'"):
        world.find("deployments", "@collection.rollouts.manifest.spec.image.password ?~ 'oc'", client=True)


@pytest.mark.parametrize("see_hidden", [False, True])
@pytest.mark.parametrize(
    "filter",
    [
        "manifest.spec.image.tag = '1.27'",
        "manifest.spec.image.tag:lower = '1.27'",
        "manifest.kind = 'Rollout'",
        "manifest.spec.secrets.0.name = 'S'",
        "plain ~ 'oc-sealed' && plain.spec.image.password ~ 'oc-sealed'",
        "deployment.rollout.manifest.spec.image.tag = '1.27'",
    ],
)
def test_what_lies_apart_can_be_searched(world, filter, see_hidden):
    assert world.find("rollouts", filter, client=True, see_hidden=see_hidden) == ["r"]
    assert world.find("rollouts", sort=filter.split(" ")[0], client=True, see_hidden=see_hidden) == ["r"]


def test_rules_may_read_them(world):
    assert world.find("rollouts", "manifest.spec.secrets.0.value ~ 'oc-sealed%'") == ["r"]
    rules = world.collections["rollouts"].rules
    rules["list"] = "manifest.spec.image.password ~ 'oc-sealed%'"
    try:
        found = world.find("deployments", "rollout.manifest.kind = 'Rollout'", client=True, see_hidden=False)
        assert found == ["d"]
    finally:
        rules.clear()


def test_nothing_is_secret_without_secret_paths():
    assert not touches_secret([], ())
    assert touches_secret([], ["a"])
    assert touches_secret(["list"], ["list[]"])
    assert touches_secret(["list", 0], ["list[]"])
    assert not touches_secret(["lists"], ["list[]"])
