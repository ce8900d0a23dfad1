"""Providers that lie, hang or say too much, and people who may not come in: a clear error and no account."""

from __future__ import annotations

import http.server
import time
from collections.abc import Callable
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

import oneclick_auth_providers
from oneclick.core import OneClick
from oneclick.testing import TestApi
from oneclick_auth_providers import access
from tests.auth_providers.conftest import LOGIN, REDIRECT, Site
from tests.auth_providers.identity_server import CLIENT_ID, CLIENT_SECRET, IdentityServer


def expect(site: Site, answer: Any, code: str, status: int = 400) -> None:
    """Check an error's shape and that nothing was made."""
    body = answer.get_json()
    assert (answer.status_code, body["data"].get("provider", {}).get("code")) == (status, code), body
    assert body["data"]["provider"]["message"].endswith(".")
    assert CLIENT_SECRET not in answer.get_data(as_text=True)
    assert site.one_click.records.count("users") == site.one_click.records.count("_externalAuths") == 0


@pytest.fixture
def oidc(site: Site) -> Site:
    """A site with an OpenID provider."""
    site.set_up("oidc")
    return site


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"aud": "another client"}, "oauth2_wrong_audience"),
        ({"aud": [CLIENT_ID, "another client"]}, "oauth2_wrong_audience"),
        ({"iss": "https://evil.example"}, "oauth2_wrong_issuer"),
        ({"exp": int(time.time()) - 3600}, "oauth2_expired"),
        ({"nonce": "that of another login"}, "oauth2_wrong_nonce"),
        ({"nonce": None}, "oauth2_wrong_nonce"),
        ({"iat": int(time.time()) + 3600}, "oauth2_wrong_claim"),
        ({"sub": "another person"}, "oauth2_wrong_user"),
        ({"sub": None}, "oauth2_wrong_claim"),
        ({"at_hash": "AAAA"}, "oauth2_wrong_token"),
    ],
)
def test_an_id_token_that_is_not_for_this_login(oidc: Site, change: dict[str, Any], code: str) -> None:
    def lie(claims: dict[str, Any]) -> None:
        claims.update(change)
        for name in [name for name, value in change.items() if value is None]:
            del claims[name]

    oidc.identity.change_claims = lie
    expect(oidc, oidc.log_in(), code)


def test_a_signature_of_another_key(oidc: Site) -> None:
    oidc.identity.key = RSAKey.generate_key(2048, parameters={"kid": "one"})
    expect(oidc, oidc.log_in(), "oauth2_wrong_signature")


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_a_signature_that_anybody_can_make(oidc: Site, algorithm: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def forged(nonce: str) -> str:
        now = int(time.time())
        claims = {"iss": oidc.identity.base, "sub": "7", "aud": CLIENT_ID, "iat": now, "exp": now + 60, "nonce": nonce}
        key = OctKey.import_key(CLIENT_SECRET)
        return jwt.encode({"alg": algorithm, "kid": "one"}, claims, key, algorithms=[algorithm])

    monkeypatch.setattr(oidc.identity, "id_token", forged)
    expect(oidc, oidc.log_in(), "oauth2_wrong_signature")


def test_keys_that_were_replaced_are_looked_up_again(oidc: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    assert oidc.log_in().status_code == 200
    oidc.identity.key = RSAKey.generate_key(2048, parameters={"kid": "two"})
    oidc.identity.published = [oidc.identity.key]
    monkeypatch.setattr("oneclick_auth_providers.id_tokens.LOOK_AGAIN_SECONDS", 0.0)
    assert oidc.log_in().status_code == 200


def test_unknown_keys_do_not_make_it_look_again_each_time(oidc: Site) -> None:
    assert oidc.log_in().status_code == 200
    oidc.identity.key = RSAKey.generate_key(2048, parameters={"kid": "two"})
    for _ in range(3):
        assert oidc.log_in().status_code == 400
    assert oidc.identity.requests.count("GET /keys") == 1


@pytest.mark.parametrize("provider", ["github", "oidc"])
class TestOfEachKind:
    def test_a_code_that_was_used(self, site: Site, provider: str) -> None:
        site.set_up(provider)
        body = site.come_back(site.method())
        site.identity.grants.clear()
        expect(site, site.api.post(LOGIN, body), "oauth2_code_refused")

    def test_a_verifier_of_another_login(self, site: Site, provider: str) -> None:
        site.set_up(provider)
        expect(site, site.log_in(codeVerifier=site.method()["codeVerifier"]), "oauth2_code_refused")

    def test_another_redirect_address(self, site: Site, provider: str) -> None:
        site.set_up(provider)
        expect(site, site.log_in(redirectURL="https://evil.example/"), "oauth2_code_refused")

    def test_wrong_credentials_of_ours(self, site: Site, provider: str) -> None:
        site.set_up(provider, clientSecret="wrong")
        expect(site, site.log_in(), "oauth2_code_refused")

    @pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"7", b'{"error": {"a": 1}}', b'{"access_token": 7}'])
    def test_an_answer_that_is_no_token(self, site: Site, provider: str, body: bytes) -> None:
        site.set_up(provider)
        site.identity.override["/token"] = lambda request: IdentityServer.send(request, 200, body)
        answer = site.log_in()
        assert answer.status_code == 400
        assert answer.get_json()["message"] == "Failed to fetch OAuth2 token."
        assert site.one_click.records.count("users") == 0

    @pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"null", b"{}", b'{"id": null, "sub": {}}'])
    def test_an_answer_that_is_no_person(self, site: Site, provider: str, body: bytes) -> None:
        site.set_up(provider)
        path = {"github": "/user", "oidc": "/userinfo"}[provider]
        site.identity.override[path] = lambda request: IdentityServer.send(request, 200, body)
        answer = site.log_in()
        assert answer.status_code == 400
        assert answer.get_json()["message"] == "Failed to fetch OAuth2 user."
        assert site.one_click.records.count("users") == 0


