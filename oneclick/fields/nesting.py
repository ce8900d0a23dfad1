"""How deep JSON may be nested. Readers and writers of JSON have limits of their own, each another one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson

MOST_LEVELS = 200
"""Leaves room for the answers and events that values are wrapped in, up to what orjson writes."""

TOO_DEEP = f"The JSON is nested deeper than {MOST_LEVELS} levels."

_WRITTEN_LEVELS = 254
"""How many levels orjson writes."""


def is_too_deep(value: Any) -> bool:
    """Tell whether lists and objects lie within each other in more than :data:`MOST_LEVELS` levels."""
    wrapped = value
    for _ in range(_WRITTEN_LEVELS - MOST_LEVELS):
        wrapped = [wrapped]
    try:
        # Many times faster than a walk through megabytes of values.
        orjson.dumps(wrapped)
    except TypeError:
        return _walked_too_deep(value)
    return False


def _walked_too_deep(value: Any) -> bool:
    level = _nested((value,))
    for _ in range(MOST_LEVELS):
        level = [child for item in level for child in _nested(item.values() if isinstance(item, dict) else item)]
        if not level:
            return False
    return True


def _nested(items: Iterable[Any]) -> list[Any]:
    return [item for item in items if isinstance(item, (dict, list))]
