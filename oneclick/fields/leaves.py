"""The error leaves that several field types share (texts and codes as PocketBase sends them)."""

from __future__ import annotations

from typing import Any

from oneclick.errors import FieldErrors, field_error


def required() -> FieldErrors:
    """There is no value where one must be."""
    return field_error("validation_required", "Cannot be blank.")


def invalid_format() -> FieldErrors:
    """The value does not have the form that its pattern asks for."""
    return field_error("validation_invalid_format", "Invalid value format.")


def invalid_regex(problem: str) -> FieldErrors:
    """The pattern in a field's options is not a regular expression."""
    return field_error("validation_invalid_regex", f"Error parsing regexp: {problem}")


def too_small(threshold: Any, shown: str = "") -> FieldErrors:
    """A number or date is below its bound; ``shown`` is the bound in the message."""
    text = f"Must be no less than {shown or threshold}."
    return field_error("validation_min_greater_equal_than_required", text, {"threshold": threshold})


def too_large(threshold: Any, shown: str = "") -> FieldErrors:
    """A number or date is above its bound; ``shown`` is the bound in the message."""
    text = f"Must be no greater than {shown or threshold}."
    return field_error("validation_max_less_equal_than_required", text, {"threshold": threshold})


def unmatched() -> FieldErrors:
    """A part of the definition does not have the form that it needs."""
    return field_error("validation_match_invalid", "Must be in a valid format.")


def length_out_of_range(low: int, high: int) -> FieldErrors:
    """A text is too short or too long."""
    return field_error(
        "validation_length_out_of_range", f"The length must be between {low} and {high}.", {"min": low, "max": high}
    )


def too_many(limit: int) -> FieldErrors:
    """More values than ``maxSelect`` allows."""
    return field_error("validation_too_many_values", f"Select no more than {limit}.", {"maxSelect": limit})
