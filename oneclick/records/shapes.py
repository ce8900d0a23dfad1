"""Whether a JSON value has the shape that its secret paths expect: what lies elsewhere would not be sealed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from oneclick.errors import FieldErrors, field_error

_EMPTY: tuple[Any, ...] = (None, "", [], {})
_OBJECT, _LIST, _TEXT = "an object", "a list", "a text"
_Misfit = tuple[tuple[str, ...], str]
"""Where it is, and what should be there."""


def misshapen(value: Any, paths: Sequence[str]) -> FieldErrors:
    """Return errors, by their places, for parts on the way of secret paths that are not what the path expects.

    What is missing or empty is fine; so are numbers and truth values in a secret's place, which are sealed as they are.
    """
    errors: FieldErrors = {}
    for path in paths:
        for where, expected in _misfits(value, path.split("."), ()):
            leaf = field_error("validation_invalid_secret_shape", f"must be {expected}")
            if not where:
                # The whole value is of another kind, which is no matter of secrets.
                return field_error("validation_invalid_type", f"must be {expected}")
            _put(errors, where, leaf)
    return errors


def _misfits(value: Any, steps: Sequence[str], where: tuple[str, ...]) -> Iterator[_Misfit]:
    if value in _EMPTY:
        return
    if not steps:
        if isinstance(value, (dict, list, tuple)):
            yield where, _TEXT
        return
    if not isinstance(value, dict):
        yield where, _OBJECT
        return
    name, rest = steps[0].removesuffix("[]"), steps[1:]
    child, here = value.get(name), (*where, name)
    if not steps[0].endswith("[]"):
        yield from _misfits(child, rest, here)
    elif isinstance(child, list):
        for index, item in enumerate(child):
            yield from _misfits(item, rest, (*here, str(index)))
    elif child not in _EMPTY:
        yield here, _LIST


def _put(errors: FieldErrors, where: tuple[str, ...], leaf: FieldErrors) -> None:
    """Set an error at its place, unless a place on the way there is named already."""
    place = errors
    for step in where[:-1]:
        place = place.setdefault(step, {})
        if isinstance(place.get("code"), str):
            return
    place.setdefault(where[-1], leaf)
