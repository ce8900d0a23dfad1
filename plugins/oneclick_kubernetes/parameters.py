"""Reading a log's query parameters; a bad one is a 400 that names it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from oneclick.errors import FieldErrors, ValidationError, field_error
from oneclick_kubernetes.logs import Wanted

MOST_LINES = 100_000
LONGEST_SINCE = 10 * 365 * 24 * 3600
_TRUE = ("1", "t", "true", "yes", "on")
_FALSE = ("0", "f", "false", "no", "off")
_NAME_LENGTH = 253


def read_wanted(namespace: str, pod: str, query: Mapping[str, Any], follow: bool) -> tuple[Wanted, bool]:
    """Return which log is wanted, and whether to follow it. Raises ``ValidationError``."""
    errors: FieldErrors = {}
    wanted = Wanted(
        namespace,
        pod,
        container=_container(query.get("container"), errors),
        tail=_tail(query.get("tail"), errors),
        since=_since(query.get("since"), errors),
        previous=_boolean("previous", query.get("previous"), False, errors),
    )
    follow = _boolean("follow", query.get("follow"), follow and not wanted.previous, errors)
    if errors:
        raise ValidationError(errors)
    return wanted, follow


def _container(value: Any, errors: FieldErrors) -> str:
    if value is None or (isinstance(value, str) and len(value) <= _NAME_LENGTH):
        return value or ""
    errors["container"] = field_error("validation_invalid_value", "Must be a container's name.")
    return ""


def _tail(value: Any, errors: FieldErrors) -> int | None:
    if value in (None, ""):
        return None
    number = _number(value)
    if number is None or number > MOST_LINES:
        text = f"Must be a whole number of lines from 0 to {MOST_LINES}."
        errors["tail"] = field_error("validation_invalid_number", text)
        return None
    return number


def _since(value: Any, errors: FieldErrors) -> int | datetime | None:
    if value in (None, ""):
        return None
    number = _number(value)
    if number is not None and 0 < number <= LONGEST_SINCE:
        return number
    moment = _moment(value)
    if number is not None or moment is None:
        text = "Must be a number of seconds or a moment such as 2026-01-31T12:00:00Z."
        errors["since"] = field_error("validation_invalid_date", text)
    return moment


def _moment(value: Any) -> datetime | None:
    try:
        # A "+" in a query that was not escaped arrives as a space.
        moment = datetime.fromisoformat(str(value).strip().replace(" ", "+"))
    except ValueError:
        return None
    if "T" not in str(value).upper():
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _number(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    text = str(value).strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def _boolean(name: str, value: Any, default: bool, errors: FieldErrors) -> bool:
    if value in (None, ""):
        return default
    text = str(value).strip().lower()
    if text in _TRUE:
        return True
    if text not in _FALSE:
        errors[name] = field_error("validation_invalid_boolean", "Must be true or false.")
    return False
