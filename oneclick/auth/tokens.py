"""Tokens of records: JWTs signed with the record's token key plus its collection's secret (contract §2.1).

Changing either ends all tokens that were signed with it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable, Mapping
from typing import Any

import orjson
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from oneclick import clock
from oneclick_hooks.protocols import Record

AUTH, FILE, SOCKET = "auth", "file", "socket"
VERIFICATION, PASSWORD_RESET, EMAIL_CHANGE = "verification", "passwordReset", "emailChange"
_OPTIONS = {
    AUTH: "authToken",
    FILE: "fileToken",
    # Lives in a cookie for websockets alone; of its collection's options it uses the secret only.
    SOCKET: "authToken",
    VERIFICATION: "verificationToken",
    PASSWORD_RESET: "passwordResetToken",
    EMAIL_CHANGE: "emailChangeToken",
}
_HEADER = {"alg": "HS256", "typ": "JWT"}
_LONGEST = 8192

Find = Callable[[str, str], Record | None]
"""Finds a record by its collection's id and its own."""


def issue(record: Record, kind: str = AUTH, duration: float | None = None, **claims: Any) -> str:
    """Return a token of ``kind`` for an auth record; ``duration`` in seconds, by default the collection's."""
    seconds = _options(record, kind)["duration"] if duration is None else duration
    payload: dict[str, Any] = {"id": record.id, "type": kind, "collectionId": record.collection.id}
    if kind == AUTH:
        payload["refreshable"] = True
    payload |= claims | {"exp": int(clock.now().timestamp() + seconds)}
    return jwt.encode(_HEADER, payload, _key(record, kind), algorithms=["HS256"])


def read(token: str) -> dict[str, Any]:
    """Return a token's claims without checking its signature; ``{}`` for what is no token at all."""
    parts = token.split(".")
    if len(parts) != 3 or len(token) > _LONGEST:
        return {}
    try:
        claims = orjson.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (ValueError, binascii.Error):
        return {}
    return claims if isinstance(claims, dict) else {}


def verify(token: str, find: Find, kind: str = AUTH) -> tuple[Record, dict[str, Any]] | None:
    """Return the record that a token stands for and the claims; ``None`` unless the token is valid for ``kind``."""
    claims = read(token)
    record_id, collection_id, expires = claims.get("id"), claims.get("collectionId"), claims.get("exp")
    if claims.get("type") != kind or not isinstance(record_id, str) or not isinstance(collection_id, str):
        return None
    if isinstance(expires, bool) or not isinstance(expires, int | float) or expires <= clock.now().timestamp():
        return None
    record = find(collection_id, record_id)
    if record is None or record.collection.type != "auth":
        return None
    try:
        signed = jwt.decode(token, _key(record, kind), algorithms=["HS256"])
    except (JoseError, ValueError, TypeError):
        # The header is the client's: the library stumbles over parts of another type than it expects.
        return None
    return record, dict(signed.claims)


def fingerprint(record: Record) -> str:
    """Return a short text that changes whenever the record's tokens become invalid."""
    return hashlib.sha256(_secret(record, AUTH)).hexdigest()[:24]


def _options(record: Record, kind: str) -> Mapping[str, Any]:
    collection: Any = record.collection
    options: Mapping[str, Any] = collection.options[_OPTIONS[kind]]
    return options


def _secret(record: Record, kind: str) -> bytes:
    return f"{record['tokenKey']}{_options(record, kind)['secret']}".encode()


def _key(record: Record, kind: str) -> OctKey:
    return OctKey.import_key(_secret(record, kind))
