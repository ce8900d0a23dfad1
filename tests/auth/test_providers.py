"""``auth-methods`` lists the login providers that are configured (contract §2.4)."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

import pytest

from oneclick.core import OneClick
from oneclick.testing import TestApi
from oneclick_hooks import AuthProvider, hookimpl


class Client:
    def __init__(self, config: Mapping[str, Any], pkce: bool) -> None:
        if config.get("clientId") == "broken":
            raise ValueError("cannot be built")
        self.config, self.pkce = config, pkce

    def authorization_url(self, state: str, code_verifier: str = "") -> str:
        return f"https://id.example/authorize?client_id={self.config['clientId']}&state={state}&redirect_uri="


def provider(name: str, order: int, pkce: bool = True, variable: str = "") -> AuthProvider:
    def from_environment(environ: Mapping[str, str]) -> Mapping[str, Any] | None:
        return {"clientId": environ[variable]} if variable in environ else None

    return AuthProvider(name, name.title(), lambda app, config: Client(config, pkce), from_environment, "<svg/>", order)


PLUGIN = SimpleNamespace(
    __name__="providers",
    register_auth_providers=hookimpl(
        lambda: [provider("late", 20, pkce=False, variable="LATE_ID"), provider("early", 10, variable="EARLY_ID")]
    ),
)
METHODS = "/api/collections/users/auth-methods"


@pytest.fixture
def make(plugged: Callable[..., OneClick]) -> Callable[..., TestApi]:
    return lambda **environ: TestApi(plugged(PLUGIN, **environ))


def test_providers_of_the_environment_in_their_order(make: Callable[..., TestApi]) -> None:
    oauth2 = make(EARLY_ID="e", LATE_ID="l").get(METHODS).get_json()
    early, late = oauth2["oauth2"]["providers"]
    assert oauth2["oauth2"]["enabled"] is True
    assert (early["name"], early["displayName"], early["logo"]) == ("early", "Early", "<svg/>")
    assert re.fullmatch(r"\w{30}", early["state"])
    assert re.fullmatch(r"[\w-]{43}", early["codeVerifier"])
    digest = hashlib.sha256(early["codeVerifier"].encode()).digest()
    assert early["codeChallenge"] == base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    assert early["codeChallengeMethod"] == "S256"
    assert early["authURL"] == early["authUrl"]
    assert early["authURL"].endswith("&redirect_uri=")
    assert (late["codeVerifier"], late["codeChallenge"], late["codeChallengeMethod"]) == ("", "", "")
    assert [item["logo"] for item in oauth2["authProviders"]] == ["", ""]


def test_what_is_not_configured_is_not_listed(make: Callable[..., TestApi]) -> None:
    api = make(EARLY_ID="e")
    assert [item["name"] for item in api.get(METHODS).get_json()["oauth2"]["providers"]] == ["early"]
    roots = api.get("/api/collections/_superusers/auth-methods").get_json()
    assert roots["oauth2"] == {"providers": [], "enabled": False}


def test_the_collection_s_own_configuration_wins(make: Callable[..., TestApi]) -> None:
    api = make(EARLY_ID="environment")
    collections = api.one_click.collections
    own = {"name": "early", "clientId": "own", "clientSecret": "hush", "displayName": "Ours"}
    collections.update(collections.require("users"), {"oauth2": {"enabled": True, "providers": [own]}})
    (listed,) = api.get(METHODS).get_json()["oauth2"]["providers"]
    assert listed["displayName"] == "Ours"
    assert "client_id=own&" in listed["authURL"]
    assert "hush" not in api.get(METHODS).get_data(as_text=True)


def test_one_that_cannot_be_built_does_not_hide_the_others(make: Callable[..., TestApi]) -> None:
    providers = make(EARLY_ID="broken", LATE_ID="l").get(METHODS).get_json()["oauth2"]["providers"]
    assert [item["name"] for item in providers] == ["late"]
