"""Requests to places that users or superusers name: only to checked addresses, bounded in size and time."""

from oneclick.outbound.addresses import PORTS, AddressError, Addresses, Place, allowed_hosts, is_address, is_public
from oneclick.outbound.transport import GuardedTransport, LimitError

__all__ = [
    "PORTS",
    "AddressError",
    "Addresses",
    "GuardedTransport",
    "LimitError",
    "Place",
    "allowed_hosts",
    "is_address",
    "is_public",
]
