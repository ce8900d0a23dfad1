from __future__ import annotations

from typing import Any

import pytest

from oneclick.auth.passwords import verify_password
from oneclick.errors import BadRequest
from oneclick.records import RequestInfo, create_record, list_page, update_record, view_record
from tests.records.conftest import App
from tests.records.test_api import outcome

PASSWORDS = {"password": "1234567890", "passwordConfirm": "1234567890"}


def codes(result: Any) -> dict[str, str]:
    return {name: leaf["code"].removeprefix("validation_") for name, leaf in result[2].items()}


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, {"password": "required", "passwordConfirm": "required"}),
        (PASSWORDS | {"email": "x@example.com", "verified": True}, {"verified": "values_mismatch"}),
        ({"password": "123", "passwordConfirm": "123", "email": "x@example.com"}, {"password": "min_text_constraint"}),
        (PASSWORDS, {"email": "required"}),
        (PASSWORDS | {"passwordConfirm": "other", "email": "bad"}, {"passwordConfirm": "values_mismatch"}),
        (PASSWORDS | {"email": "a@b"}, {"email": "is_email"}),
        (PASSWORDS | {"email": "ann@example.com"}, {"email": "not_unique"}),
        (PASSWORDS | {"email": "x@example.com", "username": "ann"}, {"username": "not_unique"}),
    ],
)
def test_signing_up_wrongly(app: App, body: dict[str, Any], errors: dict[str, str]) -> None:
    app.user("ann")
    users = app.collections.require("users")
    result = outcome(create_record, app.records, users, RequestInfo(body=body))
    assert result[:2] == (400, "Failed to create record.")
    assert codes(result) == errors


def test_signing_up(app: App) -> None:
    users = app.collections.require("users")
    answer = create_record(app.records, users, RequestInfo(body=PASSWORDS | {"email": "x@example.com"}))
    assert not {"email", "password", "tokenKey"} & answer.keys()
    assert answer["username"].startswith("users")
    record = app.records.find("users", answer["id"])
    assert record is not None
    assert verify_password(record["password"].hash, "1234567890")
    assert len(record["tokenKey"]) == 50
    assert "1234567890" not in repr(record["password"])


def test_a_generated_username_is_free(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    from oneclick.fields import TextField

    names = iter(["ann", "ann", "eve"])
    generated = TextField.generated

    def generate(field: TextField) -> str:
        return next(names) if field.name == "username" else generated(field)

    app.user("ann")
    monkeypatch.setattr(TextField, "generated", generate)
    assert app.user("x", username="")["username"] == "eve"


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({"email": "y@example.com"}, {"email": "values_mismatch"}),
        ({"verified": True}, {"verified": "values_mismatch"}),
        ({"password": "12345678901"}, {"oldPassword": "required", "passwordConfirm": "required"}),
        (
            {"password": "12345678901", "passwordConfirm": "12345678901", "oldPassword": "zz"},
            {"oldPassword": "invalid_old_password"},
        ),
        ({"password": ""}, {"password": "required"}),
        (
            {"passwordConfirm": "aaa"},
            {"oldPassword": "required", "password": "required", "passwordConfirm": "values_mismatch"},
        ),
        ({"oldPassword": "aaa"}, {"password": "required", "passwordConfirm": "required"}),
    ],
)
def test_what_users_may_not_change_of_themselves(app: App, body: dict[str, Any], errors: dict[str, str]) -> None:
    ann = app.user("ann")
    result = outcome(update_record, app.records, ann.collection, ann.id, RequestInfo(auth=ann, body=body))
    assert result[:2] == (400, "Failed to update record.")
    assert codes(result) == errors


