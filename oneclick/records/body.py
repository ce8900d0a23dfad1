"""Putting a request's body into a record: modifiers resolved, unknown and hidden keys left out (contract §1.5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from oneclick.errors import FieldErrors, ValidationError
from oneclick.fields import AutodateField, Field, FileField, NewFile, split_modifier
from oneclick.records.record import Record


def apply_body(record: Record, body: Mapping[str, Any], *, superuser: bool, failure: str = "") -> dict[str, Any]:
    """Set what ``body`` says; return the body as rules see it: modifiers resolved, keys without them.

    Shorter keys go first, so that ``tags`` is set before ``tags+`` adds to it.
    Raises :class:`ValidationError` with the sentence ``failure`` for values beyond their fields' limits.
    """
    resolved: dict[str, Any] = {}
    errors: FieldErrors = {}
    for key in sorted(body, key=len):
        field, modifier = _meant(record, key)
        if field is None:
            resolved[key] = body[key]
            continue
        if isinstance(field, AutodateField) or (field.hidden and not superuser and field.name != "password"):
            continue
        value = body[key]
        if isinstance(field, FileField):
            value = _files(record, field, modifier, value)
        elif modifier is not None:
            value = field.apply_modifier(record[field.name], modifier, value)  # type: ignore[arg-type]
        record[field.name] = value
        resolved[field.name] = record[field.name] if modifier is not None else value
        if problem := field.check_limits(record[field.name]):
            errors[field.name] = problem
    if errors:
        raise ValidationError(errors, failure)
    return resolved


def _meant(record: Record, key: str) -> tuple[Field | None, str | None]:
    """Return the field that a body's key means and how it changes it; no field for keys that are none."""
    field = record.collection.field(key)
    if field is not None:
        return field, None
    name, modifier = split_modifier(key)
    field = record.collection.field(name)
    if field is None or modifier is None or modifier not in field.modifiers:
        return None, None
    return field, modifier


def _files(record: Record, field: FileField, modifier: str | None, value: Any) -> Any:
    """Return a file field's new value: plain uploads replace, unless names come with them."""
    if modifier is None:
        return value
    if modifier == "f-":
        gone = {str(item) for item in field.names(value)}
        return [item for item in field.names(record[field.name]) if str(item) not in gone]
    given = [item for item in field.names(value) if isinstance(item, NewFile | str)]
    have = field.names(record[field.name])
    if not field.is_multiple:
        return given or have
    return [*have, *given] if modifier == "f+" else [*given, *have]


def rule_values(record: Record, resolved: Mapping[str, Any]) -> dict[str, Any]:
    """Return the resolved body with its values as the record has them, for ``@request.body``."""
    values: dict[str, Any] = {}
    for name, value in resolved.items():
        field = record.collection.field(name)
        values[name] = field.to_json(record[name]) if field is not None else value
    return values
