"""Names that stand for moments: texts in the canonical form, or whole numbers; UTC."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from oneclick import clock

_DAY = timedelta(days=1)


def _start(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def _end(moment: datetime) -> datetime:
    return moment.replace(hour=23, minute=59, second=59, microsecond=999_999)


def _month_end(moment: datetime) -> datetime:
    next_month = (moment.replace(day=28) + timedelta(days=4)).replace(day=1)
    return _end(next_month - _DAY)


_MACROS: dict[str, Callable[[datetime], datetime | int]] = {
    "@now": lambda now: now,
    "@yesterday": lambda now: now - _DAY,
    "@tomorrow": lambda now: now + _DAY,
    "@todayStart": _start,
    "@todayEnd": _end,
    "@monthStart": lambda now: _start(now.replace(day=1)),
    "@monthEnd": _month_end,
    "@yearStart": lambda now: _start(now.replace(month=1, day=1)),
    "@yearEnd": lambda now: _end(now.replace(month=12, day=31)),
    "@second": lambda now: now.second,
    "@minute": lambda now: now.minute,
    "@hour": lambda now: now.hour,
    "@day": lambda now: now.day,
    "@month": lambda now: now.month,
    "@weekday": lambda now: now.isoweekday() % 7,
    "@year": lambda now: now.year,
}

NAMES = frozenset(_MACROS)


def value(name: str, now: datetime | None = None) -> str | int:
    """Return what the macro ``name`` stands for at ``now``."""
    found = _MACROS[name](now or clock.now())
    return clock.to_text(found) if isinstance(found, datetime) else found
