"""A log's query parameters."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from oneclick.errors import ValidationError
from oneclick_kubernetes.logs import Wanted
from oneclick_kubernetes.parameters import read_wanted


def test_all_of_them() -> None:
    query = {"tail": "5", "since": "60", "container": "app", "previous": "true", "follow": "0"}
    assert read_wanted("p", "pod", query, True) == (Wanted("p", "pod", "app", 5, 60, True), False)


def test_none_of_them() -> None:
    assert read_wanted("p", "pod", {}, True) == (Wanted("p", "pod"), True)
    assert read_wanted("p", "pod", {}, False) == (Wanted("p", "pod"), False)


def test_the_run_before_is_not_followed_by_itself() -> None:
    assert read_wanted("p", "pod", {"previous": "true"}, True)[1] is False


@pytest.mark.parametrize(
    "text", ["2026-01-31T12:00:00Z", "2026-01-31T13:00:00+01:00", "2026-01-31T13:00:00 01:00", "2026-01-31T12:00:00"]
)
def test_a_moment(text: str) -> None:
    wanted, _ = read_wanted("p", "pod", {"since": text}, False)
    assert isinstance(wanted.since, datetime)
    assert wanted.since.astimezone(UTC) == datetime(2026, 1, 31, 12, tzinfo=UTC)


def test_numbers_from_a_sockets_first_message() -> None:
    assert read_wanted("p", "pod", {"tail": 1000, "previous": False}, True)[0].tail == 1000


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("tail", "abc"),
        ("tail", "-1"),
        ("tail", "1.5"),
        ("tail", "9" * 30),
        ("tail", True),
        ("since", "yesterday"),
        ("since", "0"),
        ("since", "-5"),
        ("since", "2026-01-31"),
        ("follow", "perhaps"),
        ("previous", "2"),
        ("container", ["a"]),
        ("container", "a" * 300),
    ],
)
def test_a_bad_one_is_named(name: str, value: Any) -> None:
    with pytest.raises(ValidationError) as caught:
        read_wanted("p", "pod", {name: value}, False)
    assert set(caught.value.data) == {name}
