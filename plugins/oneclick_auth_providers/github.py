"""GitHub (OAuth 2.0 with PKCE)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from oneclick_auth_providers import environment
from oneclick_auth_providers.client import Endpoints, ProviderClient
from oneclick_hooks import AuthProvider

ENDPOINTS = Endpoints(
    authorize="https://github.com/login/oauth/authorize",
    token="https://github.com/login/oauth/access_token",  # noqa: S106
    user_info="https://api.github.com/user",
    scopes=("read:user", "user:email"),
)


def build(config: Mapping[str, Any]) -> ProviderClient:
    """Return the client for a configuration."""
    return ProviderClient(ENDPOINTS, config)


PROVIDER = AuthProvider("github", "GitHub", build, partial(environment.configured, provider="github"), order=10)
