"""The one source of the time, and PocketBase's way to write it."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """Return the current time in UTC."""
    return datetime.now(UTC)


def to_text(moment: datetime) -> str:
    """Write a moment as ``YYYY-MM-DD HH:MM:SS.mmmZ`` (UTC, milliseconds cut off, not rounded)."""
    moment = moment.astimezone(UTC)
    return f"{moment:%Y-%m-%d %H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def from_text(text: str) -> datetime:
    """Read what :func:`to_text` wrote. Raises ``ValueError`` for anything else."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S.%fZ").replace(tzinfo=UTC)


def now_text() -> str:
    """Return the current time as text."""
    return to_text(now())
