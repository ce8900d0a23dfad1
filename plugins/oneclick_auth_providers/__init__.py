"""Login through GitHub, Microsoft, Google, GitLab and any OpenID Connect issuer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from oneclick_auth_providers import environment, github, gitlab, google, microsoft, openid
from oneclick_hooks import AuthProvider, hookimpl

PROVIDERS = (github.PROVIDER, microsoft.PROVIDER, google.PROVIDER, gitlab.PROVIDER, openid.PROVIDER)


@hookimpl
def register_auth_providers() -> Iterable[AuthProvider]:
    """Offer the providers of this plugin; ``auth-methods`` lists those that are configured."""
    return PROVIDERS


@hookimpl
def check_environment(environ: Mapping[str, str]) -> None:
    """Refuse a provider that the environment configures by half."""
    environment.check(environ)
