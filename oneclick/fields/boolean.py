"""True or false."""

from __future__ import annotations

from typing import Any, ClassVar

from oneclick.fields.base import ColumnType, Field
from oneclick.fields.casting import to_bool


class BoolField(Field, frozen=True, kw_only=True, rename="camel"):
    """A truth value; required means that it must be true."""

    type: ClassVar[str] = "bool"

    @property
    def column_type(self) -> ColumnType:
        """A boolean."""
        return "bool"

    def zero(self) -> bool:
        """Return ``False``."""
        return False

    def normalise(self, value: Any) -> bool:
        """Cast to a truth value."""
        return to_bool(value)

    def from_db(self, stored: Any) -> bool:
        """Read what a database holds (SQLite: 0 or 1)."""
        return to_bool(stored)
