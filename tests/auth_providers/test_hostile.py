"""Providers, people and superusers that send odd things: never a 500, and what is refused leaves nothing behind."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

import oneclick_auth_providers
from oneclick.core import OneClick
from oneclick.testing import TestApi, make_superuser
from oneclick_auth_providers import discovery, id_tokens, openid
from tests.auth_providers.conftest import LOGIN, Site, configuration
from tests.auth_providers.identity_server import IdentityServer

USERS = "/api/collections/users"

BODIES = {
    "deep": b"[" * 200000,
    "deepobj": b'{"a":' * 100000,
    "nan": b"NaN",
    "surr": b'{"id": 7, "sub":"7", "name": "\\ud800", "login":"x"}',
    "surrraw": b'{"id": 7, "sub":"7", "x": "\\ud800"}',
    "surrkey": b'{"id": 7, "sub":"7", "\\ud800": 1}',
    "bigint": b'{"id": 7, "sub":"7", "x": 99999999999999999999999999999999}',
    "nul": b'{"id": 7, "sub":"7", "name": "a\\u0000b", "login":"x\\u0000"}',
    "nanraw": b'{"id": 7, "sub":"7", "x": NaN, "y": Infinity}',
    "idbool": b'{"id": true, "sub":"7"}',
    "idhuge": b'{"id": 999999999999999999999999999999, "sub":"7"}',
    "digits": b'{"id": ' + b"9" * 5000 + b"}",
    "avatar": b'{"id": 7, "sub":"7", "avatar_url": "http://[", "picture": "http://["}',
    "avatar2": b'{"id": 7, "sub":"7", "avatar_url": "https://\\u2100.example/\\u0000", "picture": "https://\\u2100.example/\\u0000"}',
    "avatar3": b'{"id": 7, "sub":"7", "avatar_url": "https://xn--/\\ud800", "picture": "https://xn--/\\ud800"}',
    "avatar4": b'{"id": 7, "sub":"7", "avatar_url": "data:x", "picture": "mailto:x"}',
    "avatar5": b'{"id": 7, "sub":"7", "avatar_url": "'
    + b"a" * 70000
    + b'", "picture": "https://a.example:99999/'
    + b'"}',
    "avatar6": b'{"id": 7, "sub":"7", "avatar_url": "https://'
    + b"a." * 200
    + b'", "picture": "https://'
    + b"a" * 100
    + b'.com/"}',
    "avatar7": b'{"id": 7, "sub":"7", "avatar_url": "https://u:p@127.0.0.1/", "picture": "https://..example/"}',
    "surravatar": b'{"id": 7, "sub":"7", "avatar_url": "https://a.example/\\ud800", "picture": "https://a.example/\\ud800"}',
    "emaillist": b'{"id": 7, "sub":"7", "email": ["ada@example.com"], "email_verified": true}',
    "emailsurr": b'{"id": 7, "sub":"7", "email": "\\ud800@example.com", "email_verified": true}',
    "emailnul": b'{"id": 7, "sub":"7", "email": "a\\u0000@example.com", "email_verified": true}',
    "emaillong": b'{"id": 7, "sub":"7", "email": "' + b"a" * 300000 + b'@example.com", "email_verified": true}',
    "emailver": b'{"id": 7, "sub":"7", "email": "ada@example.com", "email_verified": [1]}',
    "groups": b'{"id": 7, "sub":"7", "groups": {"a": 1}}',
    "bom": b"\xef\xbb\xbf{}",
    "utf16": '{"id": 7}'.encode("utf-16"),
    "latin": b'{"a":"\xff"}',
}

TOKEN = {"access_token": "an access token", "token_type": "bearer", "expires_in": 3600}
TOKENS = {
    "inf": b'{"access_token":"an access token","token_type":"bearer","expires_in":1e999}',
    "nan": b'{"access_token":"an access token","token_type":"bearer","expires_in":NaN}',
    "deep": b"[" * 200000,
    "type7": dict(TOKEN, token_type=7),
    "typelist": dict(TOKEN, token_type=["bearer"]),
    "typedict": dict(TOKEN, token_type={}),
    "typenull": dict(TOKEN, token_type=None),
    "typemac": dict(TOKEN, token_type="mac"),
    "notype": {"access_token": "an access token"},
    "exp0": dict(TOKEN, expires_in=0),
    "exp30": dict(TOKEN, expires_in=30),
    "expneg": dict(TOKEN, expires_in=-5),
    "expstr": dict(TOKEN, expires_in="soon"),
    "explist": dict(TOKEN, expires_in=[1]),
    "expstrnum": dict(TOKEN, expires_in="3600"),
    "expnull": dict(TOKEN, expires_in=None),
    "exphuge": dict(TOKEN, expires_in=10**30),
    "expat": dict(TOKEN, expires_at="x"),
    "expat2": dict(TOKEN, expires_at=[1]),
    "expat3": dict(TOKEN, expires_at=1),
    "expat1r": dict(TOKEN, expires_at=1, refresh_token="r"),
    "atnonascii": dict(TOKEN, access_token="\u00e9\u1234"),
    "atnl": dict(TOKEN, access_token="a\r\nX: y"),
    "atsurr": b'{"access_token":"\\ud800","token_type":"bearer"}',
    "refresh": dict(TOKEN, refresh_token={"a": 1}),
    "refreshsurr": b'{"access_token":"an access token","token_type":"bearer","refresh_token":"\\ud800"}',
    "err": {"error": ["x"]},
    "err2": {"error": "x", "error_description": {"a": 1}},
    "null": b"null",
    "str": b'"x"',
    "form": b"access_token=x&token_type=bearer",
}

CLAIMS = [
    {"sub": ["a"]},
    {"sub": {"a": 1}},
    {"sub": True},
    {"sub": 7},
    {"sub": ""},
    {"sub": "\x00"},
    {"sub": "a" * 300},
    {"sub": 0},
    {"iss": ["x"]},
    {"aud": {}},
    {"aud": [{}]},
    {"aud": [[1]]},
    {"aud": []},
    {"azp": []},
    {"azp": {}},
    {"azp": "other"},
    {"exp": "x"},
    {"exp": []},
    {"exp": float("inf")},
    {"exp": 1e300},
    {"exp": True},
    {"iat": []},
    {"iat": "x"},
    {"nbf": []},
    {"nbf": int(time.time()) + 5000},
    {"nonce": []},
    {"at_hash": []},
    {"at_hash": {}},
    {"at_hash": 5},
    {"at_hash": "\u00e9"},
    {"auth_time": []},
    {"acr": []},
    {"amr": 5},
    {"amr": {}},
    {"tid": []},
    {"email": 5},
    {"x": 2**80},
    {"name": "a\x00b"},
    {"preferred_username": "x" * 100000},
    {"name": "x" * 100000},
    {"picture": 5},
    {"crit": 1},
]

KEYS = [
    b"[" * 200000,
    b"[]",
    b"{}",
    b'{"keys": 7}',
    b'{"keys": [7]}',
    b'{"keys": [{}]}',
    b'{"keys": [{"kty":"RSA","n":7,"e":[]}]}',
    b'{"keys":[{"kty":"RSA","n":"AA","e":"AA","kid":"one"}]}',
    b'{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB","kid":["one"]}]}',
    b'{"keys":[{"kty":["RSA"]}]}',
    b'{"keys":[]}',
    b'{"keys":[{"kty":"oct","k":"AAAA","kid":"one"}]}',
    b'{"keys":[{"kty":"EC","crv":[],"x":"","y":""}]}',
    b'{"keys":[{"kty":"EC","crv":"P-256","x":"AA","y":"AA","kid":"one"}]}',
    b'{"keys":[{"kty":"OKP","crv":"Ed25519","x":"AA","kid":"one"}]}',
    b'{"keys":[{"kty":"unknown","kid":"two"}]}',
]

DESCRIPTIONS = [
    {"token_endpoint_auth_methods_supported": 7},
    {"token_endpoint_auth_methods_supported": {"a": 1}},
    {"token_endpoint_auth_methods_supported": "client_secret_basic"},
    {"authorization_endpoint": "javascript:alert(1)//"},
    {"authorization_endpoint": ""},
    {"authorization_endpoint": [1]},
    {"token_endpoint": ""},
    {"token_endpoint": "ftp://x/"},
    {"token_endpoint": "http://["},
    {"token_endpoint": "http://10.0.0.1/"},
    {"token_endpoint": "https://localhost:1/"},
    {"jwks_uri": ""},
    {"jwks_uri": 7},
    {"jwks_uri": "https://\x00/"},
    {"userinfo_endpoint": "https://a b/"},
    {"userinfo_endpoint": "//127.0.0.1/"},
    {"authorization_endpoint": "https://["},
    {"token_endpoint": "https://" + "a" * 70000},
    {"token_endpoint": "https://\u212a\uff0eexample/"},
    {"token_endpoint": "https://" + "a" * 64 + ".example/"},
]

OPTIONS = [
    None,
    "x",
    7,
    [],
    {"mappedFields": None},
    {"mappedFields": []},
    {"mappedFields": {"name": 7}},
    {"mappedFields": {"name": ["a"]}},
    {"mappedFields": {"name": {}}},
    {"mappedFields": {"zzz": "name"}},
    {"mappedFields": {"name": "tokenKey"}},
    {"mappedFields": {"name": "password"}},
    {"mappedFields": {"id": "verified"}},
    {"mappedFields": {"id": "id"}},
    {"mappedFields": {"name": "nope"}},
    {"mappedFields": {"name": "avatar"}},
    {"mappedFields": {"avatarURL": "name"}},
    {"mappedFields": {"name": "emailVisibility"}},
    {"mappedFields": {"username": "created"}},
    {"mappedFields": {"username": "emailVisibility"}},
    {"mappedFields": {"username": "password"}},
    {"enabled": "no"},
    {"enabled": []},
    {"providers": None},
    {"providers": 7},
    {"providers": {"a": 1}},
    {"providers": [{"name": []}]},
    {"providers": [{"name": {}}]},
    {"providers": [{"name": 7}]},
]

CONFIGURATIONS = [
    {"extra": 7},
    {"extra": []},
    {"extra": {"issuer": 7}},
    {"extra": {"issuer": {}}},
    {"extra": {"issuer": "x"}},
    {"extra": {"issuer": "javascript:"}},
    {"extra": {"jwksURL": []}},
    {"pkce": 1},
    {"pkce": "x"},
    {"pkce": []},
    {"clientId": 7},
    {"clientSecret": None},
    {"displayName": 7},
    {"displayName": {"a": 1}},
    {"authURL": "https://x y"},
    {"authURL": "https://["},
    {"authURL": "https://a/?client_id=x&state=y"},
    {"authURL": "https://u:p@a/"},
]

CREATE_DATA = [
    {"id": "aaaaaaaaaaaaaaa"},
    {"id": {}},
    {"tokenKey": "x" * 50},
    {"tokenKey:x": 1},
    {"password": "chosenpass1", "passwordConfirm": "chosenpass1"},
    {"password+": "x"},
    {"+password": "x"},
    {"password:autogenerate": ""},
    {"oldPassword": "x"},
    {"verified": True},
    {"verified": "true"},
    {"verified:each": True},
    {"emailVisibility": True},
    {"email": None},
    {"email": ""},
    {"email": []},
    {"email:lower": "x"},
    {"created": "2020-01-01"},
    {"name": None},
    {"name": {"a": 1}},
    {"avatar": "../../x.png"},
    {"avatar": ["a"]},
    {"avatar+": "x"},
    {"avatar-": "x"},
    {"username": None},
    {"username": ""},
    {"\x00": 1},
    {"collectionId": "x"},
    {"expand": {}},
    {"name:autogenerate": "a"},
    {"name": "x\x00"},
    {"username": [[[]]]},
    {"name": 10**18},
    {"a" * 100000: 1},
]

LOGINS = [
    {"provider": 7},
    {"provider": []},
    {"code": None},
    {"code": 7},
    {"codeVerifier": None},
    {"codeVerifier": 7},
    {"redirectURL": None},
    {"redirectURL": []},
    {"createData": []},
    {"createData": "x"},
    {"createData": None},
    {"createData": 7},
    {"code": "\x00"},
    {"codeVerifier": "\u1234"},
    {"redirectURL": "\x00\u1234"},
    {"provider": "\x00"},
    {"redirectUrl": []},
    {"mfaId": {}},
]


class Outcome:
    """Collects what went wrong over a list, so that one application serves the whole of it."""

    def __init__(self, site: Site) -> None:
        self.site, self.wrong = site, []  # type: tuple[Site, list[str]]

    def check(self, name: Any, answer: Any) -> None:
        """Note an answer that is none, or a refusal that has left something; begin anew after a login."""
        records = self.site.one_click.records
        if answer.status_code >= 500:
            self.wrong.append(f"{str(name)[:80]}: {answer.status_code}")
        elif answer.status_code >= 400 and (records.count("users") or records.count("_externalAuths")):
            self.wrong.append(f"{str(name)[:80]}: refused, and yet there is something")
        for user in records.list("users"):
            records.delete(user)

    def end(self) -> None:
        """Fail for all that was noted."""
        assert self.wrong == []


def superuser(site: Site) -> Any:
    known = site.one_click.records.first("_superusers", "email = 'root@example.com'")
    return site.api.acting(known or make_superuser(site.one_click))  # type: ignore[arg-type]


@pytest.mark.parametrize("provider", ["github", "oidc"])
def test_what_a_provider_says_of_a_person(site: Site, provider: str) -> None:
    site.set_up(provider)
    outcome, path = Outcome(site), {"github": "/user", "oidc": "/userinfo"}[provider]
    for name, body in BODIES.items():
        site.identity.override[path] = lambda request, body=body: IdentityServer.send(request, 200, body)
        outcome.check(name, site.log_in())
    outcome.end()


@pytest.mark.parametrize("provider", ["github", "oidc"])
def test_what_a_provider_gives_for_a_code(site: Site, provider: str) -> None:
    site.set_up(provider)
    outcome = Outcome(site)

    def answer(request: Any, said: Any) -> None:
        if isinstance(said, dict) and "access_token" in said and site.identity.last is not None:
            said = {**said, "id_token": site.identity.id_token(site.identity.last.nonce)}
        IdentityServer.send(request, 200, said)

    for name, said in TOKENS.items():
        site.identity.override["/token"] = lambda request, said=said: answer(request, said)
        outcome.check(name, site.log_in())
    outcome.end()


def test_what_an_id_token_says(site: Site) -> None:
    site.set_up("google")
    outcome = Outcome(site)
    for change in CLAIMS:
        site.identity.change_claims = lambda claims, change=change: claims.update(change)
        outcome.check(change, site.log_in())
    outcome.end()


def test_keys_that_are_none(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.set_up("google")
    outcome = Outcome(site)
    for body in KEYS:
        monkeypatch.setattr(id_tokens, "KEYS", id_tokens.Keys())
        site.identity.override["/keys"] = lambda request, body=body: IdentityServer.send(request, 200, body)
        outcome.check(body, site.log_in())
    outcome.end()


def test_how_an_issuer_describes_itself(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.set_up("oidc")
    outcome, before, own = Outcome(site), site.method(), site.identity._description()
    for change in DESCRIPTIONS:
        monkeypatch.setattr(openid, "DESCRIPTIONS", discovery.Descriptions())
        monkeypatch.setattr(site.identity, "_description", lambda change=change: own | change)
        for shown in site.api.get(f"{USERS}/auth-methods").get_json()["oauth2"]["providers"]:
            assert shown["authURL"].startswith((f"{site.identity.base}/", "https://"))
        outcome.check(change, site.api.post(LOGIN, site.come_back(before)))
    outcome.end()


def test_options_of_a_collection(site: Site) -> None:
    outcome, root = Outcome(site), superuser(site)
    for options in OPTIONS:
        site.set_up("oidc")
        answer = root.patch(USERS, {"oauth2": options})
        outcome.check(options, answer)
        if answer.status_code == 200:
            assert root.get(USERS).status_code == 200
            if site.api.get(f"{USERS}/auth-methods").get_json()["oauth2"]["enabled"]:
                logged_in = site.log_in()
                assert logged_in.status_code == 200, (options, logged_in.get_json())
                outcome.check(options, logged_in)
        elif "oauth2" not in answer.get_json()["data"]:
            outcome.wrong.append(f"{options}: the refusal names nothing")
        restored = {"id": "", "name": "name", "username": "username", "avatarURL": "avatar"}
        assert root.patch(USERS, {"oauth2": {"mappedFields": restored}}).status_code == 200
    outcome.end()


def test_configurations_of_a_provider(site: Site) -> None:
    root = superuser(site)
    for given in CONFIGURATIONS:
        change = dict(given)
        config, extra = configuration(site.identity, "oidc"), change.pop("extra", {})
        config |= change | {"extra": config["extra"] | extra if isinstance(extra, dict) else extra}
        answer = root.patch(USERS, {"oauth2": {"enabled": True, "providers": [config]}})
        if answer.status_code == 200:
            listed = site.api.get(f"{USERS}/auth-methods").get_json()["oauth2"]["providers"]
            assert len(listed) == 1, given
        else:
            assert answer.status_code == 400, given
            assert answer.get_json()["data"]["oauth2"]["providers"]["0"], given


def test_data_that_a_client_chooses(plugged: Callable[..., OneClick], identity: IdentityServer) -> None:
    environ = {"ONECLICK_PROVIDER_ALLOW": identity.host, "ONECLICK_SIGNUP": "on"}
    site = Site(TestApi(plugged(oneclick_auth_providers, **environ)), identity)
    site.set_up("oidc")
    outcome = Outcome(site)
    for data in CREATE_DATA:
        answer = site.log_in(createData=data)
        if answer.status_code == 200:
            record = site.one_click.records.find("users", answer.get_json()["record"]["id"])
            assert record is not None
            assert record["verified"] is (record["email"] == "ada@example.com"), data
            assert record["tokenKey"] != "x" * 50
            assert record["created"] > "2026"
            chosen = {"identity": record["username"], "password": "chosenpass1"}
            assert site.api.post(f"{USERS}/auth-with-password", chosen).status_code == 400
        outcome.check(data, answer)
    outcome.end()


def test_bodies_of_a_login(site: Site) -> None:
    site.set_up("oidc")
    outcome = Outcome(site)
    for change in LOGINS:
        outcome.check(change, site.log_in(**change))
    outcome.end()
