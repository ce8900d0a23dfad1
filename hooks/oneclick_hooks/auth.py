"""Hooks around signing in."""

from __future__ import annotations

from collections.abc import Iterable

from oneclick_hooks.events import AuthEvent, AuthWithOAuth2Event
from oneclick_hooks.markers import hookspec
from oneclick_hooks.oauth2 import AuthProvider


@hookspec
def on_record_auth_request(event: AuthEvent) -> None:
    """A record has signed in (by password, refresh, OAuth2, …) and is about to get its token."""


@hookspec
def on_record_auth_with_oauth2_request(event: AuthWithOAuth2Event) -> None:
    """Somebody has come back from an identity provider, who vouches for ``event.user``; his record is about to be
    found, linked or made. Raise an ``ApiError`` to refuse."""


@hookspec
def register_auth_providers() -> Iterable[AuthProvider]:
    """Return the identity providers that this plugin knows; ``auth-methods`` lists those that are configured."""
    return ()
