"""Any OpenID Connect issuer; its addresses come from the configuration."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from oneclick_auth_providers import environment
from oneclick_auth_providers.client import Endpoints, ProviderClient
from oneclick_hooks import AuthProvider

ENDPOINTS = Endpoints(authorize="", token="", user_info="", scopes=("openid", "email", "profile"))


def build(config: Mapping[str, Any]) -> ProviderClient:
    """Return the client for a configuration."""
    return ProviderClient(ENDPOINTS, config)


PROVIDER = AuthProvider("oidc", "OpenID Connect", build, partial(environment.configured, provider="oidc"), order=90)
