"""SQLite's strftime on PostgreSQL."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import sqlalchemy as sa

from oneclick.filters.operands import Column, Kind, Operand

_DATE = r"(?!0000)[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_TIME = r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]+)?)?"
_MOMENT = rf"^{_DATE}([ T]{_TIME})?\s*(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9])?$"

_MOMENT_REGEX = re.compile(_MOMENT, re.ASCII)
_STEP = re.compile(r"\s*([+-]?\d{1,7}(?:\.\d+)?) (second|minute|hour|day|month|year)s?\s*", re.ASCII | re.IGNORECASE)
_START = re.compile(r"\s*start of (day|month|year)\s*", re.IGNORECASE)
_WEEKDAY = re.compile(r"\s*weekday ([0-6])\s*", re.IGNORECASE)
_NOTHING = re.compile(r"\s*(utc|localtime|subsec|subsecond|auto)\s*", re.IGNORECASE)

_NULL = sa.literal_column("NULL", sa.Text())


def _char(form: str) -> Callable[[Column], Column]:
    return lambda moment: sa.func.to_char(moment, sa.literal_column(f"'{form}'"), type_=sa.Text())


def _extract(part: str, moment: Column) -> Column:
    return sa.cast(sa.extract(part, moment), sa.Integer())


def _week(moment: Column) -> Column:
    """Weeks begin on Monday; days before the first one are in week 00."""
    days = _extract("doy", moment) - 1 + 7 - (_extract("isodow", moment) - 1)
    return sa.func.lpad(sa.cast(sa.func.div(days, 7), sa.Text()), 2, "0", type_=sa.Text())


def _integer(part: str) -> Callable[[Column], Column]:
    return lambda moment: sa.cast(_extract(part, moment), sa.Text())


def _epoch(moment: Column) -> Column:
    seconds = sa.func.floor(sa.extract("epoch", moment))
    return sa.cast(sa.cast(seconds, sa.BigInteger()), sa.Text())


_FORMS: dict[str, Callable[[Column], Column]] = {
    "Y": _char("YYYY"), "m": _char("MM"), "d": _char("DD"), "H": _char("HH24"), "M": _char("MI"), "S": _char("SS"),
    "f": _char("SS.MS"), "j": _char("DDD"), "w": _integer("dow"), "W": _week, "s": _epoch,
    "F": _char("YYYY-MM-DD"), "T": _char("HH24:MI:SS"), "R": _char("HH24:MI"), "u": _integer("isodow"),
    "G": _char("IYYY"), "V": _char("IW"), "I": _char("HH12"), "p": _char("AM"), "P": _char("am"),
    "e": _char("FMDD"), "k": _char("FMHH24"), "l": _char("FMHH12"),
}  # fmt: skip


def time_text(pattern: str, moment: Operand | None, modifiers: Sequence[str]) -> Column:
    """Return the moment in the form that ``pattern`` says; null for what SQLite would not understand."""
    when: Column | None = _now() if moment is None else _parsed(moment)
    for modifier in modifiers:
        when = None if when is None else _modified(when, modifier)
    if when is None:
        return _NULL
    return _formed(pattern, when)


def _formed(pattern: str, when: Column) -> Column:
    # A null moment must make null, also with a pattern that has nothing of it.
    found: Column = sa.func.left(sa.cast(when, sa.Text()), 0, type_=sa.Text())
    for piece in re.findall(r"%.?|[^%]+", pattern, re.DOTALL):
        if piece == "%%":
            found = found.concat(_text("%"))
        elif piece[0] != "%":
            found = found.concat(_text(piece))
        elif piece[1:] in _FORMS:
            found = found.concat(_FORMS[piece[1:]](when))
        else:
            return _NULL
    return found


def _text(value: str) -> Column:
    return sa.bindparam(None, value, type_=sa.Text(), unique=True)


def _now() -> Column:
    return sa.func.timezone("UTC", sa.func.clock_timestamp(), type_=sa.DateTime())


def _parsed(moment: Operand) -> Column | None:
    """Return a time value as a timestamp in UTC, null for what is none."""
    if moment.kind is Kind.NUMBER:
        # The Julian day; SQLite knows no other meaning without a modifier.
        days = sa.cast(moment.sql, sa.Double()).op("*")(sa.literal_column("interval '1 day'"))
        sensible = sa.cast(moment.sql, sa.Double()).between(1721426, 5373484)
        return sa.case((sensible, sa.literal_column("timestamp '4714-11-24 12:00:00 BC'").op("+")(days)))
    if moment.kind is not Kind.TEXT:
        return None
    if moment.constant == "now":
        return _now()
    if moment.is_parameter and not _MOMENT_REGEX.match(moment.constant):
        return None
    text = sa.collate(moment.sql, "C")
    return sa.case((text.regexp_match(_MOMENT), _from_text(text)))


def _from_text(text: Column) -> Column:
    """Add the days to the first of the month: SQLite takes 31 February for 2 or 3 March."""
    first = sa.func.to_date(sa.func.left(text, 7).concat("-01"), "YYYY-MM-DD")
    days = sa.cast(sa.func.substr(text, 9, 2), sa.Integer()) - 1
    clock = sa.func.coalesce(sa.func.substring(text, r"[0-9]{2}:[0-9]{2}(?::[0-9.]+)?"), "00:00")
    zone = sa.func.substring(text, r"[+-][0-9]{2}:[0-9]{2}$")
    midnight = sa.cast(first.op("+")(days), sa.DateTime())
    local = midnight.op("+")(sa.cast(clock, sa.Interval()))
    return local.op("-")(sa.cast(sa.func.coalesce(zone, "00:00"), sa.Interval()))


def _modified(when: Column, modifier: str) -> Column | None:
    """Apply one modifier, or return ``None`` for one that is unknown."""
    if _NOTHING.fullmatch(modifier):
        return when
    if step := _STEP.fullmatch(modifier):
        return _moved(when, step[1], step[2].lower())
    if start := _START.fullmatch(modifier):
        return sa.func.date_trunc(start[1].lower(), when, type_=sa.DateTime())
    if weekday := _WEEKDAY.fullmatch(modifier):
        ahead = sa.func.mod(int(weekday[1]) - _extract("dow", when) + 7, 7)
        return when.op("+")(ahead.op("*")(sa.literal_column("interval '1 day'")))
    return None


def _moved(when: Column, amount: str, unit: str) -> Column:
    """Move by an interval; by months the day of the month is kept, and runs over into the next where there is none."""
    step: Column = sa.literal_column(f"interval '{amount} {unit}'")
    if unit not in ("month", "year"):
        return when.op("+")(step)
    month = sa.func.date_trunc("month", when)
    return month.op("+")(step).op("+")(when.op("-")(month))
