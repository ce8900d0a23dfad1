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
    _sent: Mapping[str, Any] | None = None

    @property
    def sent(self) -> Mapping[str, Any]:
        """The body as it came, before the fields made their values of it."""
        return self.body if self._sent is None else self._sent

    @property
    def is_superuser(self) -> bool:
        """Whether a superuser asks."""
        return self.auth is not None and self.auth.collection.is_superusers

    def values(self) -> RequestValues:
        """Return what the filter language needs of the request."""
        return RequestValues(self.context, self.method, self.query, self.headers, self.body, self.auth)

    def with_body(self, body: Mapping[str, Any]) -> RequestInfo:
        """Return the same request with what was made of its body."""
        return replace(self, body=body, _sent=self.sent)

    def in_context(self, context: str) -> RequestInfo:
        """Return the same request in another context."""
        return replace(self, context=context)
