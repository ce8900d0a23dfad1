"""Requests to places that users or superusers name: only to checked addresses, bounded in size and time."""

from oneclick.outbound.addresses import AddressError, Addresses, Place, is_public
from oneclick.outbound.transport import GuardedTransport, LimitError

__all__ = ["AddressError", "Addresses", "GuardedTransport", "LimitError", "Place", "is_public"]
