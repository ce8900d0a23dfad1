"""Which addresses a registry may have: no private ones, unless the operator names the registry."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

EMBEDDING = tuple(
    ipaddress.ip_network(network) for network in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
)
"""IPv6 networks that lead to an IPv4 address, which may be a private one."""


class AddressError(ValueError):
    """An address must not be asked; its message is a sentence for the user."""


@dataclass(frozen=True, slots=True)
class Target:
    """A checked place to send a request to. ``address`` is the one that was checked; empty for an allowed host, which
    may be anywhere."""

    scheme: str
    host: str
    port: int | None
    address: str

    @property
    def netloc(self) -> str:
        """``host`` or ``host:port``, as in a URL."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port is None else f"{host}:{self.port}"


class Addresses:
    """Checks hosts before they are asked. ``allowed`` names those (``host`` or ``host:port``) that may be private or
    speak plain HTTP."""

    def __init__(self, allowed: Collection[str]) -> None:
        self._allowed = frozenset(entry.strip().lower() for entry in allowed if entry.strip())

    def check(self, url: str) -> Target:
        """Return where to send a request for ``url`` (``//host`` leaves the scheme open). Raises ``AddressError``."""
        parts, port = _split(url)
        host = (parts.hostname or "").lower()
        if not host or "@" in parts.netloc or parts.scheme not in ("", "http", "https"):
            raise AddressError(f"{url.removeprefix('//')[:100]!r} is no address of a registry.")
        bare = Target(parts.scheme, host, port, "")
        if self._allowed & {host, bare.netloc.lower()}:
            plain = host == "localhost" or host.startswith("127.") or host == "::1"
            return Target(parts.scheme or ("http" if plain else "https"), host, port, "")
        if parts.scheme == "http":
            raise AddressError(f"{host} is reached without encryption; ONECLICK_REGISTRY_ALLOW does not name it.")
        return Target("https", host, port, _public_address(host))


def _split(url: str) -> tuple[SplitResult, int | None]:
    try:
        parts = urlsplit(url)
        return parts, parts.port
    except ValueError as error:
        raise AddressError(f"{url.removeprefix('//')[:100]!r} is no address of a registry.") from error


def _public_address(host: str) -> str:
    try:
        found = [str(entry[4][0]).partition("%")[0] for entry in socket.getaddrinfo(host, None)]
    except (OSError, UnicodeError) as error:
        raise AddressError(f"{host[:100]} cannot be found.") from error
    if not found or not all(is_public(address) for address in found):
        raise AddressError(f"{host} has a private address; ONECLICK_REGISTRY_ALLOW does not name it.")
    return found[0]


def is_public(address: str) -> bool:
    """Tell whether ``address`` lies on the public internet, and leads nowhere else."""
    known = ipaddress.ip_address(address)
    if isinstance(known, ipaddress.IPv6Address):
        if known.ipv4_mapped is not None:
            return is_public(str(known.ipv4_mapped))
        if any(known in network for network in EMBEDDING):
            return False
    return known.is_global and not known.is_multicast
