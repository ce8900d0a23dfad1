from __future__ import annotations

import time
from typing import Any

from oneclick.jobs import Leader, Lock, connect


def test_one_holder_at_a_time(redis_server: Any) -> None:
    redis = connect(redis_server.url)
    with Lock(redis, "a", 5) as first:
        assert first
        with Lock(redis, "a", 5) as second, Lock(redis, "b", 5) as other:
            assert not second
            assert other
        # The one that did not get it must not have freed it.
        assert not Lock(redis, "a", 5).acquire()
    assert Lock(redis, "a", 5).acquire()


def test_waiting_for_a_lock_that_ends(redis_server: Any) -> None:
    redis = connect(redis_server.url)
    assert Lock(redis, "a", 0.2).acquire()
    assert Lock(redis, "a", 5).acquire(wait=3)


def test_a_lock_that_ran_out_is_not_taken_from_the_next_holder(redis_server: Any) -> None:
    redis = connect(redis_server.url)
    slow = Lock(redis, "a", 0.05)
    assert slow.acquire()
    time.sleep(0.1)
    assert Lock(redis, "a", 5).acquire()
    slow.release()
    assert not Lock(redis, "a", 5).acquire()


def test_no_lock_without_redis(redis_server: Any) -> None:
    redis = connect(redis_server.url)
    redis_server.kill()
    with Lock(redis, "a", 5) as got:
        assert not got


def test_one_leader(redis_server: Any) -> None:
    first, second = Leader(connect(redis_server.url)), Leader(connect(redis_server.url))
    assert first.hold()
    assert not second.hold()
    first.release()
    assert second.hold()
    assert not first.hold()


def test_a_leader_goes_on_after_a_flush(redis_server: Any) -> None:
    redis = connect(redis_server.url)
    leader, other = Leader(redis, ttl=0.3), Leader(redis, ttl=0.3)
    assert leader.hold()
    assert not other.hold()
    redis.flushall()
    # Who has just seen the leader leaves it the time to renew.
    assert not other.hold()
    time.sleep(0.1)
    assert leader.hold()
    assert not other.hold()


def test_a_dead_leader_is_replaced(redis_server: Any) -> None:
    redis = connect(redis_server.url)
    leader, other = Leader(redis, ttl=0.3), Leader(redis, ttl=0.3)
    assert leader.hold()
    assert not other.hold()
    deadline = time.monotonic() + 5
    while not other.hold():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert not leader.hold()


def test_a_leader_steps_down_when_redis_stays_away(redis_server: Any) -> None:
    leader = Leader(connect(redis_server.url), ttl=2)
    assert leader.hold()
    redis_server.kill()
    assert leader.hold()
    assert leader.seconds_left <= 2
    time.sleep(2)
    assert not leader.hold()
    redis_server.start()
    assert leader.hold()
