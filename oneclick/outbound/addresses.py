"""Which places may be asked on somebody's word: no private ones, unless the operator names them."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

from oneclick.errors import ConfigError

PUBLIC_IPV6 = ipaddress.ip_network("2000::/3")
"""All that is given out of IPv6 so far; other blocks lead to hosts of one's own network, or nowhere."""

ELSEWHERE = tuple(
    ipaddress.ip_network(network) for network in ("2002::/16", "2001::/32", "3fff::/20", "192.88.99.0/24")
)
"""Networks that lead to an IPv4 address, which may be a private one, or that are for documents."""

PORTS = {"http": 80, "https": 443}

_ENTRY = re.compile(r"^[A-Za-z0-9.\-]+(:\d{1,5})?$|^\[[0-9A-Fa-f:]+\](:\d{1,5})?$")


class AddressError(ValueError):
    """An address must not be asked; its message is a sentence for the user."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an address leads. ``port`` is ``None`` where the address names none."""

    scheme: str
    host: str
    port: int | None

    @property
    def netloc(self) -> str:
        """``host`` or ``host:port``, as in a URL."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port is None else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        """``scheme://host[:port]``."""
        return f"{self.scheme}://{self.netloc}"


class Addresses:
    """Checks places before they are asked. ``allowed`` names the hosts (``host`` or ``host:port``) that may be private
    or speak plain HTTP; ``setting`` is where operators name them."""

    def __init__(self, allowed: Collection[str], setting: str) -> None:
        self._setting = setting
        self._allowed = frozenset(entry.strip().lower() for entry in allowed if entry.strip())

    def place(self, url: str) -> Place:
        """Return where ``url`` leads, without looking its name up; ``//host`` leaves the scheme open.

        Raises ``AddressError`` for what is no address, and for plain HTTP to a host that is not allowed.
        """
        parts, port = _split(url)
        host = (parts.hostname or "").lower()
        if not host or "@" in parts.netloc or parts.scheme not in ("", "http", "https"):
            raise AddressError(f"{url.removeprefix('//')[:100]!r} is no address that can be asked.")
        if self._allows(host, port or PORTS.get(parts.scheme)):
            plain = host == "localhost" or host.startswith("127.") or host == "::1"
            return Place(parts.scheme or ("http" if plain else "https"), host, port)
        if parts.scheme == "http":
            raise AddressError(f"{host} is reached without encryption; {self._setting} does not name it.")
        return Place("https", host, port)

    def allows(self, url: str) -> bool:
        """Tell whether the operator names the host of ``url``. False for what is no address."""
        try:
            parts, port = _split(url)
        except AddressError:
            return False
        return self._allows((parts.hostname or "").lower(), port or PORTS.get(parts.scheme))

    def resolve(self, host: str, port: int) -> tuple[str, ...]:
        """Return the addresses to connect to for ``host``, all of them checked; an allowed host may be anywhere.

        Raises ``AddressError`` when one of them is private, or none is found.
        """
        if self._allows(host.lower(), port):
            return (host,)
        found = _looked_up(host)
        if not found or not all(is_public(address) for address in found):
            raise AddressError(f"{host} has a private address; {self._setting} does not name it.")
        return found

    def _allows(self, host: str, port: int | None) -> bool:
        shown = f"[{host}]" if ":" in host else host
        return bool(self._allowed & {host, shown, f"{shown}:{port}"})


def allowed_hosts(environ: Mapping[str, str], setting: str) -> frozenset[str]:
    """Return the hosts (``host`` or ``host:port``, in lower case) that a setting names, with commas between them.

    Raises ``ConfigError`` for an entry that is no host.
    """
    entries = [entry.strip() for entry in environ.get(setting, "").split(",") if entry.strip()]
    for entry in entries:
        if not _ENTRY.match(entry):
            raise ConfigError(f"{setting} names {entry!r}, which is no host or host:port.")
    return frozenset(entry.lower() for entry in entries)


def is_address(value: Any) -> bool:
    """Tell whether ``value`` is the address of a page or service: ``https://`` or ``http://`` with a host, and nobody's
    name or password."""
    try:
        parts = urlsplit(value) if isinstance(value, str) else None
        named = parts is not None and parts.scheme in ("http", "https") and bool(parts.hostname)
        return parts is not None and named and parts.port != 0 and "@" not in parts.netloc
    except ValueError:
        return False


def _split(url: str) -> tuple[SplitResult, int | None]:
    try:
        parts = urlsplit(url)
        return parts, parts.port
    except ValueError as error:
        raise AddressError(f"{url.removeprefix('//')[:100]!r} is no address that can be asked.") from error


def _looked_up(host: str) -> tuple[str, ...]:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise AddressError(f"{host[:100]} cannot be found.") from error
    return tuple(dict.fromkeys(str(entry[4][0]).partition("%")[0] for entry in found))


def is_public(address: str) -> bool:
    """Tell whether ``address`` lies on the public internet, and leads nowhere else."""
    known = ipaddress.ip_address(address)
    if isinstance(known, ipaddress.IPv6Address):
        if known.ipv4_mapped is not None:
            return is_public(str(known.ipv4_mapped))
        if known not in PUBLIC_IPV6:
            return False
    return known.is_global and not known.is_multicast and not any(known in network for network in ELSEWHERE)