ASKED = [("github", "/token"), ("github", "/user"), ("oidc", "/token"), ("oidc", "/userinfo")]


@pytest.mark.parametrize(("provider", "path"), ASKED)
def test_a_provider_that_hangs(site: Site, provider: str, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "SECONDS", 0.5)

    def drip(request: http.server.BaseHTTPRequestHandler) -> None:
        try:
            for letter in b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + b" " * 100:
                request.wfile.write(bytes([letter]))
                time.sleep(0.2)
        except OSError:
            return

    site.set_up(provider)
    site.identity.override[path] = drip
    began = time.monotonic()
    expect(site, site.log_in(), "oauth2_timeout")
    assert time.monotonic() - began < 6 * 0.5 * 3


@pytest.mark.parametrize(("provider", "path"), ASKED)
def test_a_provider_that_answers_a_hundred_megabytes(site: Site, provider: str, path: str) -> None:
    sent = 0

    def flood(request: http.server.BaseHTTPRequestHandler) -> None:
        nonlocal sent
        try:
            request.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 104857600\r\n\r\n")
            for _ in range(1600):
                request.wfile.write(b"x" * 65536)
                sent += 65536
        except OSError:
            request.close_connection = True

    site.set_up(provider)
    site.identity.override[path] = flood
    expect(site, site.log_in(), "oauth2_unreachable")
    assert sent < 32 << 20


def test_an_allowed_domain(site: Site) -> None:
    site.set_up("github", extra={"domains": ["Example.ORG"]})
    expect(site, site.log_in(), "oauth2_domain_not_allowed", 403)
    site.identity.person.other_emails = ({"email": "ada@example.org", "verified": False, "primary": False},)
    expect(site, site.log_in(), "oauth2_domain_not_allowed", 403)
    site.identity.person.other_emails = ({"email": "ada@example.org", "verified": True, "primary": False},)
    assert site.log_in().get_json()["record"]["email"] == "ada@example.org"


def test_an_allowed_organisation_of_github(site: Site) -> None:
    site.set_up("github", extra={"organisations": ["Acme"]})
    assert "read%3Aorg" in site.method()["authURL"]
    site.identity.person.organisations = ("evil",)
    expect(site, site.log_in(), "oauth2_organisation_not_allowed", 403)
    site.identity.person.organisations = ("evil", "acme")
    assert site.log_in().status_code == 200


def test_another_directory_of_microsoft(site: Site) -> None:
    own = "11111111-2222-3333-4444-555555555555"
    site.set_up("microsoft", extra={"tenant": own})
    site.identity.person.claims = {"tid": "99999999-2222-3333-4444-555555555555", "oid": "7"}
    expect(site, site.log_in(), "oauth2_organisation_not_allowed", 403)
    site.identity.person.claims = {"tid": own, "oid": "7"}
    assert site.log_in().get_json()["record"]["email"] == "ada@example.com"


def test_private_places_are_not_asked(plugged: Callable[..., OneClick], identity: IdentityServer) -> None:
    site = Site(TestApi(plugged(oneclick_auth_providers)), identity)
    site.set_up("github")
    expect(site, site.log_in(), "oauth2_address_not_allowed")
    assert identity.requests == []


def test_a_picture_at_a_private_place_is_left_out(site: Site) -> None:
    site.set_up("oidc")
    site.identity.person.claims = {"picture": "http://169.254.169.254/latest/meta-data"}
    record = site.log_in().get_json()["record"]
    assert record["avatar"] == "" or record["avatar"].endswith(".png")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"provider": ""}, "provider"),
        ({"provider": "nobody"}, "provider"),
        ({"code": ""}, "code"),
        ({"code": "x" * 5000}, "code"),
        ({"redirectURL": "http://" + "x" * 3000}, "redirectURL"),
    ],
)
def test_a_login_that_lacks_something(oidc: Site, change: dict[str, Any], field: str) -> None:
    answer = oidc.log_in(**change)
    assert answer.status_code == 400
    assert field in answer.get_json()["data"]


def test_an_issuer_that_is_away_leaves_the_other_ways_in(oidc: Site) -> None:
    oidc.identity.close()
    methods = oidc.api.get("/api/collections/users/auth-methods")
    assert methods.status_code == 200
    assert methods.get_json()["oauth2"]["providers"] == []
    assert methods.get_json()["password"]["enabled"] is True


def test_superusers_are_told_why_a_provider_has_no_button(oidc: Site) -> None:
    assert oidc.set_up("oidc", extra={"issuer": f"{oidc.identity.base}/"}).status_code == 200
    path = "/api/collections/meta/oauth2-providers"
    superuser = oidc.api.acting(oidc.one_click.records.first("_superusers"))  # type: ignore[arg-type]
    listed = {one["name"]: one for one in superuser.get(f"{path}?collection=users").get_json()}
    assert listed["oidc"]["problem"] == "The issuer describes itself under another name."
    assert "problem" not in listed["github"]
    assert "problem" not in superuser.get(path).get_json()[0]
    assert oidc.api.get(f"{path}?collection=users").status_code == 401


def test_the_manual_exchange_takes_the_older_name_of_the_address(oidc: Site) -> None:
    body = oidc.come_back(oidc.method())
    body["redirectUrl"] = body.pop("redirectURL")
    assert body["redirectUrl"] == REDIRECT
    assert oidc.api.post(LOGIN, body).status_code == 200
