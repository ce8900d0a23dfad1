"""The token by which a CI system starts a check: shown once, kept as a hash."""

from __future__ import annotations

import hashlib
import hmac

from flask import g, has_app_context

from oneclick.ids import random_text
from oneclick_hooks import RecordEnrichEvent
from oneclick_hooks.protocols import Record

PREFIX = "ocw_"
_SHOWN = "auto_update_tokens"


def issue(record: Record) -> str:
    """Give ``record`` a new token (unsaved) and return it; the answer to this request will show it."""
    token = PREFIX + random_text(40)
    record["webhookTokenHash"] = _digest(token)
    shown: dict[int, tuple[Record, str]] = g.setdefault(_SHOWN, {})
    shown[id(record)] = (record, token)
    return token


def reveal(event: RecordEnrichEvent) -> None:
    """Add ``webhookToken`` to the answer of the request that made it, and to nothing else; never send its hash."""
    event.hidden.add("webhookTokenHash")
    if event.request.context == "realtime" or not has_app_context():
        return
    for record, token in g.get(_SHOWN, {}).values():
        if record.id == event.record.id:
            event.extra["webhookToken"] = token


def matches(record: Record, token: str) -> bool:
    """Tell in constant time whether ``token`` is the record's."""
    stored = str(record["webhookTokenHash"])
    return bool(stored) and hmac.compare_digest(stored, _digest(token))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
