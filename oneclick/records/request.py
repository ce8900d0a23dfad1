"""Who asks for what: what rules see as ``@request``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from oneclick.filters import RequestValues
from oneclick.records.record import Record


@dataclass(frozen=True)
class RequestInfo:
    """One request to the API.

    ``context`` is ``default``, ``oauth2``, ``otp``, ``password``, ``realtime``, ``protectedFile``, ``expand`` or
    ``batch``; header names are lower case with underscores; ``cause`` says why a write happens.
    """

    context: str = "default"
    method: str = "GET"
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] = field(default_factory=dict)
    auth: Record | None = None
    cause: str = "person"

    @property
    def is_superuser(self) -> bool:
        """Whether a superuser asks."""
        return self.auth is not None and self.auth.collection.is_superusers

    def values(self) -> RequestValues:
        """Return what the filter language needs of the request."""
        return RequestValues(self.context, self.method, self.query, self.headers, self.body, self.auth)

    def with_body(self, body: Mapping[str, Any]) -> RequestInfo:
        """Return the same request with another body."""
        return replace(self, body=body)

    def in_context(self, context: str) -> RequestInfo:
        """Return the same request in another context."""
        return replace(self, context=context)
