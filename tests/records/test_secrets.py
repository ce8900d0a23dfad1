from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from oneclick.db import Database, Params
from oneclick.errors import ConfigError
from oneclick.records import (
    RequestInfo,
    SecretKey,
    Secrets,
    create_record,
    list_page,
    load_secrets,
    update_record,
    view_record,
)
from oneclick.records.secrets import SecretError, is_placeholder
from tests.records.conftest import App
from tests.records.test_api import outcome

PATHS = ["spec.secrets[].value", "spec.image.password"]


def manifest(*values: str, password: str = "") -> dict[str, Any]:
    secrets = [{"name": f"S{number}", "value": value} for number, value in enumerate(values)]
    return {"kind": "Rollout", "spec": {"image": {"password": password}, "secrets": secrets, "args": ["plain"]}}


def values(data: Any) -> list[str]:
    return [item["value"] for item in data["spec"]["secrets"]]


@pytest.fixture
def rollouts(app: App, notes: Any) -> Any:
    return app.collections.create(
        {
            "name": "rollouts",
            "fields": [
                {"type": "relation", "name": "deployment", "collectionId": notes.id},
                {"type": "json", "name": "manifest", "secretPaths": PATHS, "secretOwner": "deployment"},
            ],
            **{f"{action}Rule": "" for action in ("list", "view", "create", "update", "delete")},
        }
    )


@pytest.fixture
def deployment(app: App, notes: Any) -> str:
    return app.records.save(app.records.new("notes", {"title": "d"})).id


def roll(app: App, deployment: str, given: Any) -> Any:
    body = {"deployment": deployment, "manifest": given}
    return outcome(create_record, app.records, app.collections.require("rollouts"), RequestInfo(body=body))


def opened(app: App, record_id: str) -> Any:
    record = app.records.find("rollouts", record_id)
    assert record is not None
    return app.secrets.open(record, "manifest")


def test_nothing_but_sealed_values_is_stored(app: App, rollouts: Any, deployment: str) -> None:
    data = roll(app, deployment, manifest("hunter2", "", password="swordfish"))
    with app.database.connection() as connection:
        text = connection.execute(sa.select(rollouts.table.c.manifest)).scalar_one()
    assert "hunter2" not in text
    assert "swordfish" not in text
    assert json.loads(text)["spec"]["args"] == ["plain"]
    assert values(json.loads(text))[1] == ""
    assert opened(app, data["id"]) == manifest("hunter2", "", password="swordfish")


def test_every_answer_has_placeholders(app: App, rollouts: Any, deployment: str, superuser: RequestInfo) -> None:
    created = roll(app, deployment, manifest("hunter2"))
    record = app.records.find("rollouts", created["id"])
    assert record is not None
    assert "hunter2" not in repr(record) + str(record["manifest"])
    answers = [
        created,
        view_record(app.records, rollouts, created["id"], superuser),
        list_page(app.records, rollouts, superuser)["items"][0],
        update_record(app.records, rollouts, created["id"], RequestInfo(body={"deployment": deployment})),
    ]
    for answer in answers:
        assert is_placeholder(values(answer["manifest"])[0])
        assert answer["manifest"]["spec"]["image"]["password"] == ""
    assert len({values(answer["manifest"])[0] for answer in answers}) == 1


def test_placeholders_are_resolved_whatever_their_place_in_the_list(app: App, rollouts: Any, deployment: str) -> None:
    first = roll(app, deployment, manifest("a", "b", password="c"))["manifest"]
    first["spec"]["secrets"].reverse()
    first["spec"]["secrets"].append({"name": "S3", "value": "new"})
    second = roll(app, deployment, first)
    assert values(opened(app, second["id"])) == ["b", "a", "new"]
    assert opened(app, second["id"])["spec"]["image"]["password"] == "c"
    # A value of an older rollout is found too.
    third = roll(app, deployment, manifest("x"))
    assert "manifest" in third
    again = roll(app, deployment, manifest(values(first)[0]))
    assert values(opened(app, again["id"])) == ["b"]


def test_what_nobody_knows_is_named(app: App, rollouts: Any, deployment: str, notes: Any) -> None:
    known = values(roll(app, deployment, manifest("a"))["manifest"])[0]
    other = app.records.save(app.records.new("notes", {"title": "other"})).id
    path = {"spec": {"secrets": {"1": {"value": {"code": "validation_unknown_secret"}}}}}
    for owner, given in ((deployment, "oc-secret:0123456789abcdef"), (other, known), (deployment, "oc-sealed:x:y")):
        status, message, data = roll(app, owner, manifest("plain", given))
        assert (status, message) == (400, "Failed to create record.")
        del data["manifest"]["spec"]["secrets"]["1"]["value"]["message"]
        assert data["manifest"] == path
    # A placeholder counts at its own path alone.
    status, _, data = roll(app, deployment, manifest(password=known))
    assert (status, list(data["manifest"]["spec"])) == (400, ["image"])


@pytest.mark.parametrize("given", ["oc-secret:0123456789abcdef", "oc-sealed:abcd:AAAA"])
def test_what_stands_for_a_secret_is_refused_where_none_can_be(
    app: App, rollouts: Any, deployment: str, given: str
) -> None:
    data = manifest("a")
    data["spec"]["args"] = ["plain", f"no {given}", given, {"deep": [given]}]
    status, _, errors = roll(app, deployment, data)
    assert (status, list(errors["manifest"]["spec"])) == (400, ["args"])
    found = errors["manifest"]["spec"]["args"]
    assert set(found) == {"2", "3"}
    assert found["2"]["code"] == found["3"]["deep"]["0"]["code"] == "validation_misplaced_secret"
    assert app.records.count("rollouts") == 0
    many = manifest("a") | {"more": [given] * 1000}
    assert len(roll(app, deployment, many)[2]["manifest"]["more"]) == 100


