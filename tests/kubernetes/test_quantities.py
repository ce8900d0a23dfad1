"""Kubernetes quantities."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oneclick_kubernetes.quantities import decimal_text, parse_quantity, quantity_problem, total


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", "0"),
        ("1", "1"),
        ("100m", "0.1"),
        ("0.5", "0.5"),
        ("1.", "1"),
        (".5Gi", str(2**29)),
        ("128Mi", str(128 * 2**20)),
        ("1Ki", "1024"),
        ("1k", "1000"),
        ("2E", "2000000000000000000"),
        ("2e3", "2000"),
        ("2E3", "2000"),
        ("1e-3", "0.001"),
        ("5u", "0.000005"),
        ("5n", "0.000000005"),
        ("-1Gi", str(-(2**30))),
        ("+1", "1"),
    ],
)
def test_values(text, number):
    assert parse_quantity(text) == Decimal(number)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " 1",
        "1 ",
        "abc",
        "1GB",
        "1gi",
        "1K",
        "1,5",
        "1e",
        "1e999",
        "0x10",
        "1Mi2",
        "--1",
        ".",
        "٣",
        "inf",
        "nan",
        "1" * 41,
    ],
)
def test_not_quantities(text):
    with pytest.raises(ValueError, match="is not a quantity"):
        parse_quantity(text)
    assert quantity_problem("cpu", text)


@given(st.text(max_size=50))
def test_any_text_is_answered(text):
    for kind in ("cpu", "memory", "storage"):
        quantity_problem(kind, text)


@given(st.lists(st.integers(0, 10**6), max_size=20))
def test_totals_are_exact(millis):
    assert Decimal(total(f"{each}m" for each in millis)) == Decimal(sum(millis)) / 1000


@pytest.mark.parametrize(
    ("quantities", "text"),
    [([], "0"), (["100m"], "0.100"), (["500m", "500m"], "1"), (["256Mi"], "268435456"), (["1", "junk"], "1")],
)
def test_totals_are_written_as_the_original_does(quantities, text):
    assert total(quantities) == text


def test_no_exponents():
    assert decimal_text(Decimal("1E+3")) == "1000"
    assert decimal_text(Decimal("1E-9")) == "0.000000001"
