"""Select, relation and file: one value or a list of unique ones."""

from __future__ import annotations

from typing import Any, ClassVar

import msgspec

from oneclick.errors import FieldErrors
from oneclick.fields import leaves
from oneclick.fields.base import ColumnType, Field, Modifier
from oneclick.fields.casting import is_storable, json_list, to_names


class MultipleField(Field, frozen=True, kw_only=True, rename="camel"):
    """A field that holds a list when ``maxSelect`` is above 1, stored as JSON text, else one text."""

    modifiers: ClassVar[tuple[Modifier, ...]] = ("f+", "+f", "f-")
    kept_types: ClassVar[tuple[Any, ...]] = ()

    max_select: int = 0

    @property
    def column_type(self) -> ColumnType:
        """JSON for lists, else text."""
        return "json" if self.is_multiple else "text"

    @property
    def is_multiple(self) -> bool:
        """Whether a value is a list."""
        return self.max_select > 1

    @property
    def can_be_multiple(self) -> bool:
        """Always."""
        return True

    def zero(self) -> Any:
        """Return ``[]`` or ``""``."""
        return [] if self.is_multiple else ""

    def names(self, value: Any) -> list[Any]:
        """Return a value as a list, whether it is one or not."""
        return to_names(value, self.kept_types)

    def normalise(self, value: Any) -> Any:
        """Keep unique, non-empty texts; a field for one value keeps the last of them."""
        names = self.names(value)
        if self.is_multiple:
            return names
        return names[-1] if names else ""

    def to_db(self, value: Any) -> str:
        """Write a list as JSON."""
        if self.is_multiple:
            return msgspec.json.encode(value).decode()
        return str(value)

    def from_db(self, stored: Any) -> Any:
        """Read a list from JSON."""
        if self.is_multiple:
            return (json_list(stored) or []) if stored else []
        return "" if stored is None else stored

    def _modified(self, current: Any, modifier: Modifier, value: Any) -> list[Any]:
        have, given = self.names(current), self.names(value)
        if modifier == "f+":
            return have + given
        if modifier == "+f":
            return given + have
        return [name for name in have if name not in given]

    def check_limits(self, value: Any) -> FieldErrors | None:
        """Check that PostgreSQL can hold each text."""
        names = value if isinstance(value, list) else (value,)
        unfit = any(isinstance(name, str) and not is_storable(name) for name in names)
        return leaves.invalid_format() if unfit else None

    def check_value(self, value: Any) -> FieldErrors | None:
        """Check the number of values."""
        limit = max(self.max_select, 1)
        return leaves.too_many(limit) if len(self.names(value)) > limit else None
