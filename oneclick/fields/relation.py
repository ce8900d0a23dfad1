"""References to records of a collection."""

from __future__ import annotations

from typing import Any, ClassVar

from oneclick.errors import FieldErrors, field_error
from oneclick.fields import leaves
from oneclick.fields.multiple import MultipleField


class RelationField(MultipleField, frozen=True, kw_only=True, rename="camel"):
    """One or several record ids of the collection ``collectionId``. That they exist is checked with the database."""

    type: ClassVar[str] = "relation"

    collection_id: str = ""
    cascade_delete: bool = False
    min_select: int = 0

    def check_value(self, value: Any) -> FieldErrors | None:
        """Check the number of ids."""
        if self.is_multiple and len(self.names(value)) < self.min_select:
            text = f"Select at least {self.min_select}."
            return field_error("validation_not_enough_values", text, {"minSelect": self.min_select})
        return super().check_value(value)

    def check_type_options(self) -> dict[str, FieldErrors]:
        """Check that it points somewhere and that the bounds are in order."""
        errors: dict[str, FieldErrors] = {}
        if not self.collection_id:
            errors["collectionId"] = leaves.required()
        if self.min_select < 0:
            errors["minSelect"] = leaves.too_small(0)
        if self.min_select > 0 and not self.max_select:
            errors["maxSelect"] = leaves.required()
        elif self.max_select < 0 or self.max_select < self.min_select:
            errors["maxSelect"] = leaves.too_small(max(self.min_select, 0))
        return errors
