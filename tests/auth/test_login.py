"""Signing in, refreshing, the socket cookie, the installer (contract §2, §10)."""

from __future__ import annotations

import bcrypt
import pytest
import sqlalchemy as sa

from oneclick.auth import passwords, tokens
from oneclick.auth.installer import INSTALLER_EMAIL, installer_link
from oneclick.core import OneClick
from oneclick.fields.password import Password
from oneclick.records import Record
from oneclick.testing import PASSWORD, FrozenClock, TestApi, make_user

USERS = "/api/collections/users"
ROOTS = "/api/collections/_superusers"


@pytest.mark.parametrize("identity", ["ann@example.com", "ann"])
def test_password_by_email_and_username(api: TestApi, user: Record, identity: str) -> None:
    answer = api.post(f"{USERS}/auth-with-password", {"identity": identity, "password": PASSWORD})
    assert answer.status_code == 200
    body = answer.get_json()
    assert set(body) == {"token", "record"}
    assert body["record"]["email"] == "ann@example.com"
    claims = tokens.read(body["token"])
    assert claims["type"] == "auth"
    assert claims["collectionId"] == "_pb_users_auth_"
    assert claims["refreshable"] is True
    assert set(claims) == {"id", "type", "collectionId", "refreshable", "exp"}


def test_wrong_identity_or_password_is_one_400(api: TestApi, user: Record) -> None:
    for identity, password in (("ann", "wrong password"), ("nobody", PASSWORD), ("Ann", PASSWORD)):
        answer = api.post(f"{USERS}/auth-with-password", {"identity": identity, "password": password})
        expected = {"data": {}, "message": "Failed to authenticate.", "status": 400}
        assert (answer.status_code, answer.get_json()) == (400, expected)


def test_bad_input_names_the_field(api: TestApi, user: Record) -> None:
    answer = api.post(f"{USERS}/auth-with-password", {"identity": "", "password": "x" * 256, "identityField": "name"})
    codes = {name: leaf["code"] for name, leaf in answer.get_json()["data"].items()}
    assert codes == {
        "identity": "validation_required",
        "password": "validation_length_out_of_range",
        "identityField": "validation_in_invalid",
    }


def test_a_token_works_raw_and_as_bearer(api: TestApi, user: Record) -> None:
    token = tokens.issue(user)
    for header in (token, f"Bearer {token}", f"bearer {token}"):
        items = api.get(f"{USERS}/records", headers={"Authorization": header}).get_json()["items"]
        assert [item["id"] for item in items] == [user.id]


def test_a_token_that_is_not_valid_is_a_guest_s(one_click: OneClick, api: TestApi, user: Record) -> None:
    good = tokens.issue(user)
    bad = {
        "junk": "junk",
        "expired": tokens.issue(user, duration=-1),
        "another kind": tokens.issue(user, tokens.FILE),
        "socket": tokens.issue(user, tokens.SOCKET, 60),
        "signature": good[:-4] + ("AAAA" if not good.endswith("AAAA") else "BBBB"),
        "none": good.rpartition(".")[0] + ".",
    }
    for token in bad.values():
        answer = api.get(f"{USERS}/records", headers={"Authorization": token})
        assert (answer.status_code, answer.get_json()["items"]) == (200, [])
        assert api.post(f"{USERS}/auth-refresh", headers={"Authorization": token}).status_code == 401


def test_refresh_gives_a_new_token_to_refreshable_ones_alone(api: TestApi, user: Record, superuser: Record) -> None:
    assert api.acting(user).post(f"{USERS}/auth-refresh").status_code == 200
    static = tokens.issue(user, refreshable=False)
    answer = api.post(f"{USERS}/auth-refresh", headers={"Authorization": static})
    assert answer.get_json()["token"] == static
    assert "Set-Cookie" not in answer.headers
    foreign = api.acting(user).post(f"{ROOTS}/auth-refresh")
    assert foreign.status_code == 403
    assert foreign.get_json()["message"] == "The request requires auth record from users collection."


def test_a_new_password_ends_all_tokens(one_click: OneClick, api: TestApi, user: Record) -> None:
    mine = api.acting(user)
    body = {"password": "another password", "passwordConfirm": "another password", "oldPassword": PASSWORD}
    assert mine.patch(f"{USERS}/records/{user.id}", body).status_code == 200
    assert mine.post(f"{USERS}/auth-refresh").status_code == 401
    again = api.post(f"{USERS}/auth-with-password", {"identity": "ann", "password": "another password"})
    assert again.status_code == 200


def test_an_old_hash_is_accepted_and_replaced(one_click: OneClick, api: TestApi, user: Record) -> None:
    hashed = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
    table = user.collection.table
    with one_click.database.transaction() as transaction:
        transaction.connection.execute(sa.update(table).where(table.c.id == user.id).values(password=hashed))
    for _ in range(2):
        assert api.post(f"{USERS}/auth-with-password", {"identity": "ann", "password": PASSWORD}).status_code == 200
    stored = one_click.records.find("users", user.id)
    assert stored is not None
    assert isinstance(stored["password"], Password)
    assert stored["password"].hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert stored["tokenKey"] == user["tokenKey"]


