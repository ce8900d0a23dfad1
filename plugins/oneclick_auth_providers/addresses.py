"""Addresses as configurations and issuers give them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit


def is_address(value: Any) -> bool:
    """Tell whether ``value`` is the address of a page or service: ``https://`` or ``http://`` with a host."""
    try:
        parts = urlsplit(value) if isinstance(value, str) else None
        return parts is not None and parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
