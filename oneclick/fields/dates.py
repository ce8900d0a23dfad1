"""Reading the date formats that PocketBase accepts (§3.4)."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from oneclick import clock

_ISO = re.compile(
    r"(?P<date>\d{4}-\d\d-\d\d)"
    r"([T ](?P<time>\d\d:\d\d:\d\d)([.,](?P<fraction>\d{1,9})\d*)?(?P<zone>Z|[T]?\s?[+-]\d\d:?\d\d)?( [A-Z]{3,4})?)?",
    re.ASCII,
)
_CANONICAL = re.compile(r"[1-9]\d{3}-(0[1-9]|1[0-2])-([01]\d|2[0-8]) ([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z", re.ASCII)

# RFC 1123, 850 and 822, ANSI C, Unix, Ruby and a plain day. The name of a zone is read over: it does not say an offset.
_OTHER = (
    "%a, %d %b %Y %H:%M:%S %z",
    "%a, %d %b %Y %H:%M:%S",
    "%d %b %y %H:%M %z",
    "%d %b %y %H:%M",
    "%A, %d-%b-%y %H:%M:%S",
    "%a %b %d %H:%M:%S %Y",
    "%a %b %d %H:%M:%S %z %Y",
    "%d %b %Y",
)
_ZONE_NAME = re.compile(r"(?<=\d) [A-Z]{3,4}(?= \d{4}$|$)")


def parse(text: str) -> datetime | None:
    """Return the moment that ``text`` names, in UTC, or ``None`` when it is no date."""
    try:
        match = _ISO.fullmatch(text)
        moment = _from_iso(match) if match else _from_other(text)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _from_iso(match: re.Match[str]) -> datetime:
    zone = (match["zone"] or "Z").strip()
    micro = (match["fraction"] or "0").ljust(6, "0")[:6]
    return datetime.fromisoformat(f"{match['date']}T{match['time'] or '00:00:00'}.{micro}{zone}")


def _from_other(text: str) -> datetime:
    if not text[:1].isalnum() or len(text) > 64:
        raise ValueError(text)
    text = _ZONE_NAME.sub("", text)
    for layout in _OTHER:
        try:
            moment = datetime.strptime(text, layout)
        except ValueError:
            continue
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    raise ValueError(text)


def normalise(value: Any) -> str:
    """Return a date in the canonical form, ``""`` for anything that is none (numbers too)."""
    if isinstance(value, datetime):
        return clock.to_text(value if value.tzinfo else value.replace(tzinfo=UTC))
    if not isinstance(value, str) or not value:
        return ""
    if _CANONICAL.fullmatch(value):
        return value
    moment = parse(value)
    if moment is None or moment == datetime(1, 1, 1, tzinfo=UTC):
        return ""
    # strftime does not pad the year everywhere.
    return clock.to_text(moment).rjust(24, "0")