def test_a_new_password_ends_all_tokens_and_sessions(app: App) -> None:
    ann = app.user("ann")
    key = ann["tokenKey"]
    tied = {"collectionRef": ann.collection.id, "recordRef": ann.id}
    app.records.save(app.records.new("_authOrigins", tied | {"fingerprint": "f"}))
    app.records.save(app.records.new("_mfas", tied | {"method": "password"}))
    app.records.save(app.records.new("_otps", tied | {"password": "12345678"}))
    body = {"password": "new password", "passwordConfirm": "new password", "oldPassword": "1234567890"}
    update_record(app.records, ann.collection, ann.id, RequestInfo(auth=ann, body=body))
    changed = app.records.find("users", ann.id)
    assert changed is not None
    assert changed["tokenKey"] != key
    assert verify_password(changed["password"].hash, "new password")
    assert [app.records.count(name) for name in ("_authOrigins", "_mfas", "_otps")] == [0, 0, 0]


def test_superusers_need_no_old_password_and_may_change_the_email(app: App, superuser: RequestInfo) -> None:
    ann = app.user("ann")
    body = {"password": "new password", "passwordConfirm": "new password", "email": "z@example.com", "verified": True}
    answer = update_record(app.records, ann.collection, ann.id, superuser.with_body(body))
    assert (answer["email"], answer["verified"]) == ("z@example.com", True)


def test_managers_are_as_free(app: App) -> None:
    boss, ann = app.user("boss"), app.user("ann")
    users = app.collections.update(
        app.collections.require("users"),
        {"manageRule": "@request.auth.username = 'boss'", "updateRule": "@request.auth.id != ''", "listRule": ""},
    )
    body = {"password": "new password", "passwordConfirm": "new password", "email": "z@example.com"}
    request = RequestInfo(auth=boss, body=body)
    assert update_record(app.records, users, ann.id, request)["email"] == "z@example.com"
    assert outcome(update_record, app.records, users, boss.id, RequestInfo(auth=ann, body=body))[0] == 400
    emails = [item.get("email") for item in list_page(app.records, users, RequestInfo(auth=boss))["items"]]
    assert emails == ["boss@example.com", "z@example.com"]


def test_who_sees_an_email(app: App, superuser: RequestInfo) -> None:
    ann, bob, eve = app.user("ann"), app.user("bob", emailVisibility=True), app.user("eve")
    users = app.collections.update(app.collections.require("users"), {"listRule": "", "viewRule": ""})

    def seen(request: RequestInfo) -> list[str]:
        return [item["username"] for item in list_page(app.records, users, request)["items"] if "email" in item]

    assert seen(RequestInfo()) == ["bob"]
    assert seen(RequestInfo(auth=ann)) == ["ann", "bob"]
    assert seen(superuser) == ["ann", "bob", "eve"]
    found = RequestInfo(query={"filter": "email ~ 'example'"}, auth=bob)
    assert [item["username"] for item in list_page(app.records, users, found)["items"]] == ["bob"]
    assert "email" not in view_record(app.records, users, eve.id, RequestInfo())


def test_ids_are_unique_among_all_who_sign_in(app: App) -> None:
    ann = app.user("ann")
    data = {"email": "r@example.com", "password": "1234567890", "id": ann.id}
    with pytest.raises(BadRequest) as caught:
        app.records.save(app.records.new("_superusers", data))
    assert caught.value.data["id"]["code"] == "validation_invalid_auth_id"


def test_superusers(app: App, superuser: RequestInfo) -> None:
    record = superuser.auth
    assert record is not None
    assert record["verified"] is True
    with pytest.raises(BadRequest, match="only existing superuser"):
        app.records.delete(record)
    other = app.records.new("_superusers", {"email": "two@example.com", "password": "1234567890"})
    app.records.save(other)
    app.records.delete(record)
    assert app.records.count("_superusers") == 1


def test_deleting_a_user_takes_what_hangs_on_it(app: App) -> None:
    ann, bob = app.user("ann"), app.user("bob")
    for user in (ann, bob):
        tied = {"collectionRef": user.collection.id, "recordRef": user.id}
        app.records.save(app.records.new("_externalAuths", tied | {"provider": "x", "providerId": user.id}))
    app.records.delete(ann)
    assert [record["recordRef"] for record in app.records.list("_externalAuths")] == [bob.id]
