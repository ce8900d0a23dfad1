"""Numbers."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from oneclick.errors import FieldErrors, field_error
from oneclick.fields.base import ColumnType, Field, Modifier
from oneclick.fields.casting import number_text, plain_number, to_number


class NumberField(Field, frozen=True, kw_only=True, rename="camel"):
    """A number; 0 counts as empty, so bounds are not checked for it."""

    type: ClassVar[str] = "number"
    modifiers: ClassVar[tuple[Modifier, ...]] = ("f+", "f-")

    min: int | float | None = None
    max: int | float | None = None
    only_int: bool = False

    @property
    def column_type(self) -> ColumnType:
        """A double."""
        return "real"

    def zero(self) -> int:
        """Return 0."""
        return 0

    def normalise(self, value: Any) -> int | float:
        """Cast to a number; integral ones are ``int``."""
        return to_number(value)

    def to_db(self, value: float) -> float:
        """Store as a double."""
        return float(value)

    def from_db(self, stored: Any) -> int | float:
        """Read a double."""
        return to_number(stored)

    def _modified(self, current: Any, modifier: Modifier, value: Any) -> float:
        step = to_number(value)
        return to_number(current) + (step if modifier == "f+" else -step)

    def check_value(self, value: float) -> FieldErrors | None:
        """Check that it is finite, whole where that is asked for, and within bounds."""
        if not math.isfinite(value):
            return field_error("validation_not_a_number", "The submitted number is not properly formatted.")
        if self.only_int and value != math.trunc(value):
            return field_error("validation_only_int_constraint", "Decimal numbers are not allowed.")
        if self.min is not None and value < self.min:
            return _too_small(self.min)
        if self.max is not None and value > self.max:
            text = f"Must be less or equal than {number_text(self.max)}."
            return field_error("validation_max_number_constraint", text, {"max": plain_number(self.max)})
        return None

    def check_type_options(self) -> dict[str, FieldErrors]:
        """Check that the bounds are in order, and whole for whole numbers."""
        errors: dict[str, FieldErrors] = {}
        for name, bound in (("min", self.min), ("max", self.max)):
            if self.only_int and bound is not None and bound != math.trunc(bound):
                errors[name] = field_error("validation_only_int_constraint", "Decimal numbers are not allowed.")
        if self.min is not None and self.max is not None and self.max < self.min:
            errors["max"] = _too_small(self.min)
        return errors

    def to_dict(self) -> dict[str, Any]:
        """Return the definition; whole bounds are written without a decimal point."""
        options = super().to_dict()
        for name in ("min", "max"):
            if options[name] is not None:
                options[name] = plain_number(options[name])
        return options


def _too_small(bound: float) -> FieldErrors:
    text = f"Must be greater or equal than {number_text(bound)}."
    return field_error("validation_min_number_constraint", text, {"min": plain_number(bound)})
