"""Locks among processes, in Redis. Each holder has a token; only who holds a lock can free it.

A lock does not fence: a holder that sleeps past its time does not notice. What it protects must bear that.
"""

from __future__ import annotations

import logging
import random
import time
from types import TracebackType

from redis import Redis
from redis.exceptions import RedisError

from oneclick.ids import random_text

log = logging.getLogger(__name__)

PREFIX = "oneclick:lock:"

RELEASE = """
if redis.call("GET", KEYS[1]) == ARGV[1] then return redis.call("DEL", KEYS[1]) end
return 0
"""

# Answers 1 when the lock is ours now, 0 when it is another's, -1 when it is missing and was not to be taken.
LEAD = """
local holder = redis.call("GET", KEYS[1])
if holder == false and ARGV[3] == "0" then return -1 end
if holder == false or holder == "free" or holder == ARGV[1] then
  redis.call("SET", KEYS[1], ARGV[1], "PX", ARGV[2])
  return 1
end
return 0
"""

STEP_DOWN = """
if redis.call("GET", KEYS[1]) == ARGV[1] then redis.call("SET", KEYS[1], "free", "PX", ARGV[2]) end
"""


class Lock:
    """A lock called ``name`` that is held for at most ``ttl`` seconds; a context manager whose value tells whether it
    was got within ``wait`` seconds. With Redis away it is not got."""

    def __init__(self, redis: Redis, name: str, ttl: float, wait: float = 0.0) -> None:
        self._redis, self._key, self._ttl, self._wait = redis, PREFIX + name, ttl, wait
        self._token = random_text(20)
        self._release = redis.register_script(RELEASE)

    def __enter__(self) -> bool:
        return self.acquire(self._wait)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def acquire(self, wait: float = 0.0) -> bool:
        """Try to get the lock for ``wait`` seconds; tell whether it was got."""
        deadline = time.monotonic() + wait
        while True:
            try:
                if self._redis.set(self._key, self._token, nx=True, px=int(self._ttl * 1000)):
                    return True
            except RedisError as error:
                log.warning("lock %s not taken: %s", self._key, error)
                return False
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            # Jitter keeps those who wait from asking in step.
            time.sleep(min(left, random.uniform(0.02, 0.1)))  # noqa: S311

    def release(self) -> None:
        """Free the lock if it is still ours."""
        try:
            self._release(keys=[self._key], args=[self._token])
        except RedisError as error:
            log.warning("lock %s not freed, it ends by itself: %s", self._key, error)


class Leader:
    """One process among many that holds a lock by renewing it.

    A lock that is missing without its holder having stepped down was flushed, or its holder is dead: whoever has seen
    another hold it leaves that one the time of a renewal to take it back.
    """

    def __init__(self, redis: Redis, name: str = "scheduler", ttl: float = 15.0) -> None:
        self._key, self._ttl = f"oneclick:leader:{name}", ttl
        self._token = random_text(20)
        self._lead = redis.register_script(LEAD)
        self._step_down = redis.register_script(STEP_DOWN)
        self._until = self._next = 0.0
        self._take_missing_at = 0.0

    @property
    def seconds_left(self) -> float:
        """For how long the lock is ours even if Redis goes away now."""
        return max(0.0, self._until - time.monotonic())

    def hold(self) -> bool:
        """Take or renew the lock; tell whether this process leads. Asks Redis at most every third of the time."""
        now = time.monotonic()
        if now < self._next and self._until > now:
            return True
        may_take = now >= self._take_missing_at
        try:
            answer = self._lead(keys=[self._key], args=[self._token, int(self._ttl * 1000), int(may_take)])
        except RedisError as error:
            log.warning("cannot renew the leader's lock: %s", error)
            return self._until > time.monotonic()
        if answer == 1:
            # Counted from before the call: Redis may have set the time later, never earlier.
            self._until, self._next, self._take_missing_at = now + self._ttl, now + self._ttl / 3, 0.0
        else:
            self._until = 0.0
        if answer == 0:
            self._take_missing_at = now + self._ttl / 2
        return bool(answer == 1)

    def release(self) -> None:
        """Step down, so that another need not wait."""
        self._until = 0.0
        try:
            self._step_down(keys=[self._key], args=[self._token, int(self._ttl * 1000)])
        except RedisError as error:
            log.warning("the leader's lock ends by itself: %s", error)
