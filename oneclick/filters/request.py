"""What a rule sees of the request that it judges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import sqlalchemy as sa

from oneclick.fields import Field


class Collection(Protocol):
    """What the filter language needs to know of a collection."""

    @property
    def id(self) -> str:
        """The id, by which relation fields name it."""
        ...

    @property
    def name(self) -> str:
        """The name, by which rules name it."""
        ...

    @property
    def is_auth(self) -> bool:
        """Whether its records can sign in."""
        ...

    @property
    def is_view(self) -> bool:
        """Whether it is a query rather than a table."""
        ...

    @property
    def unique_fields(self) -> frozenset[str]:
        """The fields with a unique index of their own."""
        ...

    @property
    def table(self) -> sa.Table:
        """The table that holds its records."""
        ...

    def field(self, name: str) -> Field | None:
        """Return the field of this name."""
        ...

    def rule(self, action: str) -> str | None:
        """Return the rule in force for an action."""
        ...

    def seen_where(self, name: str) -> str | None:
        """Return the rule by which clients see a field of the records that they see; empty where they always do."""
        ...


class AuthRecord(Protocol):
    """The record that signed in."""

    @property
    def id(self) -> str:
        """Its id."""
        ...

    @property
    def collection(self) -> Any:
        """Its collection."""
        ...

    def get(self, name: str, default: Any = None) -> Any:
        """Return a field's value."""
        ...


@dataclass(frozen=True)
class RequestValues:
    """The values behind ``@request.…``. ``body`` holds values as the record will have them: modifiers resolved,
    fields normalised; keys that were not sent are missing. Header names are in lower snake case."""

    context: str = "default"
    method: str = ""
    query: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] = field(default_factory=dict)
    auth: AuthRecord | None = None

    def find(self, path: Sequence[str]) -> tuple[bool, Any]:
        """Return whether ``query.…``, ``headers.…``, ``body.…``, ``context`` or ``method`` is there, and its value."""
        if path[0] not in ("context", "method", "query", "headers", "body"):
            return False, None
        value: Any = getattr(self, path[0])
        for key in path[1:]:
            if isinstance(value, Mapping) and key in value:
                value = value[key]
            elif isinstance(value, (list, tuple)) and key.isdigit() and int(key) < len(value):
                value = value[int(key)]
            else:
                return False, None
        return True, value
