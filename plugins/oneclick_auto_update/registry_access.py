"""Which registries may be private or plain: the operator's word."""

from __future__ import annotations

from collections.abc import Mapping

from oneclick.outbound import allowed_hosts

VARIABLE = "ONECLICK_REGISTRY_ALLOW"


def allowed(environ: Mapping[str, str]) -> frozenset[str]:
    """Return the registries (``host`` or ``host:port``) that ``ONECLICK_REGISTRY_ALLOW`` names.

    Raises ``ConfigError`` for an entry that is no host.
    """
    return allowed_hosts(environ, VARIABLE)
