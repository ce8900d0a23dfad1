"""An application with the login providers, and an identity provider of the test's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from werkzeug.test import TestResponse

import oneclick_auth_providers
from oneclick.core import OneClick
from oneclick.testing import TestApi, make_superuser
from oneclick_auth_providers import discovery, id_tokens, openid
from tests.auth_providers.identity_server import CLIENT_ID, CLIENT_SECRET, IdentityServer

REDIRECT = "https://app.example/api/oauth2-redirect"
LOGIN = "/api/collections/users/auth-with-oauth2"


@pytest.fixture
def identity() -> Iterator[IdentityServer]:
    """A provider that answers as GitHub and as an OpenID issuer."""
    id_tokens.KEYS = id_tokens.Keys()
    openid.DESCRIPTIONS = discovery.Descriptions()
    server = IdentityServer()
    yield server
    server.close()


@dataclass
class Site:
    """An application whose superuser has set up one provider, seen by a guest."""

    api: TestApi
    identity: IdentityServer
    provider: str = "oidc"

    @property
    def one_click(self) -> OneClick:
        """The application."""
        return self.api.one_click

    def set_up(self, provider: str, **changes: Any) -> TestResponse:
        """Set the provider up in the settings of the collection, as a superuser does."""
        self.provider = provider
        config = configuration(self.identity, provider)
        extra = config["extra"] | changes.pop("extra", {})
        root = self.one_click.records.first("_superusers", "email = 'root@example.com'")
        superuser = self.api.acting(root or make_superuser(self.one_click))  # type: ignore[arg-type]
        options = {"oauth2": {"enabled": True, "providers": [config | changes | {"extra": extra}]}}
        return superuser.patch("/api/collections/users", options)

    def method(self) -> dict[str, Any]:
        """Return what ``auth-methods`` lists for the provider."""
        listed = self.api.get("/api/collections/users/auth-methods").get_json()["oauth2"]["providers"]
        return next(item for item in listed if item["name"] == self.provider)

    def come_back(self, method: dict[str, Any], **changes: Any) -> dict[str, Any]:
        """Agree at the provider; return the body of the login that follows."""
        sent = self.identity.authorize(method["authURL"] + REDIRECT, REDIRECT)
        body = {
            "provider": self.provider,
            "code": sent["code"],
            "codeVerifier": method["codeVerifier"],
            "redirectURL": REDIRECT,
        }
        return body | changes

    def log_in(self, api: TestApi | None = None, **changes: Any) -> TestResponse:
        """Go through the whole login."""
        return (api or self.api).post(LOGIN, self.come_back(self.method(), **changes))


def configuration(identity: IdentityServer, provider: str) -> dict[str, Any]:
    """Return a provider's configuration that leads to the test's own server."""
    base = identity.base
    common: dict[str, Any] = {"name": provider, "clientId": CLIENT_ID, "clientSecret": CLIENT_SECRET}
    addresses = {"authURL": f"{base}/authorize", "tokenURL": f"{base}/token"}
    match provider:
        case "github":
            return common | addresses | {"userInfoURL": f"{base}/user", "extra": {"signup": True}}
        case "microsoft" | "google":
            extra = {"issuer": base, "jwksURL": f"{base}/keys", "signup": True}
            return common | addresses | {"extra": extra}
        case "gitlab":
            extra = {"issuer": base, "jwksURL": f"{base}/keys", "signup": True}
            return common | addresses | {"userInfoURL": f"{base}/userinfo", "extra": extra}
    return common | {"extra": {"issuer": base, "signup": True}}


@pytest.fixture
def site(plugged: Callable[..., OneClick], identity: IdentityServer) -> Site:
    """An application with the providers' plugin, none of them set up."""
    return Site(TestApi(plugged(oneclick_auth_providers, ONECLICK_PROVIDER_ALLOW=identity.host)), identity)
