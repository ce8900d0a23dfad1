"""Microsoft Entra ID and personal accounts (OpenID Connect)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from oneclick_auth_providers import environment, id_tokens, logos, openid, restrictions
from oneclick_auth_providers.client import Endpoints, Login, ProviderClient
from oneclick_hooks import AuthProvider, OAuth2Error, OAuth2User
from oneclick_hooks.protocols import App

AUTHORITY = "https://login.microsoftonline.com"
PICTURE = "https://graph.microsoft.com/v1.0/me/photo/$value"
PERSONAL = "9188040d-6c67-4c5b-b112-36a304b66dad"
"""The tenant of personal accounts, whose addresses Microsoft itself verifies."""

ANY = ("common", "organizations", "consumers")


def build(app: App, config: Mapping[str, Any]) -> ProviderClient:
    """Return the client for a configuration.

    ``extra.tenant`` limits it to one directory (default ``common``); ``extra.organisations`` names several by id.
    """
    tenant = _tenant(config)
    endpoints = Endpoints(
        authorize=f"{AUTHORITY}/{tenant}/oauth2/v2.0/authorize",
        token=f"{AUTHORITY}/{tenant}/oauth2/v2.0/token",
        scopes=("openid", "email", "profile", "User.Read"),
        issuer=AUTHORITY + "/{tenantid}/v2.0",
        keys=f"{AUTHORITY}/{tenant}/discovery/v2.0/keys",
    )
    return ProviderClient(app, config, endpoints, identify, picture_needs_token=True)


def identify(login: Login) -> OAuth2User:
    """Return who the ID token names. Raises ``OAuth2Error``."""
    said = id_tokens.claims(login)
    directory, account = str(said.get("tid") or ""), str(said.get("oid") or "")
    if not directory or not account:
        raise OAuth2Error("user", "oauth2_unreadable", "Microsoft does not say who this is.")
    tenant = _tenant(login.config)
    if _is_id(tenant) and directory.lower() != tenant.lower():
        text = "This account belongs to another directory."
        raise OAuth2Error("refused", "oauth2_organisation_not_allowed", text)
    restrictions.check_organisation(login.config, [directory])
    user = openid.user_of(said)
    verified = _address_is_verified(said, directory, tenant)
    picture = str((login.config.get("extra") or {}).get("pictureURL") or PICTURE)
    address = str(said.get("email") or "") if verified else ""
    return replace(user, id=account, email=address, avatar_url=picture)


def _address_is_verified(said: Mapping[str, Any], directory: str, tenant: str) -> bool:
    """Tell whether the claim ``email`` may be believed.

    In a directory of somebody else's an administrator may write any address into it. Microsoft vouches for those of
    personal accounts, and for others by ``xms_edov``; for one's own directory the operator does, by naming it.
    """
    vouched = said.get("xms_edov") in (True, 1, "1", "true", "True")
    return vouched or directory.lower() == PERSONAL or (_is_id(tenant) and directory.lower() == tenant.lower())


def _tenant(config: Mapping[str, Any]) -> str:
    return str((config.get("extra") or {}).get("tenant") or "common")


def _is_id(tenant: str) -> bool:
    try:
        return bool(uuid.UUID(tenant))
    except ValueError:
        return False


def check(config: Mapping[str, Any]) -> Mapping[str, str]:
    """Return what is wrong with a configuration."""
    tenant = _tenant(config)
    if tenant not in ANY and not _is_id(tenant):
        return {"extra": "tenant must be the id of a directory, or common, organizations or consumers."}
    return restrictions.wrong(config)


PROVIDER = AuthProvider(
    "microsoft",
    "Microsoft",
    build,
    partial(environment.configured, provider="microsoft"),
    logos.MICROSOFT,
    20,
    check,
)
