"""GitLab, the public one or, with address overrides, a self-hosted one (OAuth 2.0 with PKCE)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from oneclick_auth_providers import environment
from oneclick_auth_providers.client import Endpoints, ProviderClient
from oneclick_hooks import AuthProvider

ENDPOINTS = Endpoints(
    authorize="https://gitlab.com/oauth/authorize",
    token="https://gitlab.com/oauth/token",  # noqa: S106
    user_info="https://gitlab.com/api/v4/user",
    scopes=("read_user",),
)


def build(config: Mapping[str, Any]) -> ProviderClient:
    """Return the client for a configuration."""
    return ProviderClient(ENDPOINTS, config)


PROVIDER = AuthProvider("gitlab", "GitLab", build, partial(environment.configured, provider="gitlab"), order=40)
