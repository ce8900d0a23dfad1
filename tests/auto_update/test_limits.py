"""What registries say of their limits."""

from datetime import UTC, datetime, timedelta

import pytest

from oneclick_auto_update import limits

NOW = datetime(2026, 7, 1, 12, 0, 0, tzinfo=UTC)

CASES = [
    # status, headers, seconds
    (200, {}, None),
    (404, {"retry-after": "60"}, None),
    (429, {}, 60),
    (429, {"retry-after": "120"}, 120),
    (429, {"retry-after": "0"}, 1),
    (429, {"retry-after": "999999999"}, 6 * 3600),
    (429, {"retry-after": "99999999999999999999"}, 60),
    (429, {"retry-after": "Wed, 01 Jul 2026 12:05:00 GMT"}, 300),
    (429, {"retry-after": "Wed, 01 Jul 2020 12:05:00 GMT"}, 1),
    (429, {"retry-after": "Wed, 01 Jul 9999 12:05:00 GMT"}, 6 * 3600),
    (429, {"retry-after": "soon"}, 60),
    (429, {"retry-after": "-5"}, 60),
    (429, {"retry-after": "\u0663"}, 60),
    (503, {"retry-after": "10"}, 10),
    (503, {}, None),
    (200, {"ratelimit-remaining": "99;w=21600"}, None),
    (200, {"ratelimit-remaining": "0;w=60"}, 60),
    (200, {"ratelimit-remaining": "0;w=21600"}, 900),
    (200, {"ratelimit-remaining": "0"}, 60),
    (200, {"ratelimit-remaining": "0", "ratelimit-reset": "30"}, 30),
    (200, {"ratelimit-remaining": "none"}, None),
]


@pytest.mark.parametrize(("status", "headers", "seconds"), CASES)
def test_rests_as_long_as_it_says(status: int, headers: dict[str, str], seconds: int | None) -> None:
    assert limits.rest(status, headers, NOW) == (None if seconds is None else timedelta(seconds=seconds))