def test_a_sealed_value_of_another_record_is_no_way_in(app: App, rollouts: Any, deployment: str) -> None:
    data = roll(app, deployment, manifest("a"))
    record = app.records.find("rollouts", data["id"])
    assert record is not None
    sealed = values(record["manifest"])[0]
    assert roll(app, deployment, manifest(sealed))[0] == 400
    body = RequestInfo(body={"manifest": manifest("b", sealed)})
    assert outcome(update_record, app.records, rollouts, data["id"], body)[0] == 400
    # Code of the house may copy it.
    copy = app.records.new("rollouts", {"deployment": deployment, "manifest": record["manifest"]})
    assert values(opened(app, app.records.save(copy).id)) == ["a"]


def test_the_same_values_sent_again_change_nothing(app: App, rollouts: Any, deployment: str) -> None:
    data = roll(app, deployment, manifest("a"))
    changed: list[bool] = []
    app.plug(on_record_update=lambda event: changed.append(event.record.changed("manifest")))
    for given in (data["manifest"], manifest("a"), manifest("b")):
        update_record(app.records, rollouts, data["id"], RequestInfo(body={"manifest": given}))
    assert changed == [False, False, True]


def test_plugins_see_sealed_values_and_can_open_and_resolve(app: App, rollouts: Any, deployment: str) -> None:
    seen: list[Any] = []

    def look(event: Any) -> None:
        seen.append((str(event.record["manifest"]), app.secrets.open(event.record, "manifest")))

    app.plug("look", on_record_create_request=look)
    roll(app, deployment, manifest("hunter2"))
    assert "hunter2" not in seen[0][0]
    assert values(seen[0][1]) == ["hunter2"]

    blueprint = app.secrets.seal_all(manifest("from the blueprint"), PATHS)
    shown = app.secrets.mask(blueprint, PATHS, "blueprint")

    def fill(event: Any) -> None:
        resolved = app.secrets.resolve(event.record["manifest"], PATHS, "blueprint", [blueprint])
        event.record["manifest"] = resolved

    app.plug("fill", on_record_create=fill)
    data = roll(app, deployment, shown)
    assert values(opened(app, data["id"])) == ["from the blueprint"]
    # The answer speaks of the deployment, not of the blueprint.
    assert values(data["manifest"]) != values(shown)


def test_a_record_may_own_its_secrets_itself(app: App) -> None:
    blueprints = app.collections.create(
        {
            "name": "blueprints",
            "fields": [{"type": "json", "name": "manifest", "secretPaths": PATHS}],
            **{f"{action}Rule": "" for action in ("create", "update")},
        }
    )
    data = create_record(app.records, blueprints, RequestInfo(body={"manifest": manifest("a")}))
    other = create_record(app.records, blueprints, RequestInfo(body={"manifest": manifest("a")}))
    assert values(data["manifest"]) != values(other["manifest"])
    changed = manifest(values(data["manifest"])[0], "b")
    update_record(app.records, blueprints, data["id"], RequestInfo(body={"manifest": changed}))
    record = app.records.find("blueprints", data["id"])
    assert values(app.secrets.open(record, "manifest")) == ["a", "b"]  # type: ignore[arg-type]
    assert outcome(create_record, app.records, blueprints, RequestInfo(body={"manifest": changed}))[0] == 400


def test_secrets_that_are_no_texts_are_sealed_as_well() -> None:
    secrets = Secrets(SecretKey(b"k" * 20))
    sealed = secrets.seal_all({"spec": {"secrets": [{"value": 5}, {"value": {"x": 1}}, "odd", {"value": None}]}}, PATHS)
    assert "5" not in str(sealed["spec"]["secrets"][0]["value"])[:10]
    assert [secrets.unseal(item["value"]) for item in sealed["spec"]["secrets"][:2]] == [5, {"x": 1}]
    assert sealed["spec"]["secrets"][2:] == ["odd", {"value": None}]


def test_keys_rotate_and_others_cannot_open() -> None:
    old, new = SecretKey(b"old key"), SecretKey(b"new key")
    sealed = Secrets(old).seal("x")
    assert Secrets(new, old).unseal(sealed) == "x"
    with pytest.raises(SecretError, match="which this process does not have"):
        Secrets(new).unseal(sealed)
    with pytest.raises(SecretError, match="altered"):
        Secrets(old).unseal(sealed[:-6] + "AAAAA=")


def test_where_the_key_comes_from(database: Database, tmp_path: Path) -> None:
    if database.dialect == "postgresql":
        with pytest.raises(ConfigError, match="must be set"):
            load_secrets(database, tmp_path)
        sealed = load_secrets(database, tmp_path, "a long enough key").seal("x")
        assert load_secrets(database, tmp_path / "other", "a long enough key").unseal(sealed) == "x"
    else:
        sealed = load_secrets(database, tmp_path).seal("x")
        assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600
        assert load_secrets(database, tmp_path).unseal(sealed) == "x"
    with pytest.raises(ConfigError, match="another key"):
        load_secrets(database, tmp_path, "another long enough key")
    with pytest.raises(ConfigError, match="at least 16"):
        load_secrets(database, tmp_path, "short")
    assert "x" not in str(Params(database).get("secretKeyCheck")["value"])
