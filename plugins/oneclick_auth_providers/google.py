"""Google (OpenID Connect)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from oneclick_auth_providers import environment
from oneclick_auth_providers.client import Endpoints, ProviderClient
from oneclick_hooks import AuthProvider

ENDPOINTS = Endpoints(
    authorize="https://accounts.google.com/o/oauth2/v2/auth",
    token="https://oauth2.googleapis.com/token",  # noqa: S106
    user_info="https://openidconnect.googleapis.com/v1/userinfo",
    scopes=("openid", "email", "profile"),
)


def build(config: Mapping[str, Any]) -> ProviderClient:
    """Return the client for a configuration."""
    return ProviderClient(ENDPOINTS, config)


PROVIDER = AuthProvider("google", "Google", build, partial(environment.configured, provider="google"), order=30)
