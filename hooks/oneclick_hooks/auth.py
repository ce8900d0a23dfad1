"""Hooks around signing in."""

from __future__ import annotations

from collections.abc import Iterable

from oneclick_hooks.events import AuthEvent, AuthProvider
from oneclick_hooks.markers import hookspec


@hookspec
def on_record_auth_request(event: AuthEvent) -> None:
    """A record has signed in (by password, refresh, OAuth2, …) and is about to get its token."""


@hookspec
def register_auth_providers() -> Iterable[AuthProvider]:
    """Return the identity providers that this plugin knows; ``auth-methods`` lists those that are configured."""
    return ()
