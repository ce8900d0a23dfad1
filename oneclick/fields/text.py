"""Plain text, and the record id."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from oneclick.errors import FieldErrors, field_error
from oneclick.fields import leaves, patterns
from oneclick.fields.base import Field, Modifier
from oneclick.fields.casting import is_storable, to_text

DEFAULT_MAX = 5000
ID_PATTERN = "^[a-z0-9]+$"

# An id becomes a folder's name in the file storage.
_FORBIDDEN_IN_ID = re.compile(r"""[./\\|"'`<>:?*%$\x00-\x20\x7f]""")
_RESERVED_IDS = frozenset(
    ("con", "prn", "aux", "nul", *(f"com{n}" for n in range(10)), *(f"lpt{n}" for n in range(10)))
)


class PlainTextField(Field, frozen=True, kw_only=True, rename="camel"):
    """The base of all types whose value is one text."""

    def normalise(self, value: Any) -> str:
        """Cast to text, untrimmed."""
        return to_text(value)

    def check_limits(self, value: Any) -> FieldErrors | None:
        """Check that PostgreSQL can hold the text, so that all databases hold the same."""
        return leaves.invalid_format() if isinstance(value, str) and not is_storable(value) else None


class TextField(PlainTextField, frozen=True, kw_only=True, rename="camel"):
    """Text with bounds (in characters), a pattern, and a pattern to generate it from."""

    type: ClassVar[str] = "text"
    modifiers: ClassVar[tuple[Modifier, ...]] = ("f:autogenerate",)

    min: int = 0
    max: int = 0
    pattern: str = ""
    autogenerate_pattern: str = ""
    primary_key: bool = False

    def generated(self) -> str:
        """Return a new value from ``autogeneratePattern``, ``""`` without one."""
        return patterns.generate(self.autogenerate_pattern) if self.autogenerate_pattern else ""

    def _modified(self, current: Any, modifier: Modifier, value: Any) -> str:
        return to_text(value) + self.generated()

    def validate(self, value: Any) -> FieldErrors | None:
        """Check bounds and pattern; an id must be there and be safe as a folder's name."""
        if self.primary_key and not value:
            return leaves.required()
        return super().validate(value)

    def check_value(self, value: str) -> FieldErrors | None:
        """Check a text that is not empty."""
        if self.primary_key and (problem := self._check_id(value)):
            return problem
        if len(value) < self.min:
            text = f"Must be at least {self.min} character(s)."
            return field_error("validation_min_text_constraint", text, {"min": self.min})
        limit = self.max or DEFAULT_MAX
        if len(value) > limit:
            text = f"Must be no more than {limit} character(s)."
            return field_error("validation_max_text_constraint", text, {"max": limit})
        if self.pattern and not patterns.compiled(self.pattern).search(value):
            return leaves.invalid_format()
        return None

    def _check_id(self, value: str) -> FieldErrors | None:
        if self.pattern == ID_PATTERN:
            return None  # the pattern allows nothing that could be wrong
        if match := _FORBIDDEN_IN_ID.search(value):
            text = f"'{match[0]}' is not a valid primary key character."
            return field_error("validation_forbidden_pk_character", text, {"ch": match[0]})
        if value.lower() in _RESERVED_IDS:
            text = f"The primary key '{value}' is reserved and cannot be used."
            return field_error("validation_reserved_pk", text, {"name": value})
        return None

    def check_type_options(self) -> dict[str, FieldErrors]:
        """Check the bounds, and that both patterns are regular expressions and fit each other."""
        errors: dict[str, FieldErrors] = {}
        if self.primary_key and self.name != "id":
            errors["name"] = field_error("validation_in_invalid", 'The primary key must be named "id".')
        if self.min < 0:
            errors["min"] = leaves.too_small(0)
        if self.max < 0 or (self.max and self.max < self.min):
            errors["max"] = leaves.too_small(max(self.min, 0))
        if problem := patterns.problem_of(self.pattern):
            errors["pattern"] = leaves.invalid_regex(problem)
        elif problem := patterns.problem_of(self.autogenerate_pattern):
            errors["autogeneratePattern"] = leaves.invalid_regex(problem)
        elif wrong := self._check_generated():
            errors["autogeneratePattern"] = wrong
        if self.primary_key:
            errors |= self._check_key_options()
        return errors

    def _check_generated(self) -> FieldErrors | None:
        """Generate once: what comes out must be a value that the field takes."""
        try:
            found = self.generated()
        except ValueError as error:
            return leaves.invalid_regex(str(error))
        if not found or self.check_value(found) is None:
            return None
        text = f'The provided autogenerate pattern could produce invalid field values, ex.: "{found}".'
        return field_error("validation_invalid_autogenerate_pattern_value", text)

    def _check_key_options(self) -> dict[str, FieldErrors]:
        errors: dict[str, FieldErrors] = {}
        if not self.required:
            errors["required"] = leaves.required()
        if self.hidden:
            errors["hidden"] = field_error("validation_empty", "Must be blank.")
        if not self.pattern:
            errors["pattern"] = leaves.required()
        return errors
