from datetime import timedelta

import pytest

from oneclick_auto_update import intervals


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("1m", timedelta(minutes=1)),
        ("90s", timedelta(seconds=90)),
        ("1h30m", timedelta(hours=1, minutes=30)),
        ("2d", timedelta(days=2)),
        ("1w", timedelta(weeks=1)),
        (" 5m ", timedelta(minutes=5)),
    ],
)
def test_reads_numbers_with_units(text: str, length: timedelta) -> None:
    assert intervals.parse(text) == length


@pytest.mark.parametrize("text", ["", "abc", "5", "m", "5ms", "-5m", "1.5h", "5 m", "٣m"])
def test_refuses_what_is_no_interval(text: str) -> None:
    with pytest.raises(intervals.IntervalError, match="Write an interval"):
        intervals.parse(text)


@pytest.mark.parametrize("text", ["30s", "0m", "0h0m"])
def test_refuses_less_than_a_minute_that_crashed_the_original(text: str) -> None:
    with pytest.raises(intervals.IntervalError, match="one minute"):
        intervals.parse(text)


def test_refuses_more_than_a_year() -> None:
    with pytest.raises(intervals.IntervalError, match="52 weeks"):
        intervals.parse("53w")
