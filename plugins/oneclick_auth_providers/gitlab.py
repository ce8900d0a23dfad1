"""GitLab, the public one or, with ``extra.issuer``, a self-hosted one (OpenID Connect with PKCE)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from oneclick_auth_providers import environment, logos, openid, restrictions
from oneclick_auth_providers.client import Endpoints, ProviderClient
from oneclick_hooks import AuthProvider
from oneclick_hooks.protocols import App

PUBLIC = "https://gitlab.com"


def build(app: App, config: Mapping[str, Any]) -> ProviderClient:
    """Return the client for a configuration; ``extra.organisations`` names groups by their path."""
    base = str((config.get("extra") or {}).get("issuer") or PUBLIC).rstrip("/")
    endpoints = Endpoints(
        authorize=f"{base}/oauth/authorize",
        token=f"{base}/oauth/token",
        user_info=f"{base}/oauth/userinfo",
        scopes=("openid", "email", "profile"),
        issuer=base,
        keys=f"{base}/oauth/discovery/keys",
    )
    return ProviderClient(app, config, endpoints, openid.identify)


PROVIDER = AuthProvider(
    "gitlab",
    "GitLab",
    build,
    partial(environment.configured, provider="gitlab"),
    logos.GITLAB,
    40,
    restrictions.wrong,
)
