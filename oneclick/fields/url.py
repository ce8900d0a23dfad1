"""URLs."""

from __future__ import annotations

import re
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import ClassVar
from urllib.parse import urlsplit

from oneclick.errors import FieldErrors, field_error
from oneclick.fields.domains import DomainsField

MAX_LENGTH = 2083

_SHAPE = re.compile(
    r"(?:(?:ftp|tcp|udp|wss?|https?)://)?(?:[^\s/?#]+@)?(?P<host>\[[0-9A-Fa-f:.]+\]|[^\s/?#:@\[\]]+)"
    r"(?::(?P<port>\d{1,5}))?(?:[/?#]\S*)?"
)
_WIDE = "\u00a1-\uffff"
_HOST_LABEL = re.compile(rf"[A-Za-z0-9{_WIDE}_]([A-Za-z0-9{_WIDE}_-]*[A-Za-z0-9{_WIDE}_])?")


def is_url(text: str) -> bool:
    """Whether ``text`` is a URL: with or without a scheme (then the host must be dotted), no blanks."""
    match = _SHAPE.fullmatch(text)
    if not match or not 3 <= len(text) <= MAX_LENGTH:
        return False
    host = match["host"]
    if "://" not in text and "." not in host:
        return False
    return _is_ip6(host) if host.startswith("[") else _is_host(host)


def _is_ip6(host: str) -> bool:
    try:
        IPv6Address(host[1:-1])
    except AddressValueError:
        return False
    return True


def _is_host(host: str) -> bool:
    labels = host.removesuffix(".").split(".")
    if labels[-1].isdigit():
        try:
            IPv4Address(host)
        except AddressValueError:
            return False
    return all(_HOST_LABEL.fullmatch(label) for label in labels)


def host_of(text: str) -> str:
    """Return a URL's host with its port, ``""`` without a scheme."""
    try:
        return urlsplit(text).netloc.rpartition("@")[2]
    except ValueError:
        return ""


class URLField(DomainsField, frozen=True, kw_only=True, rename="camel"):
    """A URL."""

    type: ClassVar[str] = "url"

    def check_value(self, value: str) -> FieldErrors | None:
        """Check the URL and its host (compared with the port)."""
        if not is_url(value):
            return field_error("validation_invalid_url", "Must be a valid url.")
        if not self.domain_allowed(host_of(value)):
            return field_error("validation_url_domain_not_allowed", "Url domain is not allowed.")
        return None
