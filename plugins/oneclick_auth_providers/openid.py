"""Any OpenID Connect issuer: its addresses come from the configuration, or from the issuer itself (discovery)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from oneclick_auth_providers import environment, id_tokens, logos, restrictions
from oneclick_auth_providers.access import Session
from oneclick_auth_providers.client import Endpoints, Login, ProviderClient
from oneclick_auth_providers.discovery import DESCRIPTIONS
from oneclick_hooks import AuthProvider, OAuth2Error, OAuth2User
from oneclick_hooks.protocols import App

ENDPOINTS = Endpoints(scopes=("openid", "email", "profile"), discover=True, client_auth="client_secret_basic")


def build(app: App, config: Mapping[str, Any]) -> ProviderClient:
    """Return the client for a configuration."""
    return ProviderClient(app, config, ENDPOINTS, identify, complete)


def complete(endpoints: Endpoints, session: Session) -> Endpoints:
    """Fill in what the configuration leaves open, from the issuer's own description. Raises ``OAuth2Error``."""
    wanted = (endpoints.authorize, endpoints.token, endpoints.keys)
    if not endpoints.discover or not endpoints.issuer or all(wanted):
        return endpoints
    known = DESCRIPTIONS.of(endpoints.issuer, session)
    return replace(
        endpoints,
        authorize=endpoints.authorize or known["authorization_endpoint"],
        token=endpoints.token or known["token_endpoint"],
        user_info=endpoints.user_info or known["userinfo_endpoint"],
        keys=endpoints.keys or known["jwks_uri"],
        client_auth=known["client_auth"],
    )


def identify(login: Login) -> OAuth2User:
    """Return who the ID token names, with what the user information endpoint adds. Raises ``OAuth2Error``."""
    said = id_tokens.claims(login)
    if login.endpoints.user_info:
        more = login.session.get_json(login.endpoints.user_info)
        if not isinstance(more, dict) or str(more.get("sub") or more.get("id")) != str(said["sub"]):
            raise OAuth2Error("user", "oauth2_wrong_user", "The provider speaks of two different people.")
        said = {**more, **said, **_address(said, more)}
    restrictions.check_organisation(login.config, groups(said))
    return user_of(said)


def user_of(said: Mapping[str, Any]) -> OAuth2User:
    """Return the person that standard claims describe (OpenID Connect Core 1.0 §5.1)."""
    verified = said.get("email_verified") in (True, "true")
    return OAuth2User(
        id=str(said["sub"]) if isinstance(said.get("sub"), str | int) else "",
        name=_text(said, "name"),
        username=_text(said, "preferred_username") or _text(said, "nickname"),
        email=_text(said, "email") if verified else "",
        avatar_url=_text(said, "picture"),
        raw=dict(said),
    )


def groups(said: Mapping[str, Any]) -> list[str]:
    """Return the groups that the claim ``groups`` names."""
    found = said.get("groups")
    return [group for group in found if isinstance(group, str)] if isinstance(found, list) else []


def check(config: Mapping[str, Any]) -> Mapping[str, str]:
    """Return what is wrong with a configuration."""
    extra = config.get("extra") or {}
    if not extra.get("issuer"):
        missing = [name for name in ("authURL", "tokenURL") if not config.get(name)]
        if missing:
            return dict.fromkeys(missing, "Needed where extra.issuer is not given.")
        return {"extra": "issuer is needed: ID tokens are checked against it."}
    return restrictions.wrong(config)


def _address(*documents: Mapping[str, Any]) -> dict[str, Any]:
    """Return the address of the first document that vouches for one: never one's address with another's word."""
    for document in documents:
        if _text(document, "email") and document.get("email_verified") in (True, "true"):
            return {"email": document["email"], "email_verified": True}
    return {"email_verified": False}


def _text(said: Mapping[str, Any], name: str) -> str:
    value = said.get(name)
    return value if isinstance(value, str) else ""


def provider(name: str, title: str, order: int) -> AuthProvider:
    """Return one of the generic providers."""
    by_environment = partial(environment.configured, provider=name)
    return AuthProvider(name, title, build, by_environment, logos.OPENID, order, check)


PROVIDERS = (
    provider("oidc", "OpenID Connect", 90),
    provider("oidc2", "OpenID Connect (2)", 91),
    provider("oidc3", "OpenID Connect (3)", 92),
)
