"""Attempts to come in as somebody else, or with more than one's own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from joserfc.jwk import ECKey

import oneclick_auth_providers
from oneclick.core import OneClick
from oneclick.testing import PASSWORD, TestApi, make_superuser, make_user
from oneclick_auth_providers import access, discovery
from tests.auth_providers.conftest import LOGIN, REDIRECT, Site
from tests.auth_providers.identity_server import CLIENT_ID, CLIENT_SECRET, IdentityServer

USERS = "/api/collections/users"
METHODS = f"{USERS}/auth-methods"


def with_role(site: Site, rule: str | None) -> None:
    """Give users a field that says what they may do."""
    superuser = site.api.acting(make_superuser(site.one_click))
    fields = [*superuser.get(USERS).get_json()["fields"], {"type": "text", "name": "role"}]
    assert superuser.patch(USERS, {"fields": fields, "createRule": rule}).status_code == 200
    site.set_up("oidc")


@pytest.mark.parametrize("setting", ["on", "off"])
def test_open_sign_up_does_not_switch_the_create_rule_off(
    plugged: Callable[..., OneClick], identity: IdentityServer, setting: str
) -> None:
    environ = {"ONECLICK_PROVIDER_ALLOW": identity.host, "ONECLICK_SIGNUP": setting}
    site = Site(TestApi(plugged(oneclick_auth_providers, **environ)), identity)
    with_role(site, '@request.body.role = "" && @request.body.email = "ada@example.com"')
    if setting == "on":
        assert site.log_in(createData={"role": "admin"}).status_code == 400
    identity.person.email = "eve@example.com"
    assert site.log_in().status_code == 400
    assert site.one_click.records.count("users") == 0
    identity.person.email = "ada@example.com"
    record = site.log_in(createData={"name": "Ada"}).get_json()["record"]
    assert (record["name"], record["role"]) == ("Ada", "")


def test_without_a_create_rule_nobody_chooses_but_a_name(site: Site) -> None:
    with_role(site, None)
    chosen = {"role": "admin", "name": "Countess", "email": "boss@example.com", "emailVisibility": True}
    record = site.log_in(createData=chosen).get_json()["record"]
    assert (record["role"], record["name"], record["email"]) == ("", "Countess", "ada@example.com")
    assert record["emailVisibility"] is False


def test_a_letter_whose_small_form_is_anothers(site: Site) -> None:
    site.set_up("oidc", extra={"signup": False})
    make_user(site.one_click, "kate@example.com", verified=True)
    site.identity.person.email = "\u212aate@example.com"
    assert site.log_in().status_code == 403
    assert site.one_click.records.count("_externalAuths") == 0


def test_an_address_with_the_word_of_another_document(site: Site) -> None:
    site.set_up("oidc", extra={"signup": False})
    make_user(site.one_click, "victim@example.com", verified=True)
    lie = {"sub": "7", "email": "victim@example.com"}
    site.identity.override["/userinfo"] = lambda request: IdentityServer.send(request, 200, lie)
    assert site.log_in().status_code == 403
    site.identity.person.claims = {"email": None, "email_verified": True}
    assert site.log_in().status_code == 403
    assert site.one_click.records.count("_externalAuths") == 0


def test_a_login_without_the_verifier_of_its_beginning(site: Site) -> None:
    site.set_up("oidc")
    method = site.method()
    sent = site.identity.authorize(method["authURL"] + REDIRECT, REDIRECT)
    site.identity.grants[sent["code"]].challenge = ""  # a provider that does not know challenges
    body = {"provider": "oidc", "code": sent["code"], "redirectURL": REDIRECT}
    answer = site.api.post(LOGIN, body)
    assert (answer.status_code, answer.get_json()["data"]["provider"]["code"]) == (400, "oauth2_no_verifier")
    other = site.api.post(LOGIN, body | {"codeVerifier": site.method()["codeVerifier"]})
    assert (other.status_code, other.get_json()["data"]["provider"]["code"]) == (400, "oauth2_wrong_nonce")
    assert site.one_click.records.count("users") == 0


def test_who_comes_in_by_a_link_of_his_own_keeps_his_password_and_links(site: Site) -> None:
    site.set_up("oidc")
    owner = make_user(site.one_click, "ada@example.com", verified=False)
    for provider, account in (("oidc", "7"), ("github", "1")):
        link = {"collectionRef": owner.collection.id, "recordRef": owner.id, "provider": provider}
        site.one_click.records.save(site.one_click.records.new("_externalAuths", link | {"providerId": account}))
    token = site.api.acting(owner)
    assert site.log_in().get_json()["record"]["verified"] is True
    password = {"identity": "ada@example.com", "password": PASSWORD}
    assert site.api.post(f"{USERS}/auth-with-password", password).status_code == 200
    assert token.post(f"{USERS}/auth-refresh").status_code == 200
    assert site.one_click.records.count("_externalAuths") == 2


def test_another_address_than_that_of_an_allowed_domain(site: Site) -> None:
    superuser = site.api.acting(make_superuser(site.one_click))
    superuser.patch(USERS, {"createRule": ""})
    site.set_up("oidc", extra={"domains": ["example.com"]})
    record = site.log_in(createData={"email": "boss@another.org"}).get_json()["record"]
    assert record["email"] == "ada@example.com"


def test_what_the_record_lacks_besides_does_not_stop_a_login(site: Site) -> None:
    make_user(site.one_click, "ada@example.com", verified=True)
    superuser = site.api.acting(make_superuser(site.one_click))
    fields = [*superuser.get(USERS).get_json()["fields"], {"type": "text", "name": "phone", "required": True}]
    superuser.patch(USERS, {"fields": fields})
    site.set_up("oidc")
    assert site.log_in().status_code == 200


def test_the_same_person_twice_at_once(site: Site) -> None:
    site.set_up("oidc")
    make_user(site.one_click, "ada@example.com", verified=True)
    bodies, answers = [site.come_back(site.method()) for _ in range(5)], []

    def log_in(body: dict[str, Any]) -> None:
        answers.append(TestApi(site.one_click, site.api.web).post(LOGIN, body).status_code)

    threads = [threading.Thread(target=log_in, args=(body,)) for body in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [200] * 5
    assert site.one_click.records.count("_externalAuths") == 1


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_a_provider_that_takes_credentials_one_way_alone(
    site: Site, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def is_client(request: Any, form: dict[str, str]) -> bool:
        posted = (form.get("client_id"), form.get("client_secret")) == (CLIENT_ID, CLIENT_SECRET)
        by_header = request.headers.get("Authorization", "").startswith("Basic ")
        return posted and not by_header if method == "client_secret_post" else by_header

    described = site.identity._description() | {"token_endpoint_auth_methods_supported": [method]}
    monkeypatch.setattr(site.identity, "_is_client", is_client)
    monkeypatch.setattr(site.identity, "_description", lambda: described)
    site.set_up("oidc")
    assert site.log_in().status_code == 200


def test_a_key_of_a_new_kind_beside_the_one_that_signs(site: Site) -> None:
    site.set_up("google")
    own = site.identity.key.as_dict(private=False)
    strange = [{"kty": "OKP", "crv": "X9", "x": "AA"}, ECKey.generate_key("P-256").as_dict() | {"crv": "nope"}]
    site.identity.override["/keys"] = lambda request: IdentityServer.send(request, 200, {"keys": [*strange, own]})
    assert site.log_in().status_code == 200


def test_an_issuer_that_hangs_is_asked_once(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("oneclick_auth_providers.client.DISCOVERY_SECONDS", 0.5)
    site.set_up("oidc")
    site.identity.override["/.well-known/openid-configuration"] = lambda request: time.sleep(3)
    began = time.monotonic()
    guests = [threading.Thread(target=lambda: TestApi(site.one_click, site.api.web).get(METHODS)) for _ in range(6)]
    for guest in guests:
        guest.start()
    for guest in guests:
        guest.join()
    assert site.identity.requests.count("GET /.well-known/openid-configuration") == 1
    assert time.monotonic() - began < 6 * 0.5
    assert site.api.get(METHODS).get_json()["oauth2"]["providers"] == []


def test_what_an_issuer_said_counts_while_it_is_away(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discovery, "KEEP_SECONDS", 0.0)
    site.set_up("oidc")
    assert site.method()
    site.identity.override["/.well-known/openid-configuration"] = lambda request: IdentityServer.send(request, 500, {})
    assert site.method()


def test_a_slow_login_ends_as_a_whole(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "TOTAL_SECONDS", 1.0)
    site.set_up("oidc")
    for path in ("/token", "/keys", "/userinfo"):

        def later(request: Any, path: str = path) -> None:
            time.sleep(0.8)
            answers = {
                "/token": lambda: site.identity._token(request, {}),
                "/keys": lambda: (200, {}),
                "/userinfo": lambda: (200, {}),
            }
            IdentityServer.send(request, *answers[path]())

        site.identity.override[path] = later
    began = time.monotonic()
    assert site.log_in().status_code == 400
    assert time.monotonic() - began < 6 * 1.0


def test_an_operators_issuer_opens_its_own_port_alone() -> None:
    environ = {"ONECLICK_OIDC_ISSUER": "https://sso.example", "ONECLICK_PROVIDER_ALLOW": "10.0.0.5"}
    assert access.allowed(environ) == {"sso.example:443", "10.0.0.5"}


def test_a_form_of_another_site_sets_no_cookie(site: Site) -> None:
    site.set_up("oidc")
    body = site.come_back(site.method())
    foreign = site.api.post(LOGIN, body, headers={"Origin": "https://evil.example"})
    assert (foreign.status_code, foreign.headers.get("Set-Cookie")) == (200, None)
    own = site.api.post(LOGIN, site.come_back(site.method()), headers={"Origin": "http://localhost"})
    assert "oneclick_session=" in own.headers["Set-Cookie"]
