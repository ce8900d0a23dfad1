"""What the containers of the demonstration write: made from the container's identity and the time, stored nowhere.

The same container, asked twice, tells the same: each line has its number, and its time and text follow from that.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

KEPT_LINES = 5000
"""As if the node's log file had been rotated: older lines are gone."""

PACE, JITTER = 1.5, 1.2
"""A line of the access log about every so many seconds, each up to so many late."""

BANNER_STEP = 0.02

SERVER_BANNER = (
    "/docker-entrypoint.sh: /docker-entrypoint.d/ is not empty, will attempt to perform configuration",
    "/docker-entrypoint.sh: Configuration complete; ready for start up",
    '[notice] 1#1: using the "epoll" event method',
    "[notice] 1#1: start worker processes",
    "[notice] 1#1: this is the demo cluster: nothing really runs here, these lines are made up",
)
CRASH_LINES = (
    "starting up",
    "reading configuration from the environment",
    '[demo cluster] the image\'s tag contains "crash", so this container ends now',
    "fatal: cannot continue, exiting with code 1",
)
TASK_LINES = (
    "task started",
    "[demo cluster] nothing really runs here, these lines are made up",
    "processing batch 1 of 3",
    "processing batch 2 of 3",
    "processing batch 3 of 3",
    "task finished",
)
PATHS = ("/", "/", "/", "/index.html", "/favicon.ico", "/assets/app.js", "/assets/app.css", "/api/items", "/healthz")
AGENTS = ("Mozilla/5.0 (X11; Linux x86_64)", "Mozilla/5.0 (Macintosh)", "curl/8.5.0", "kube-probe/1.36")


@dataclass(frozen=True, slots=True)
class Log:
    """The output of one run of a container. ``end`` is ``None`` while it runs."""

    seed: str
    program: str
    start: float
    end: float | None = None

    @property
    def _banner(self) -> tuple[str, ...]:
        return {"crash": CRASH_LINES, "task": TASK_LINES}.get(self.program, SERVER_BANNER)

    @property
    def _step(self) -> float:
        return 0.3 if self.program == "task" else BANNER_STEP

    def count(self, now: float) -> int:
        """Return how many lines were written until ``now``."""
        until = now if self.end is None else min(now, self.end)
        banner = self._banner
        if self.end is not None and self.program != "server":
            return len(banner)
        started = max(0, min(len(banner), int((until - self.start) / self._step) + 1))
        if self.program != "server" or started < len(banner):
            return started
        number = max(len(banner), len(banner) + int((until - self.start - 1) / PACE) - 1)
        while self.time(number) <= until:
            number += 1
        return number

    def time(self, number: int) -> float:
        """Return when a line was written."""
        banner = len(self._banner)
        if number < banner:
            return self.start + number * self._step
        if self.program != "server":
            return float("inf")
        return self.start + 1 + (number - banner) * PACE + self._random(number).random() * JITTER

    def text(self, number: int) -> str:
        """Return a line."""
        if number < len(self._banner):
            return self._banner[number]
        chance = self._random(number)
        chance.random()
        moment = datetime.fromtimestamp(self.time(number), UTC)
        path, agent = chance.choice(PATHS), chance.choice(AGENTS)
        address = f"10.244.0.{chance.randint(2, 60)}"
        code = chance.choices((200, 304, 404, 499), (90, 6, 3, 1))[0]
        size = 0 if code == 304 else chance.randint(120, 9000)
        return f'{address} - - [{moment:%d/%b/%Y:%H:%M:%S +0000}] "GET {path} HTTP/1.1" {code} {size} "-" "{agent}" "-"'

    def first(self, now: float, since: float | None = None) -> int:
        """Return the number of the first line that is still kept and not older than ``since``."""
        end = self.count(now)
        first = max(0, end - KEPT_LINES)
        if since is None:
            return first
        return _bisect(first, end, lambda number: self.time(number) >= since)

    def line(self, number: int, *, timestamps: bool) -> bytes:
        """Return a line as the API sends it."""
        text = self.text(number)
        if timestamps:
            moment = self.time(number)
            nanoseconds = int(moment % 1 * 1e9)
            text = f"{datetime.fromtimestamp(int(moment), UTC):%Y-%m-%dT%H:%M:%S}.{nanoseconds:09d}Z {text}"
        return text.encode() + b"\n"

    def _random(self, number: int) -> random.Random:
        return random.Random(zlib.crc32(f"{self.seed}/{number}".encode()))  # noqa: S311  (made-up log lines)


def _bisect(low: int, high: int, holds: Callable[[int], bool]) -> int:
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return low
