"""JSON whose shape would keep secrets from being found is refused before anything is stored."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from oneclick.errors import ValidationError
from oneclick.records import RequestInfo, create_record, list_page, update_record
from oneclick.records.shapes import misshapen
from tests.records.conftest import App
from tests.records.test_api import outcome

PATHS = ["spec.secrets[].value", "spec.image.password", "spec.cronjobs[].image.password"]
GOOD = {"spec": {"secrets": [{"name": "S", "value": "hunter2"}], "image": {"password": "swordfish"}}}


@pytest.fixture
def blueprints(app: App) -> Any:
    return app.collections.create(
        {
            "name": "blueprints",
            "fields": [{"type": "json", "name": "manifest", "secretPaths": PATHS}],
            **{f"{action}Rule": "" for action in ("list", "create", "update")},
        }
    )


def odd(message: str, *where: str) -> Any:
    code = "validation_invalid_secret_shape" if where else "validation_invalid_type"
    error: Any = {"code": code, "message": message}
    for step in reversed(where):
        error = {step: error}
    return error


OBJECT, LIST, TEXT = "Must be an object.", "Must be a list.", "Must be a text."
ODD = [
    ([GOOD], odd(OBJECT)),
    ("hunter2", odd(OBJECT)),
    ({"spec": [GOOD["spec"]]}, odd(OBJECT, "spec")),
    ({"spec": {"secrets": {"a": {"value": "hunter2"}}}}, odd(LIST, "spec", "secrets")),
    ({"spec": {"secrets": "hunter2"}}, odd(LIST, "spec", "secrets")),
    ({"spec": {"secrets": [[{"value": "hunter2"}]]}}, odd(OBJECT, "spec", "secrets", "0")),
    ({"spec": {"secrets": [{}, "hunter2"]}}, odd(OBJECT, "spec", "secrets", "1")),
    ({"spec": {"secrets": [{"value": ["hunter2"]}]}}, odd(TEXT, "spec", "secrets", "0", "value")),
    ({"spec": {"image": [{"password": "hunter2"}]}}, odd(OBJECT, "spec", "image")),
    ({"spec": {"image": {"password": {"a": "hunter2"}}}}, odd(TEXT, "spec", "image", "password")),
    ({"spec": {"cronjobs": [{"image": ["hunter2"]}]}}, odd(OBJECT, "spec", "cronjobs", "0", "image")),
]


@pytest.mark.parametrize(("given", "error"), ODD)
def test_odd_shapes_are_refused_at_their_place(app: App, blueprints: Any, given: Any, error: Any) -> None:
    body = RequestInfo(body={"manifest": given})
    assert outcome(create_record, app.records, blueprints, body) == (
        400,
        "Failed to create record.",
        {"manifest": error},
    )
    data = create_record(app.records, blueprints, RequestInfo(body={"manifest": GOOD}))
    status, message, found = outcome(update_record, app.records, blueprints, data["id"], body)
    assert (status, message, found) == (400, "Failed to update record.", {"manifest": error})
    with app.database.connection() as connection:
        stored = connection.execute(sa.select(blueprints.table.c.manifest)).scalars().all()
    assert len(stored) == 1
    assert "hunter2" not in stored[0] + str(list_page(app.records, blueprints, RequestInfo()))


def test_plugins_and_the_house_cannot_store_them_either(app: App, blueprints: Any) -> None:
    with pytest.raises(ValidationError):
        app.records.save(app.records.new("blueprints", {"manifest": [GOOD]}))

    def spoil(event: Any) -> None:
        event.record["manifest"] = [GOOD]

    app.plug("spoil", on_record_create=spoil)
    assert outcome(create_record, app.records, blueprints, RequestInfo(body={"manifest": GOOD}))[0] == 400
    assert app.records.count("blueprints") == 0


@pytest.mark.parametrize(
    "given",
    [
        None,
        {},
        [],
        "",
        {"other": [1]},
        {"spec": None},
        {"spec": {"secrets": None, "image": {}, "cronjobs": []}},
        {"spec": {"secrets": {}, "image": [], "cronjobs": ""}},
        {"spec": {"secrets": [None, {}, {"name": "x"}, {"value": ""}, {"value": None}, {"value": []}]}},
        {"spec": {"secrets": [{"value": 5}, {"value": True}, {"value": 0}, {"value": False}]}},
    ],
)
def test_what_is_missing_or_empty_or_a_number_is_fine(app: App, blueprints: Any, given: Any) -> None:
    data = create_record(app.records, blueprints, RequestInfo(body={"manifest": given}))
    record = app.records.find("blueprints", data["id"])
    assert record is not None
    assert app.secrets.open(record, "manifest") == given or given == ""


def test_the_first_error_of_a_place_stays() -> None:
    text, deeper = odd(TEXT, "a"), odd(TEXT, "a", "b")
    assert misshapen({"a": {"b": ["x"]}}, ["a", "a.b"]) == text
    assert misshapen({"a": {"b": ["x"]}}, ["a.b", "a"]) == deeper
