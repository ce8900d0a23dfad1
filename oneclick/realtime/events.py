"""What travels among processes when a record changes."""

from __future__ import annotations

from typing import Any

import msgspec

from oneclick.collections import Collection
from oneclick.fields import PasswordField
from oneclick.realtime.topics import EVERYTHING, Topic
from oneclick.records import Record


class Change(msgspec.Struct, frozen=True):
    """A record was created, updated or deleted. ``stored`` is its row.

    Who may see a deleted record is judged before it goes (``allowed``: topics by client); a client that is not in
    there came later, and is judged by what is left.
    """

    action: str
    collection: str
    stored: dict[str, Any]
    allowed: dict[str, list[str]] | None = None

    def encode(self) -> bytes:
        """Return it as JSON."""
        return msgspec.json.encode(self)

    @staticmethod
    def decode(content: bytes) -> Change:
        """Read what :meth:`encode` wrote."""
        return msgspec.json.decode(content, type=Change)


def public_row(record: Record) -> dict[str, Any]:
    """Return the record's row without password hashes and token keys: what travels needs neither."""
    secret = {field.name for field in record.collection.fields if isinstance(field, PasswordField)}
    if record.collection.is_auth:
        secret.add("tokenKey")
    return {name: value for name, value in record.state()[1].items() if name not in secret}


def concerns(topic: Topic, collection: Collection, record_id: str) -> bool:
    """Tell whether a topic is about this record."""
    if topic.collection != collection.id and topic.collection.lower() != collection.name.lower():
        return False
    return topic.record in (EVERYTHING, record_id)
