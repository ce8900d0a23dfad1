"""How often an auto-update looks: texts such as ``5m``, ``1h30m``, ``2d`` (contracts/one-click.md §3.5)."""

from __future__ import annotations

import re
from datetime import timedelta

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
SHORTEST = timedelta(minutes=1)
LONGEST = timedelta(weeks=52)

_PART = re.compile(r"([0-9]{1,9})([smhdw])")


class IntervalError(ValueError):
    """The text is no interval that can be used; its message is a sentence for the user."""


def parse(text: str) -> timedelta:
    """Return the interval that ``text`` names: one or more numbers, each with a unit of s, m, h, d or w.

    Raises ``IntervalError`` for anything else, and for less than a minute or more than 52 weeks.
    """
    text = text.strip()
    parts = _PART.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise IntervalError("Write an interval such as 5m, 1h30m or 2d: numbers, each with s, m, h, d or w.")
    length = timedelta(seconds=sum(int(number) * UNITS[unit] for number, unit in parts))
    if length < SHORTEST:
        raise IntervalError("The shortest interval is one minute.")
    if length > LONGEST:
        raise IntervalError("The longest interval is 52 weeks.")
    return length
