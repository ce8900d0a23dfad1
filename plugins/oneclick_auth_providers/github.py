"""GitHub, and GitHub Enterprise by address overrides (OAuth 2.0 with PKCE)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from oneclick_auth_providers import environment, logos, restrictions
from oneclick_auth_providers.client import Endpoints, Login, ProviderClient
from oneclick_hooks import AuthProvider, OAuth2Error, OAuth2User
from oneclick_hooks.protocols import App

ADDRESSES = ("authURL", "tokenURL", "userInfoURL")
ENDPOINTS = Endpoints(
    authorize="https://github.com/login/oauth/authorize",
    token="https://github.com/login/oauth/access_token",  # noqa: S106
    user_info="https://api.github.com/user",
    scopes=("read:user", "user:email"),
)


def build(app: App, config: Mapping[str, Any]) -> ProviderClient:
    """Return the client for a configuration; allowed organisations need one more scope."""
    more = ("read:org",) if restrictions.listed(config, "organisations") else ()
    return ProviderClient(app, config, replace(ENDPOINTS, scopes=ENDPOINTS.scopes + more), identify)


def identify(login: Login) -> OAuth2User:
    """Return who the token belongs to. Raises ``OAuth2Error``."""
    base = login.endpoints.user_info.rstrip("/")
    said = login.session.get_json(base)
    if not isinstance(said, dict) or isinstance(said.get("id"), bool) or not isinstance(said.get("id"), int):
        raise OAuth2Error("user", "oauth2_unreadable", "GitHub does not say who this is.")
    if restrictions.listed(login.config, "organisations"):
        found = login.session.get_json(f"{base}/orgs?per_page=100")
        names = [str(item.get("login")) for item in found if isinstance(item, dict)] if isinstance(found, list) else []
        restrictions.check_organisation(login.config, names)
    return OAuth2User(
        id=str(said["id"]),
        name=str(said.get("name") or ""),
        username=str(said.get("login") or ""),
        email=_verified(login, base),
        avatar_url=str(said.get("avatar_url") or ""),
        raw=said,
    )


def _verified(login: Login, base: str) -> str:
    """Return a verified address: one of an allowed domain first, then the primary one. The profile's own may be
    anybody's."""
    found = login.session.get_json(f"{base}/emails")
    entries = [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []
    verified = [item for item in entries if item.get("verified") is True and isinstance(item.get("email"), str)]
    domains = restrictions.listed(login.config, "domains")
    verified.sort(
        key=lambda item: (restrictions.domain_of(item["email"]) not in domains, item.get("primary") is not True)
    )
    if not verified or (not domains and verified[0].get("primary") is not True):
        return ""
    return str(verified[0]["email"])


def check(config: Mapping[str, Any]) -> Mapping[str, str]:
    """Return what is wrong with a configuration. GitHub Enterprise has all addresses of its own: with some of them the
    client secret would go to the wrong place."""
    missing = [name for name in ADDRESSES if not config.get(name)]
    if len(missing) in (1, 2):
        return dict.fromkeys(missing, "Needed beside the other addresses of a GitHub Enterprise Server.")
    return restrictions.wrong(config)


PROVIDER = AuthProvider(
    "github",
    "GitHub",
    build,
    partial(environment.configured, provider="github"),
    logos.GITHUB,
    10,
    check,
)
