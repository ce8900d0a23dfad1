"""How long to wait before something that ended is started again."""

from __future__ import annotations

import random

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 60.0
STEADY_SECONDS = 60.0


class BackOff:
    """Pauses that double up to a minute, with jitter, and begin anew once something has run for a minute."""

    def __init__(self, first: float = FIRST_PAUSE, longest: float = LONGEST_PAUSE) -> None:
        self._first, self._longest = first, longest
        self._failures = 0

    def pause(self, ran: float) -> float:
        """Return how many seconds to wait after something ran for ``ran`` seconds."""
        if ran >= STEADY_SECONDS:
            self._failures = 0
        wait = min(self._longest, self._first * 2.0 ** min(self._failures, 20))
        self._failures += 1
        return wait * random.uniform(0.75, 1.0)  # noqa: S311
