"""Signing in through a provider: whose account it is, and what it takes over (contract §2.6)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

import oneclick_auth_providers
from oneclick.core import OneClick
from oneclick.errors import BadRequest, Forbidden
from oneclick.testing import PASSWORD, TestApi, make_superuser, make_user
from oneclick_hooks import AuthWithOAuth2Event, hookimpl, on
from tests.auth_providers.conftest import LOGIN, Site, configuration
from tests.auth_providers.identity_server import CLIENT_ID, CLIENT_SECRET, IdentityServer

PROVIDERS = ("github", "gitlab", "google", "microsoft", "oidc")
MICROSOFT = {"tid": "9188040d-6c67-4c5b-b112-36a304b66dad", "oid": "00000000-0000-0000-0000-000000000007"}
USERS = "/api/collections/users"


@pytest.fixture(params=PROVIDERS)
def each(request: pytest.FixtureRequest, site: Site) -> Site:
    """A site with each provider in turn."""
    site.identity.person.claims = dict(MICROSOFT) if request.param == "microsoft" else {}
    assert site.set_up(request.param).status_code == 200
    return site


def test_the_first_login_makes_an_account_with_name_and_picture(each: Site) -> None:
    answer = each.log_in()
    assert answer.status_code == 200, answer.get_json()
    record, meta = answer.get_json()["record"], answer.get_json()["meta"]
    assert (record["name"], record["email"], record["verified"]) == ("Ada Lovelace", "ada@example.com", True)
    assert record["username"] == "ada"
    assert meta["isNew"] is True
    assert meta["email"] == "ada@example.com"
    assert meta["accessToken"] == "an access token"
    if each.provider != "microsoft":  # whose picture comes from an address that the test cannot serve
        assert record["avatar"].endswith(".png")
        picture = each.api.get(f"/api/files/users/{record['id']}/{record['avatar']}")
        assert picture.data.startswith(b"\x89PNG")
    owner = each.one_click.records.find("users", record["id"])
    refreshed = each.api.acting(owner).post(f"{USERS}/auth-refresh")
    assert refreshed.get_json()["record"]["id"] == record["id"]


def test_the_second_login_finds_the_same_account(each: Site) -> None:
    first, second = each.log_in().get_json(), each.log_in().get_json()
    assert second["record"]["id"] == first["record"]["id"]
    assert second["meta"]["isNew"] is False
    assert each.one_click.records.count("users") == 1
    assert each.one_click.records.count("_externalAuths") == 1


def test_a_verified_address_links_the_account_that_is_there(each: Site) -> None:
    there = make_user(each.one_click, "ADA@example.com", verified=True, name="Countess")
    record = each.log_in().get_json()["record"]
    assert (record["id"], record["name"]) == (there.id, "Countess")
    kept = each.api.post(f"{USERS}/auth-with-password", {"identity": "ADA@example.com", "password": PASSWORD})
    assert kept.status_code == 200


def test_an_address_that_the_provider_has_not_verified_links_nothing(each: Site) -> None:
    there = make_user(each.one_click, "ada@example.com", verified=True)
    each.identity.person.verified = False
    if each.provider == "microsoft":
        each.identity.person.claims = MICROSOFT | {"tid": "11111111-2222-3333-4444-555555555555"}
    answer = each.log_in()
    assert answer.status_code == 400
    assert "email" in answer.get_json()["data"] or answer.get_json()["data"] == {}
    assert each.one_click.records.count("_externalAuths") == 0
    assert each.one_click.records.count("users") == 1
    assert each.one_click.records.find("users", there.id) is not None


def test_who_made_an_account_for_an_address_that_is_not_theirs_is_put_out(site: Site) -> None:
    site.set_up("oidc")
    squatter = make_user(site.one_click, "ada@example.com", verified=False)
    links = {"collectionRef": squatter.collection.id, "recordRef": squatter.id}
    foreign = site.one_click.records.new("_externalAuths", links | {"provider": "github", "providerId": "666"})
    site.one_click.records.save(foreign)
    token = site.api.acting(squatter)
    record = site.log_in().get_json()["record"]
    assert (record["id"], record["verified"]) == (squatter.id, True)
    refused = site.api.post(f"{USERS}/auth-with-password", {"identity": "ada@example.com", "password": PASSWORD})
    assert refused.status_code == 400
    assert token.post(f"{USERS}/auth-refresh").status_code == 401
    assert [link["provider"] for link in site.one_click.records.list("_externalAuths")] == ["oidc"]


def test_a_signed_in_person_links_another_account_lists_and_unlinks_it(site: Site) -> None:
    site.set_up("oidc")
    owner = make_user(site.one_click, "countess@example.com")
    own = site.api.acting(owner)
    record = site.log_in(own).get_json()["record"]
    assert (record["id"], record["email"], record["verified"]) == (owner.id, "countess@example.com", False)
    links = own.get("/api/collections/_externalAuths/records").get_json()["items"]
    assert [(link["provider"], link["providerId"]) for link in links] == [("oidc", "7")]
    stranger = site.api.acting(make_user(site.one_click))
    path = f"/api/collections/_externalAuths/records/{links[0]['id']}"
    assert stranger.get("/api/collections/_externalAuths/records").get_json()["items"] == []
    assert stranger.delete(path).status_code == 404
    assert own.delete(path).status_code == 204
    assert own.get("/api/collections/_externalAuths/records").get_json()["items"] == []


def test_sign_up_is_closed_unless_it_was_opened(site: Site) -> None:
    site.set_up("oidc", extra={"signup": False})
    answer = site.log_in()
    assert answer.status_code == 403
    assert "no account for you" in answer.get_json()["message"]
    assert site.one_click.records.count("users") == 0
    make_user(site.one_click, "ada@example.com", verified=True)
    assert site.log_in().status_code == 200


def test_the_create_rule_decides_in_its_own_context(plugged: Callable[..., OneClick], identity: IdentityServer) -> None:
    environ = {"ONECLICK_PROVIDER_ALLOW": identity.host, "ONECLICK_SIGNUP": "on"}
    site = Site(TestApi(plugged(oneclick_auth_providers, **environ)), identity)
    site.set_up("oidc", extra={"signup": False})
    root = site.api.acting(site.one_click.records.first("_superusers"))  # type: ignore[arg-type]
    only_ada = '@request.context = "oauth2" && @request.body.email = "ada@example.com"'
    assert root.patch(USERS, {"createRule": only_ada}).status_code == 200
    person = {"username": "bob", "password": PASSWORD, "passwordConfirm": PASSWORD, "email": "ada@example.com"}
    assert site.api.post(f"{USERS}/records", person).status_code == 400
    identity.person.email = "bob@example.com"
    assert site.log_in().status_code == 400
    identity.person.email = "ada@example.com"
    assert site.log_in().status_code == 200


def test_data_of_the_client_goes_before_what_the_provider_says(site: Site) -> None:
    site.set_up("oidc")
    record = site.log_in(createData={"name": "Countess", "verified": False}).get_json()["record"]
    assert (record["name"], record["username"], record["verified"]) == ("Countess", "ada", True)


def test_an_address_of_the_clients_own_choice_is_not_verified(
    plugged: Callable[..., OneClick], identity: IdentityServer
) -> None:
    environ = {"ONECLICK_PROVIDER_ALLOW": identity.host, "ONECLICK_SIGNUP": "on"}
    site = Site(TestApi(plugged(oneclick_auth_providers, **environ)), identity)
    site.set_up("oidc")
    record = site.log_in(createData={"email": "victim@example.com"}).get_json()["record"]
    assert (record["email"], record["verified"]) == ("victim@example.com", False)


def test_wrong_data_of_the_client_makes_no_account(site: Site) -> None:
    site.set_up("oidc")
    answer = site.log_in(createData={"username": "!"})
    assert answer.status_code == 400
    assert "username" in answer.get_json()["data"]
    assert site.one_click.records.count("users") == site.one_click.records.count("_externalAuths") == 0


def test_a_taken_user_name_is_replaced(site: Site) -> None:
    site.set_up("oidc")
    make_user(site.one_click, username="ADA")
    record = site.log_in().get_json()["record"]
    assert record["username"].startswith("users")


def test_two_first_logins_at_once_make_one_account(site: Site) -> None:
    site.set_up("oidc")
    bodies = [site.come_back(site.method()) for _ in range(4)]
    answers: list[Any] = []

    def log_in(body: dict[str, Any]) -> None:
        answers.append(TestApi(site.one_click, site.api.web).post(LOGIN, body))

    threads = [threading.Thread(target=log_in, args=(body,)) for body in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [200] * 4, [answer.get_json() for answer in answers]
    assert len({answer.get_json()["record"]["id"] for answer in answers}) == 1
    assert site.one_click.records.count("users") == site.one_click.records.count("_externalAuths") == 1


def test_providers_of_the_environment_serve_users(plugged: Callable[..., OneClick], identity: IdentityServer) -> None:
    environ = {
        "ONECLICK_OIDC_CLIENT_ID": CLIENT_ID,
        "ONECLICK_OIDC_CLIENT_SECRET": CLIENT_SECRET,
        "ONECLICK_OIDC_ISSUER": identity.base,
        "ONECLICK_OIDC_SIGNUP": "on",
        "ONECLICK_OIDC_DOMAINS": "example.com, example.org",
    }
    site = Site(TestApi(plugged(oneclick_auth_providers, **environ)), identity)
    assert site.log_in().status_code == 200
    identity.person.email, identity.person.id = "eve@evil.example", 8
    refused = site.log_in()
    assert (refused.status_code, site.one_click.records.count("users")) == (403, 1)


def test_superusers_are_not_signed_in_by_providers(site: Site) -> None:
    site.set_up("oidc")
    make_superuser(site.one_click, "ada@example.com")
    answer = site.api.post("/api/collections/_superusers/auth-with-oauth2", site.come_back(site.method()))
    assert answer.status_code == 403
    assert answer.get_json()["message"].endswith("to allow OAuth2 authentication.")


def test_secrets_of_providers_are_never_shown_and_kept_when_left_out(site: Site) -> None:
    shown = site.set_up("github").get_json()
    assert CLIENT_SECRET not in str(shown)
    config = configuration(site.identity, "github")
    del config["clientSecret"]
    assert site.set_up("github", displayName="Our GitHub").status_code == 200
    root = site.api.acting(site.one_click.records.first("_superusers"))  # type: ignore[arg-type]
    again = root.patch(USERS, {"oauth2": {"enabled": True, "providers": [config]}})
    assert again.status_code == 200
    assert site.log_in().status_code == 200


@pytest.mark.parametrize(
    ("provider", "change", "field"),
    [
        ("github", {"clientId": ""}, "clientId"),
        ("github", {"clientSecret": ""}, "clientSecret"),
        ("github", {"tokenURL": "ftp://x"}, "tokenURL"),
        ("github", {"tokenURL": ""}, "tokenURL"),
        ("gitlab", {"extra": {"issuer": "https://user:password@example.com"}}, "extra"),
        ("nobody", {}, "name"),
        ("oidc", {"extra": {"issuer": ""}}, "authURL"),
        ("microsoft", {"extra": {"tenant": "../common"}}, "extra"),
        ("github", {"extra": {"domains": "example.com"}}, "extra"),
    ],
)
def test_a_configuration_that_cannot_work_is_refused_by_name(
    site: Site, provider: str, change: dict[str, Any], field: str
) -> None:
    answer = site.set_up(provider, **change)
    assert answer.status_code == 400
    assert field in answer.get_json()["data"]["oauth2"]["providers"]["0"]


def test_hooks_around_a_login(plugged: Callable[..., OneClick], identity: IdentityServer) -> None:
    seen: list[tuple[str, bool]] = []

    def with_oauth2(event: AuthWithOAuth2Event) -> Any:
        seen.append(("before", event.record is None))
        if event.user.email == "eve@example.com":
            raise Forbidden("Eve may not come in")
        event.create_data["name"] = "Named by a plugin"

    plugin = SimpleNamespace(
        __name__="watcher",
        on_record_auth_with_oauth2_request=hookimpl(with_oauth2),
        on_record_create_request=hookimpl(lambda event: seen.append(("create", event.record.is_new))),
        on_record_auth_request=hookimpl(lambda event: seen.append((event.method, event.record.is_new))),
    )
    environ = {"ONECLICK_PROVIDER_ALLOW": identity.host}
    site = Site(TestApi(plugged(oneclick_auth_providers, plugin, **environ)), identity)
    site.set_up("oidc")
    assert site.log_in().get_json()["record"]["name"] == "Named by a plugin"
    assert seen == [("before", True), ("create", True), ("oauth2", False)]
    seen.clear()
    assert site.log_in().status_code == 200
    assert seen == [("before", False), ("oauth2", False)]
    identity.person.email, identity.person.id = "eve@example.com", 8
    refused = site.log_in()
    assert (refused.status_code, refused.get_json()["message"]) == (403, "Eve may not come in.")
    assert site.one_click.records.count("users") == 1


def test_a_login_that_fails_in_the_middle_leaves_nothing(
    plugged: Callable[..., OneClick], identity: IdentityServer
) -> None:
    def refuse(event: Any) -> None:
        raise BadRequest("No links today")

    plugin = SimpleNamespace(__name__="saboteur", on_record_create_execute=hookimpl(on("_externalAuths")(refuse)))
    environ = {"ONECLICK_PROVIDER_ALLOW": identity.host}
    site = Site(TestApi(plugged(oneclick_auth_providers, plugin, **environ)), identity)
    site.set_up("oidc")
    answer = site.log_in()
    assert (answer.status_code, answer.get_json()["message"]) == (400, "No links today.")
    assert site.one_click.records.count("users") == site.one_click.records.count("_externalAuths") == 0
