"""Random identifiers."""

from __future__ import annotations

import secrets
import string
import zlib

LOWER = string.ascii_lowercase + string.digits
ALPHANUMERIC = string.ascii_letters + string.digits


def random_text(length: int, alphabet: str = ALPHANUMERIC) -> str:
    """Return ``length`` cryptographically random characters of ``alphabet``."""
    return "".join(secrets.choice(alphabet) for _ in range(length))


def new_id() -> str:
    """Return a new record id: 15 characters of ``[a-z0-9]``."""
    return random_text(15, LOWER)


def collection_id(type_: str, name: str) -> str:
    """Return the stable id that PocketBase derives for a collection (contracts/pocketbase.md §3.1)."""
    return f"pbc_{zlib.crc32((type_ + name).encode())}"


def field_id(type_: str, name: str) -> str:
    """Return the stable id that PocketBase derives for a field (contracts/pocketbase.md §3.1)."""
    return f"{type_}{zlib.crc32(name.encode())}"
