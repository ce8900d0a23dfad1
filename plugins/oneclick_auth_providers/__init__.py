"""Login through GitHub, Microsoft, Google, GitLab and any OpenID Connect issuer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from oneclick.errors import ConfigError
from oneclick_auth_providers import access, environment, github, gitlab, google, microsoft, openid
from oneclick_hooks import AuthProvider, hookimpl

PROVIDERS = (github.PROVIDER, microsoft.PROVIDER, google.PROVIDER, gitlab.PROVIDER, *openid.PROVIDERS)


@hookimpl
def register_auth_providers() -> Iterable[AuthProvider]:
    """Offer the providers of this plugin; ``auth-methods`` lists those that are configured."""
    return PROVIDERS


@hookimpl
def check_environment(environ: Mapping[str, str]) -> None:
    """Refuse a provider that the environment configures by half, and hosts that are none."""
    environment.check(environ)
    access.allowed(environ)
    for provider in PROVIDERS:
        config = provider.from_environment(environ)
        for name, text in (provider.check(config) if config is not None else {}).items():
            raise ConfigError(f"{environment.PREFIXES[provider.name]}_*: {name}: {text}")
