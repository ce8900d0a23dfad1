"""Dates, given by people or set by the application."""

from __future__ import annotations

from typing import Any, ClassVar

from oneclick.errors import FieldErrors, field_error
from oneclick.fields import dates, leaves
from oneclick.fields.base import Field


class DateField(Field, frozen=True, kw_only=True, rename="camel"):
    """A moment in UTC, kept as text; anything that is no date becomes ``""``."""

    type: ClassVar[str] = "date"

    min: str = ""
    max: str = ""

    def normalise(self, value: Any) -> str:
        """Return the canonical text."""
        return dates.normalise(value)

    def check_value(self, value: str) -> FieldErrors | None:
        """Check the bounds; canonical texts sort as moments do."""
        low, high = dates.normalise(self.min), dates.normalise(self.max)
        if low and value < low:
            return leaves.too_small(*_shown(low))
        if high and value > high:
            return leaves.too_large(*_shown(high))
        return None

    def to_dict(self) -> dict[str, Any]:
        """Return the definition with the bounds in canonical form."""
        return super().to_dict() | {"max": dates.normalise(self.max), "min": dates.normalise(self.min)}


def _shown(bound: str) -> tuple[str, str]:
    """Return a bound as PocketBase's error shows it: in the parameters and in the text."""
    plain = bound.removesuffix("Z").removesuffix(".000")
    return plain.replace(" ", "T") + "Z", f"{plain} +0000 UTC"


class AutodateField(Field, frozen=True, kw_only=True, rename="camel"):
    """A moment that the application sets when a record is created or updated; what clients send is ignored."""

    type: ClassVar[str] = "autodate"
    has_required: ClassVar[bool] = False

    on_create: bool = False
    on_update: bool = False

    def normalise(self, value: Any) -> str:
        """Return the canonical text."""
        return dates.normalise(value)

    def check_type_options(self) -> dict[str, FieldErrors]:
        """Check that it is ever set."""
        if self.on_create or self.on_update:
            return {}
        problem = field_error("validation_required", "Either onCreate or onUpdate must be enabled.")
        return {"onCreate": problem, "onUpdate": problem}
