"""Google (OpenID Connect)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from oneclick_auth_providers import environment, id_tokens, logos, openid, restrictions
from oneclick_auth_providers.client import Endpoints, Login, ProviderClient
from oneclick_hooks import AuthProvider, OAuth2User
from oneclick_hooks.protocols import App

ENDPOINTS = Endpoints(
    authorize="https://accounts.google.com/o/oauth2/v2/auth",
    token="https://oauth2.googleapis.com/token",  # noqa: S106
    scopes=("openid", "email", "profile"),
    issuer="https://accounts.google.com",
    keys="https://www.googleapis.com/oauth2/v3/certs",
)


def build(app: App, config: Mapping[str, Any]) -> ProviderClient:
    """Return the client for a configuration; ``extra.organisations`` names Workspace domains."""
    return ProviderClient(app, config, ENDPOINTS, identify)


def identify(login: Login) -> OAuth2User:
    """Return who the ID token names: Google's has the whole profile. Raises ``OAuth2Error``."""
    said = id_tokens.claims(login)
    workspace = said.get("hd")
    restrictions.check_organisation(login.config, [workspace] if isinstance(workspace, str) else [])
    return openid.user_of(said)


PROVIDER = AuthProvider(
    "google",
    "Google",
    build,
    partial(environment.configured, provider="google"),
    logos.GOOGLE,
    30,
    restrictions.wrong,
)
