"""Choices from a list."""

from __future__ import annotations

from typing import Any, ClassVar

from oneclick.errors import FieldErrors, field_error
from oneclick.fields import leaves
from oneclick.fields.multiple import MultipleField


class SelectField(MultipleField, frozen=True, kw_only=True, rename="camel"):
    """One or several of ``values``."""

    type: ClassVar[str] = "select"

    values: tuple[str, ...] = ()

    def check_value(self, value: Any) -> FieldErrors | None:
        """Check the number of values, and each against the list."""
        if problem := super().check_value(value):
            return problem
        for name in self.names(value):
            if name not in self.values:
                return field_error("validation_invalid_value", f"Invalid value {name}.", {"value": name})
        return None

    def check_type_options(self) -> dict[str, FieldErrors]:
        """Check that there are values, and at least as many as may be chosen."""
        errors: dict[str, FieldErrors] = {}
        if not self.values:
            errors["values"] = leaves.required()
        if self.max_select < 0:
            errors["maxSelect"] = leaves.too_small(0)
        elif self.max_select > max(len(self.values), 1):
            errors["maxSelect"] = leaves.too_large(max(len(self.values), 1))
        return errors
