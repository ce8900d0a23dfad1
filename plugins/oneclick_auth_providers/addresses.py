"""Addresses as configurations and issuers give them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit


def is_address(value: Any) -> bool:
    """Tell whether ``value`` is the address of a page or service: ``https://`` or ``http://`` with a host,
    and nobody's name or password."""
    try:
        parts = urlsplit(value) if isinstance(value, str) else None
        named = parts is not None and parts.scheme in ("http", "https") and bool(parts.hostname)
        return parts is not None and named and parts.port != 0 and "@" not in parts.netloc
    except ValueError:
        return False
