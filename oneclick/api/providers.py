"""The ways to sign in that a collection offers (contract §2.4)."""

from __future__ import annotations

import base64
import hashlib
import logging
import secrets
from collections.abc import Mapping
from typing import Any

from oneclick.auth.external import known_providers
from oneclick.collections import Collection
from oneclick.core import OneClick
from oneclick.ids import random_text
from oneclick_hooks import AuthProvider, OAuth2Error

log = logging.getLogger(__name__)


def login_methods(app: OneClick, collection: Collection) -> dict[str, Any]:
    """Return the answer of ``auth-methods``."""
    options = collection.options
    password, mfa, otp = options["passwordAuth"], options["mfa"], options["otp"]
    fields = list(password["identityFields"]) if password["enabled"] else []
    providers = [shown for found in configured(app, collection) if (shown := _described(*found)) is not None]
    return {
        "password": {"identityFields": fields, "enabled": password["enabled"]},
        "oauth2": {"providers": providers, "enabled": bool(providers)},
        "mfa": {"enabled": mfa["enabled"], "duration": mfa["duration"] if mfa["enabled"] else 0},
        "otp": {"enabled": otp["enabled"], "duration": otp["duration"] if otp["enabled"] else 0},
        "authProviders": [provider | {"logo": ""} for provider in providers],
        "usernamePassword": "username" in fields,
        "emailPassword": "email" in fields,
    }


def configured(app: OneClick, collection: Collection) -> list[tuple[AuthProvider, Mapping[str, Any], Any]]:
    """Return the providers that are configured, with their configuration and client: by the collection's own options,
    and for ``users`` by the environment as well (the collection's wins). Superusers have none."""
    if collection.is_superusers:
        return []
    stored = options["providers"] if (options := collection.options["oauth2"])["enabled"] else []
    by_name = {provider["name"]: provider for provider in stored}
    found = []
    for provider in known_providers(app.plugins):
        config = by_name.get(provider.name)
        if config is None and collection.name == "users":
            config = provider.from_environment(app.config.environ)
        if config is None:
            continue
        try:
            found.append((provider, config, provider.build(app, config)))
        except Exception:
            log.exception("the login provider %s cannot be used", provider.name)
    return found


def problems(app: OneClick, collection: Collection) -> dict[str, str]:
    """Return why configured providers have no button just now, as sentences by their names."""
    found: dict[str, str] = {}
    for provider, config, client in configured(app, collection):
        try:
            _describe(provider, config, client)
        except OAuth2Error as error:
            found[provider.name] = str(error)
        except Exception:  # noqa: BLE001 a plugin's client may raise anything; auth-methods logs it
            found[provider.name] = "It cannot be used; the server's log says why."
    return found


def _described(provider: AuthProvider, config: Mapping[str, Any], client: Any) -> dict[str, Any] | None:
    """Describe a provider; one that cannot be asked just now (its issuer is away) is left out."""
    try:
        return _describe(provider, config, client)
    except OAuth2Error as error:
        log.warning("the login provider %s cannot be used: %s", provider.name, error)
    except Exception:
        log.exception("the login provider %s cannot be used", provider.name)
    return None


def _describe(provider: AuthProvider, config: Mapping[str, Any], client: Any) -> dict[str, Any]:
    state = random_text(30)
    verifier = secrets.token_urlsafe(32) if client.pkce else ""
    url = client.authorization_url(state, verifier)
    return {
        "name": provider.name,
        "displayName": config.get("displayName") or provider.display_name,
        "logo": provider.logo,
        "state": state,
        "authURL": url,
        "authUrl": url,
        "codeVerifier": verifier,
        "codeChallenge": _challenge(verifier) if verifier else "",
        "codeChallengeMethod": "S256" if verifier else "",
    }


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
