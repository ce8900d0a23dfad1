"""What OpenID issuers say of themselves (OpenID Connect Discovery 1.0 §4), kept for a while."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import Any

from oneclick.outbound import is_address
from oneclick_auth_providers.access import Session
from oneclick_hooks import OAuth2Error

KEEP_SECONDS = 3600.0
FAILED_SECONDS = 30.0
MOST_ISSUERS = 64
NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass
class _Issuer:
    """One issuer: what it said last, or how it failed, and until when that counts."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    until: float = 0.0
    said: dict[str, str] | None = None
    failure: OAuth2Error | None = None


class Descriptions:
    """The issuers' descriptions. Each is asked by one thread at a time; one that fails is left alone for half a minute,
    and what it said before goes on counting meanwhile."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._issuers: dict[str, _Issuer] = {}

    def of(self, issuer: str, session: Session) -> dict[str, str]:
        """Return the issuer's addresses and how it wants clients to prove who they are. Raises ``OAuth2Error``."""
        with self._lock:
            if len(self._issuers) >= MOST_ISSUERS and issuer not in self._issuers:
                self._issuers.clear()
            known = self._issuers.setdefault(issuer, _Issuer())
        with known.lock:
            if time.monotonic() >= known.until:
                self._ask(issuer, known, session)
        if known.said is not None:
            return known.said
        assert known.failure is not None
        raise known.failure

    def _ask(self, issuer: str, known: _Issuer, session: Session) -> None:
        try:
            known.said, known.failure = _read(issuer, session), None
            known.until = time.monotonic() + KEEP_SECONDS
        except OAuth2Error as failure:
            known.failure, known.until = failure, time.monotonic() + FAILED_SECONDS


def _read(issuer: str, session: Session) -> dict[str, str]:
    found: Any = session.get_json(f"{issuer.rstrip('/')}/.well-known/openid-configuration", signed=False)
    if not isinstance(found, dict) or found.get("issuer") != issuer:
        raise OAuth2Error("user", "oauth2_wrong_issuer", "The issuer describes itself under another name.")
    said = {name: found.get(name) or "" for name in (*NEEDED, "userinfo_endpoint")}
    if not all(is_address(said[name]) for name in NEEDED) or not (
        said["userinfo_endpoint"] == "" or is_address(said["userinfo_endpoint"])
    ):
        raise OAuth2Error("user", "oauth2_unreadable", "The issuer does not say where it is asked.")
    methods = found.get("token_endpoint_auth_methods_supported")
    basic = not isinstance(methods, list) or not methods or "client_secret_basic" in methods
    return said | {"client_auth": "client_secret_basic" if basic else "client_secret_post"}


DESCRIPTIONS = Descriptions()
