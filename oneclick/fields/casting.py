"""How values from JSON bodies and forms become field values: never an error, at worst the zero value (§1.3)."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import msgspec

TRUE_TEXTS = frozenset(("1", "t", "T", "true", "TRUE", "True"))

# float() alone would also take " 1 " and digits of other scripts.
_NUMBER = re.compile(r"[+-]?(\d[\d_]*\.?\d*|\.\d+)(e[+-]?\d+)?|[+-]?inf(inity)?|nan", re.ASCII | re.IGNORECASE)

# Above this a float no longer holds every integer, and JSON integers beyond 64 bits are not portable.
_EXACT = 2**53


def plain_number(value: float) -> int | float:
    """Return an integral float as ``int``, so that JSON shows ``5`` and not ``5.0``."""
    if isinstance(value, int) and abs(value) <= _EXACT:
        return int(value)
    try:
        value = float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf
    return int(value) if math.isfinite(value) and value.is_integer() and abs(value) <= _EXACT else value


def number_text(value: float) -> str:
    """Write a number without exponent and without a superfluous ``.0``."""
    value = plain_number(value)
    if isinstance(value, int):
        return str(value)
    return format(Decimal(repr(value)), "f") if math.isfinite(value) else str(value)


def to_text(value: Any) -> str:
    """Cast to text: numbers are written out, objects, lists and null become ``""``."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return number_text(value)
    return ""


def to_number(value: Any) -> int | float:
    """Cast to a number: what is none becomes 0."""
    if isinstance(value, (bool, int, float)):
        return plain_number(value)
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        number = float(value.replace("_", ""))
        return 0 if math.isinf(number) and value[-1].isdigit() else plain_number(number)
    return 0


def to_bool(value: Any) -> bool:
    """Cast to a truth value: true are ``true``, numbers other than 0, and a few texts."""
    if isinstance(value, str):
        return value in TRUE_TEXTS
    return isinstance(value, (bool, int, float)) and bool(value)


def is_storable(text: str) -> bool:
    """Tell whether both databases can hold a text: PostgreSQL has no NUL character, and neither has half characters."""
    if text.isascii():
        return "\0" not in text
    try:
        return "\0" not in text and bool(text.encode())
    except UnicodeEncodeError:
        return False


def storable(text: str) -> str:
    """Return a text with what databases cannot hold replaced: it then equals nothing that is stored."""
    return text if is_storable(text) else text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def json_list(text: str) -> list[Any] | None:
    """Return the list that ``text`` is in JSON, else ``None``."""
    try:
        found = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return None
    return found if isinstance(found, list) else None


def to_names(value: Any, keep: tuple[type, ...] = ()) -> list[Any]:
    """Cast to the list of unique, non-empty texts in ``value``, in order; instances of ``keep`` stay as they are."""
    if isinstance(value, str) and "[" in value:
        found = json_list(value)
        value = found if found is not None and all(isinstance(item, str) for item in found) else value
    if isinstance(value, (*keep, str)) or not isinstance(value, Iterable):
        value = (value,)
    elif isinstance(value, Mapping):
        return []
    texts = (item if isinstance(item, keep) else to_text(item) for item in value)
    return list(dict.fromkeys(text for text in texts if text != ""))
