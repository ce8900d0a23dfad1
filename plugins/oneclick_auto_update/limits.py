"""What a registry says of its limits: for how long it wants to be left alone. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

UNSAID = timedelta(minutes=1)
"""How long a registry rests that does not say for how long."""
SHORTEST, LONGEST = timedelta(seconds=1), timedelta(hours=6)
WINDOW = timedelta(minutes=15)
"""How long one rests whose window is used up: a window of hours gives requests back all along."""

_NUMBER = re.compile(r"\s*([0-9]{1,9})(?![0-9])")
_WINDOW = re.compile(r";\s*w=([0-9]{1,9})")


def rest(status: int, headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Return for how long an answer asks to be left alone; ``None`` when it does not. Header names are lower-case.

    429 and 503 by ``Retry-After`` (seconds or a date); any answer by a ``ratelimit-remaining`` of 0, with
    ``ratelimit-reset`` or the window in it (``0;w=21600``, as Docker Hub has it).
    """
    said = headers.get("retry-after", "")
    if status == 429 or (status == 503 and said):
        length = _retry_after(said, now)
        return UNSAID if length is None else _bounded(length)
    remaining = headers.get("ratelimit-remaining", "")
    match = _NUMBER.match(remaining)
    if match is None or int(match[1]) > 0:
        return None
    reset = _NUMBER.match(headers.get("ratelimit-reset", ""))
    if reset is not None:
        return _bounded(timedelta(seconds=int(reset[1])))
    window = _WINDOW.search(remaining)
    return min(WINDOW, _bounded(timedelta(seconds=int(window[1])))) if window else UNSAID


def _retry_after(text: str, now: datetime) -> timedelta | None:
    match = _NUMBER.fullmatch(text.strip())
    if match is not None:
        return timedelta(seconds=int(match[1]))
    try:
        until = parsedate_to_datetime(text)
        return until - now
    except (ValueError, TypeError, OverflowError):
        return None


def _bounded(length: timedelta) -> timedelta:
    return max(SHORTEST, min(LONGEST, length))
