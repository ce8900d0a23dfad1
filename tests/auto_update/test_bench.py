"""What ``bench/auto_update.py`` counts, at a tenth of its size: requests are promised here, times measured there."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "bench"))

import auto_update

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def test_a_tick_asks_each_repository_once_and_nothing_twice() -> None:
    first, unchanged, newer = auto_update.run(records=1000, repositories=100)
    assert first.requests == {"GET 200": 100}
    assert unchanged.requests == {"GET 304": 100}
    assert newer.requests == {"GET 200": 1, "GET 304": 99}
    assert [tick.most_for_one for tick in (first, unchanged, newer)] == [1, 1, 1]
    assert [tick.errors for tick in (first, unchanged, newer)] == [0, 0, 0]
    # A worker's own size, and no more with the number of records.
    assert max(tick.memory for tick in (first, unchanged, newer)) < 300
