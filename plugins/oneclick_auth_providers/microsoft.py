"""Microsoft Entra ID and personal accounts (OpenID Connect)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from oneclick_auth_providers import environment
from oneclick_auth_providers.client import Endpoints, ProviderClient
from oneclick_hooks import AuthProvider

AUTHORITY = "https://login.microsoftonline.com"


def build(config: Mapping[str, Any]) -> ProviderClient:
    """Return the client for a configuration; ``extra.tenant`` limits it to one directory (default ``common``)."""
    tenant = str((config.get("extra") or {}).get("tenant") or "common")
    endpoints = Endpoints(
        authorize=f"{AUTHORITY}/{tenant}/oauth2/v2.0/authorize",
        token=f"{AUTHORITY}/{tenant}/oauth2/v2.0/token",
        user_info="https://graph.microsoft.com/v1.0/me",
        scopes=("openid", "email", "profile", "User.Read"),
    )
    return ProviderClient(endpoints, config)


PROVIDER = AuthProvider(
    "microsoft", "Microsoft", build, partial(environment.configured, provider="microsoft"), order=20
)
