"""Which registries may be private or plain: the operator's word."""

from __future__ import annotations

import re
from collections.abc import Mapping

from oneclick.errors import ConfigError

VARIABLE = "ONECLICK_REGISTRY_ALLOW"

_ENTRY = re.compile(r"^[A-Za-z0-9.\-]+(:\d{1,5})?$|^\[[0-9A-Fa-f:]+\](:\d{1,5})?$")


def allowed(environ: Mapping[str, str]) -> frozenset[str]:
    """Return the registries (``host`` or ``host:port``) that ``ONECLICK_REGISTRY_ALLOW`` names.

    Raises ``ConfigError`` for an entry that is no host.
    """
    entries = [entry.strip() for entry in environ.get(VARIABLE, "").split(",") if entry.strip()]
    for entry in entries:
        if not _ENTRY.match(entry):
            raise ConfigError(f"{VARIABLE} names {entry!r}, which is no host or host:port.")
    return frozenset(entry.lower() for entry in entries)
