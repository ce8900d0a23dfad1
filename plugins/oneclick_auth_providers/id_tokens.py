"""ID tokens: who the provider says has signed in, and how it is proved (OpenID Connect Core 1.0 §3.1.3.7)."""

from __future__ import annotations

import logging
import threading
import time
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from typing import Any

import orjson
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import ExpiredTokenError, InvalidClaimError, JoseError, MissingClaimError
from joserfc.jwk import KeySet, import_key

from oneclick_auth_providers.access import Session
from oneclick_auth_providers.client import Login, nonce
from oneclick_hooks import OAuth2Error

log = logging.getLogger(__name__)

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures by a key that only the provider has; never ``none``, never one made with the client's secret."""

LEEWAY_SECONDS = 60
KEEP_SECONDS = 600.0
LOOK_AGAIN_SECONDS = 30.0
MOST_ISSUERS = 64
SENTENCES = {
    "iss": ("oauth2_wrong_issuer", "The ID token is from another issuer."),
    "aud": ("oauth2_wrong_audience", "The ID token is for another application."),
    "azp": ("oauth2_wrong_audience", "The ID token is for another application."),
    "nonce": ("oauth2_wrong_nonce", "The ID token belongs to another login."),
    "at_hash": ("oauth2_wrong_token", "The ID token belongs to another access token."),
}


class Keys:
    """The keys of issuers, kept for a while. A token that names a key which is not known makes it look again, but not
    more often than twice a minute."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[float, KeySet]] = {}
        self._lock = threading.Lock()

    def of(self, url: str, session: Session, key_id: str) -> KeySet:
        """Return the keys at ``url``. Raises ``OAuth2Error``."""
        with self._lock:
            at, keys = self._known.get(url, (0.0, None))
        age = time.monotonic() - at
        if keys is not None and age < KEEP_SECONDS:
            named = {key.kid for key in keys.keys}
            if not key_id or key_id in named or age < LOOK_AGAIN_SECONDS:
                return keys
        keys = _read_keys(session.get_json(url, signed=False))
        with self._lock:
            if len(self._known) >= MOST_ISSUERS:
                self._known.clear()
            self._known[url] = (time.monotonic(), keys)
        return keys


def _read_keys(published: Any) -> KeySet:
    """Return the keys that can be read: one of a kind that is new does not take the others along."""
    entries = published.get("keys") if isinstance(published, dict) else None
    keys = []
    for entry in entries if isinstance(entries, list) else ():
        try:
            keys.append(import_key(entry))
        except (JoseError, ValueError, TypeError, KeyError, AttributeError):
            log.info("a key of a login provider is passed over")
    if not keys:
        raise OAuth2Error("user", "oauth2_unreadable", "The provider's keys cannot be read.")
    return KeySet(keys)


KEYS = Keys()


def claims(login: Login) -> dict[str, Any]:
    """Return what the ID token of a login says, once it is proved. Raises ``OAuth2Error``."""
    token, endpoints = login.session.token, login.endpoints
    text = token.get("id_token")
    if not isinstance(text, str) or not text:
        raise OAuth2Error("user", "oauth2_no_id_token", "The provider's answer has no ID token.")
    try:
        keys = KEYS.of(endpoints.keys, login.session, _key_id(text))
        read = jwt.decode(text, keys, algorithms=list(ALGORITHMS))
        # Read strictly: what is no plain JSON (numbers without end, halves of letters) could be sent to nobody.
        said: dict[str, Any] = orjson.loads(urlsafe_b64decode(text.split(".")[1] + "=="))
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise OAuth2Error("user", "oauth2_wrong_signature", "The ID token is not signed by the provider.") from error
    _check(said, read.header, login)
    return said


def _check(said: Mapping[str, Any], header: Mapping[str, Any], login: Login) -> None:
    client_id = str(login.config.get("clientId") or "")
    if said.get("nonce") and not login.code_verifier:
        raise OAuth2Error("user", *SENTENCES["nonce"])
    issuer = login.endpoints.issuer.replace("{tenantid}", str(said.get("tid") or ""))
    expected = CodeIDToken(
        dict(said),
        dict(header),
        {"iss": {"essential": True, "value": issuer}, "aud": {"essential": True, "value": client_id}},
        {
            "client_id": client_id,
            "nonce": nonce(login.code_verifier) if login.code_verifier else "",
            "access_token": login.session.token.get("access_token"),
        },
    )
    try:
        expected.validate(leeway=LEEWAY_SECONDS)
    except ExpiredTokenError as error:
        raise OAuth2Error("user", "oauth2_expired", "The ID token has expired.") from error
    except (InvalidClaimError, MissingClaimError) as error:
        code, text = SENTENCES.get(str(error.claim), ("oauth2_wrong_claim", f"The ID token's {error.claim} is wrong."))
        raise OAuth2Error("user", code, text) from error
    except (JoseError, ValueError, TypeError) as error:
        raise OAuth2Error("user", "oauth2_wrong_claim", "The ID token cannot be believed.") from error


def _key_id(token: str) -> str:
    from joserfc.jws import extract_compact

    return str(extract_compact(token.encode()).headers().get("kid") or "")