def test_malformed_hashes_are_no_passwords() -> None:
    for hashed in ("", "x", "$2a$10$short", "$argon2id$nonsense"):
        assert not passwords.verify_password(hashed, "x")


def test_auth_rule_and_disabled_passwords(one_click: OneClick, api: TestApi, user: Record) -> None:
    users = one_click.collections.require("users")
    one_click.collections.update(users, {"authRule": "verified = true"})
    answer = api.post(f"{USERS}/auth-with-password", {"identity": "ann", "password": PASSWORD})
    assert answer.status_code == 403
    assert answer.get_json()["message"] == "The request doesn't satisfy the collection requirements to authenticate."
    users = one_click.collections.require("users")
    one_click.collections.update(users, {"passwordAuth": {"enabled": False}})
    answer = api.post(f"{USERS}/auth-with-password", {"identity": "ann", "password": PASSWORD})
    assert answer.get_json()["message"] == "The collection is not configured to allow password authentication."
    assert api.get(f"{USERS}/auth-methods").get_json()["password"] == {"enabled": False, "identityFields": []}


def test_auth_methods_without_providers(api: TestApi) -> None:
    assert api.get(f"{USERS}/auth-methods").get_json() == {
        "password": {"enabled": True, "identityFields": ["email", "username"]},
        "oauth2": {"enabled": False, "providers": []},
        "mfa": {"enabled": False, "duration": 0},
        "otp": {"enabled": False, "duration": 0},
        "authProviders": [],
        "usernamePassword": True,
        "emailPassword": True,
    }


# The socket cookie


def test_the_cookie_is_for_users_and_sockets_alone(api: TestApi, user: Record, superuser: Record) -> None:
    answer = api.post(f"{USERS}/auth-with-password", {"identity": "ann", "password": PASSWORD})
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("oneclick_session=")
    for part in ("HttpOnly", "SameSite=Strict", "Path=/ws", "Max-Age=3600"):
        assert part in cookie
    assert "Secure" not in cookie
    root = api.post(f"{ROOTS}/auth-with-password", {"identity": "root@example.com", "password": PASSWORD})
    assert root.status_code == 200
    assert "Set-Cookie" not in root.headers
    token = cookie.partition("=")[2].partition(";")[0]
    assert api.post(f"{USERS}/auth-refresh", headers={"Cookie": f"oneclick_session={token}"}).status_code == 401
    assert api.post(f"{USERS}/auth-refresh", headers={"Authorization": token}).status_code == 401


def test_the_cookie_is_renewed_and_cleared(api: TestApi, user: Record) -> None:
    mine = api.acting(user)
    assert "oneclick_session=ey" in mine.post(f"{USERS}/auth-refresh").headers["Set-Cookie"]
    over_tls = mine.post(f"{USERS}/auth-refresh", base_url="https://one.example").headers["Set-Cookie"]
    assert "Secure" in over_tls
    ended = mine.post("/api/session/end")
    assert ended.status_code == 204
    assert "oneclick_session=;" in ended.headers["Set-Cookie"]
    assert "Max-Age=0" in ended.headers["Set-Cookie"]


# The installer


def test_the_installer_s_link_works_once(one_click: OneClick, api: TestApi) -> None:
    link = installer_link(one_click, "http://127.0.0.1:8090/")
    assert link is not None
    base, _, token = link.rpartition("/")
    assert base == "http://127.0.0.1:8090/_/#/pbinstall"
    installing = TestApi(one_click, api.web, token)
    # The token makes a superuser and does nothing else.
    assert installing.get("/api/collections").status_code == 401
    assert installing.get("/api/settings").status_code == 401
    body = {"email": "root@example.com", "password": PASSWORD, "passwordConfirm": PASSWORD}
    assert installing.post(f"{ROOTS}/records", body).status_code == 200
    again = installing.post(f"{ROOTS}/records", body | {"email": "second@example.com"})
    assert again.status_code == 403
    assert installer_link(one_click, "http://127.0.0.1:8090") is None
    emails = [record["email"] for record in one_click.records.list("_superusers")]
    assert emails == ["root@example.com"]
    assert INSTALLER_EMAIL not in emails


def test_the_installer_s_link_ends_after_half_an_hour(
    one_click: OneClick, api: TestApi, frozen_clock: FrozenClock
) -> None:
    link = installer_link(one_click, "http://x")
    assert link is not None
    frozen_clock.forward(minutes=31)
    late = TestApi(one_click, api.web, link.rpartition("/")[2])
    body = {"email": "root@example.com", "password": PASSWORD, "passwordConfirm": PASSWORD}
    assert late.post(f"{ROOTS}/records", body).status_code == 403


def test_sign_up_is_a_setting(one_click: OneClick, api: TestApi) -> None:
    body = {"email": "new@example.com", "password": PASSWORD, "passwordConfirm": PASSWORD}
    assert api.post(f"{USERS}/records", body).status_code == 403
    assert api.get("/api/ui").get_json()["signup"] is False
    made = make_user(one_click, "made@example.com")
    assert made["username"].startswith("users")
