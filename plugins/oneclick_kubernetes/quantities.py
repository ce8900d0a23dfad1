"""Kubernetes quantities (``100m``, ``1.5Gi``, ``2e3``): reading, checking and writing them.

The original's operator parsed them with a function that panics, so that one bad manifest stopped it for every tenant
(contracts/one-click.md §2.4/2). Here a bad one is a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from oneclick_kubernetes.model.problems import Problem

_FORM = re.compile(r"([+-]?)(\d+(?:\.\d*)?|\.\d+)(Ki|Mi|Gi|Ti|Pi|Ei|[numkMGTPE]|[eE][+-]?\d{1,2})?", re.ASCII)
_LARGEST = Decimal(2**63 - 1)
_LONGEST = 40
_POWERS = {
    **{
        suffix: Decimal(10) ** power
        for suffix, power in zip("numkMGTPE", (-9, -6, -3, 3, 6, 9, 12, 15, 18), strict=True)
    },
    **{suffix: Decimal(2) ** (10 * step) for step, suffix in enumerate(("Ki", "Mi", "Gi", "Ti", "Pi", "Ei"), start=1)},
}
CODE = "validation_invalid_quantity"
EXAMPLES = {"cpu": "100m or 0.5", "memory": "128Mi or 1Gi", "storage": "1Gi"}


def parse_quantity(text: str) -> Decimal:
    """Return the number that a quantity stands for: cores for a CPU, bytes for memory. Raises ``ValueError``."""
    match = _FORM.fullmatch(text) if len(text) <= _LONGEST else None
    if match is None:
        raise ValueError(f"{text[:_LONGEST]!r} is not a quantity")
    sign, digits, suffix = match.groups()
    number = Decimal(digits)
    if suffix and suffix in _POWERS:
        number *= _POWERS[suffix]
    elif suffix:
        number = number.scaleb(int(suffix[1:]))
    return -number if sign == "-" else number


def read_quantity(text: str) -> Decimal | None:
    """Return a quantity's number, ``None`` when it is none."""
    try:
        return parse_quantity(text)
    except ValueError:
        return None


def quantity_problem(kind: str, text: str) -> Problem | None:
    """Say what is wrong with a quantity of ``kind`` (cpu, memory, storage), ``None`` when it is right."""
    number = read_quantity(text)
    if number is None:
        return CODE, f"is no quantity of {kind}: {text[:_LONGEST]}; write for example {EXAMPLES[kind]}"
    if number < 0:
        return CODE, "must not be negative"
    if number > _LARGEST:
        return CODE, "is larger than any cluster can count"
    if kind == "storage" and not number:
        return CODE, "must be more than zero"
    if kind != "cpu" and 0 < number < 1:
        # The usual slip: "128m" of memory is 0.128 bytes, and no container ever starts with that.
        return CODE, f"is less than one byte: {text}; {text.rstrip('m')}Mi may be meant"
    return None


def cpu_problem(text: str) -> Problem | None:
    """Check an amount of CPU."""
    return quantity_problem("cpu", text)


def memory_problem(text: str) -> Problem | None:
    """Check an amount of memory."""
    return quantity_problem("memory", text)


def storage_problem(text: str) -> Problem | None:
    """Check a volume's size."""
    return quantity_problem("storage", text)


def decimal_text(number: Decimal) -> str:
    """Write a number without an exponent, and without decimals where it is whole."""
    return str(int(number)) if number == number.to_integral_value() else format(number, "f")


def total(quantities: Iterable[str]) -> str:
    """Return the sum as a decimal string; what cannot be read counts as nothing (contracts/one-click.md §3.2)."""
    return decimal_text(sum((read_quantity(text) or Decimal(0) for text in quantities), Decimal(0)))
