"""Kubernetes quantities: ``100m``, ``1.5Gi``, ``1e3``; read, added up and written the canonical way."""

from __future__ import annotations

import re
from decimal import ROUND_CEILING, Decimal
from typing import Any

PATTERN = r"^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$"
_NUMBER = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))(Ki|Mi|Gi|Ti|Pi|Ei|[numkMGTPE]|[eE][+-]?\d+)?")
BINARY = ("", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei")
DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}


class QuantityError(ValueError):
    """The text is no quantity."""


def parse(value: Any) -> Decimal:
    """Read a quantity (text or number). Raises :class:`QuantityError`."""
    return _split(value)[0]


def canonical(value: Any) -> str:
    """Write a quantity as the API server stores it: ``0.5`` becomes ``500m``, ``1024Mi`` becomes ``1Gi``."""
    number, suffix = _split(value)
    if suffix in BINARY[1:] and abs(number) >= 1024:
        return _binary(number)
    if suffix[:1] in ("e", "E") and len(suffix) > 1:
        return _exponent(number)
    return _decimal(number)


def format_binary(number: Decimal | float) -> str:
    """Write a number of bytes with the largest binary suffix that keeps it whole."""
    return _binary(Decimal(number))


def format_decimal(number: Decimal | float) -> str:
    """Write a number (of cores, of objects) with a decimal suffix."""
    return _decimal(Decimal(str(number)))


def _split(value: Any) -> tuple[Decimal, str]:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise QuantityError(str(value))
    match = _NUMBER.fullmatch(str(value))
    if match is None:
        raise QuantityError(str(value))
    digits, suffix = match[1], match[2] or ""
    number = Decimal(digits)
    if suffix in BINARY:
        return number * 1024 ** BINARY.index(suffix), suffix
    if suffix in DECIMAL:
        return number.scaleb(DECIMAL[suffix]), suffix
    exponent = int(suffix[1:])
    if abs(exponent) > 30:
        raise QuantityError(str(value))
    return number.scaleb(exponent), suffix


def _binary(number: Decimal) -> str:
    whole = int(number.to_integral_value(ROUND_CEILING))
    index = 0
    while whole and whole % 1024 == 0 and index < len(BINARY) - 1:
        whole //= 1024
        index += 1
    return f"{whole}{BINARY[index]}"


def _decimal(number: Decimal) -> str:
    nano = int((number.scaleb(9)).to_integral_value(ROUND_CEILING))
    if nano == 0:
        return "0"
    suffixes = list(DECIMAL)
    index = 0
    while nano % 1000 == 0 and index < len(suffixes) - 1:
        nano //= 1000
        index += 1
    return f"{nano}{suffixes[index]}"


def _exponent(number: Decimal) -> str:
    whole, exponent = int(number), 0
    while whole and whole % 1000 == 0:
        whole //= 1000
        exponent += 3
    return f"{whole}e{exponent}" if exponent else str(whole)
