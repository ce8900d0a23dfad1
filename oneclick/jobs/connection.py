"""Connecting to Redis."""

from __future__ import annotations

import time

from redis import Redis
from redis.backoff import ExponentialBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError
from redis.retry import Retry

from oneclick.errors import ConfigError

RETRIES = 3
PAUSE_SECONDS = 0.2


def connect(url: str) -> Redis:
    """Return a client for ``url``; it opens its first connection when it is first used.

    A Redis that restarts (the embedded one is restarted when it dies) costs a caller a short wait, not an error.
    """
    return Redis.from_url(
        url,
        socket_connect_timeout=5,
        health_check_interval=30,
        retry=Retry(ExponentialBackoff(cap=1, base=0.05), RETRIES),
        retry_on_error=[RedisConnectionError, RedisTimeoutError],
    )


def reach(url: str, seconds: float) -> None:
    """Return once the Redis of ``url`` answers. Raises ``ConfigError`` with its reason when it has not in time."""
    end = time.monotonic() + seconds
    redis = connect(url)
    try:
        while True:
            try:
                redis.ping()
            except (RedisError, OSError) as error:
                if time.monotonic() >= end:
                    raise ConfigError(f"The Redis of REDIS_URL cannot be used: {str(error).rstrip('.')}.") from error
                time.sleep(PAUSE_SECONDS)
            else:
                return
    finally:
        redis.close()
