"""What identity providers are to the core: who can be signed in by them, and how."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from oneclick_hooks.protocols import App


@dataclass(frozen=True, slots=True)
class OAuth2User:
    """Who somebody is to a provider.

    ``id`` never changes; ``email`` is empty unless the provider has verified it (accounts are linked by it);
    ``expiry`` is a date as records have them; ``raw`` is what the provider said.
    """

    id: str
    name: str = ""
    username: str = ""
    email: str = ""
    avatar_url: str = ""
    access_token: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)
    expiry: str = ""
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)


class OAuth2Error(Exception):
    """A provider's login failed.

    ``step`` is ``token`` (the code was not exchanged), ``user`` (the provider does not say who it is, or cannot be
    believed) or ``refused`` (the person is not one of those who may). ``code`` is stable; the message is a sentence
    for the person.
    """

    def __init__(self, step: str, code: str, message: str) -> None:
        super().__init__(message)
        self.step, self.code = step, code


class OAuth2Client(Protocol):
    """The client of one configured provider."""

    @property
    def pkce(self) -> bool:
        """Whether the provider is asked with a code challenge (RFC 7636)."""
        ...

    def authorization_url(self, state: str, code_verifier: str) -> str:
        """Return where to send a person; it ends with ``&redirect_uri=`` (contracts/pocketbase.md §2.4)."""
        ...

    def fetch_user(self, code: str, code_verifier: str, redirect_url: str) -> OAuth2User:
        """Exchange a code and return whose it is. Raises ``OAuth2Error``."""
        ...

    def fetch_avatar(self, user: OAuth2User) -> bytes | None:
        """Return the person's picture, ``None`` when there is none to be had; raises nothing."""
        ...


@dataclass(frozen=True, slots=True)
class AuthProvider:
    """An identity provider that ``auth-methods`` lists once it is configured.

    ``build(app, config)`` returns the provider's client; ``config`` has PocketBase's keys (contracts/pocketbase.md
    §3.1). ``check(config)`` returns what is wrong with a configuration, as sentences by key.
    ``from_environment(environ)`` returns a configuration, or ``None`` where the environment has none.
    """

    name: str
    display_name: str
    build: Callable[[App, Mapping[str, Any]], OAuth2Client]
    from_environment: Callable[[Mapping[str, str]], Mapping[str, Any] | None] = lambda environ: None
    logo: str = ""
    order: int = 100
    check: Callable[[Mapping[str, Any]], Mapping[str, str]] = lambda config: {}
