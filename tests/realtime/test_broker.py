"""Messages among processes, with Redis, without it, and when it goes away."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from oneclick.jobs import embedded
from oneclick.realtime import Broker


def eventually(look: Callable[[], bool], seconds: float = 5.0) -> None:
    end = time.monotonic() + seconds
    while not look():
        assert time.monotonic() < end, "not in time"
        time.sleep(0.02)


@pytest.fixture
def make(redis_url: str) -> Iterator[Callable[..., Broker]]:
    made: list[Broker] = []

    def broker(url: str = redis_url) -> Broker:
        made.append(Broker(url))
        return made[-1]

    yield broker
    for one in made:
        one.close()


def test_messages_reach_all_in_order(make: Callable[..., Broker]) -> None:
    one, two = make(), make()
    got: dict[str, list[bytes]] = {"one": [], "two": []}
    one.subscribe("a", got["one"].append)
    end = two.subscribe("a", got["two"].append)
    two.subscribe("b", lambda message: got["two"].append(b"b:" + message))
    for number in range(20):
        one.publish("a", b"%d" % number)
    eventually(lambda: len(got["one"]) == len(got["two"]) == 20)
    assert got["one"] == got["two"] == [b"%d" % number for number in range(20)]
    end()
    one.publish("a", b"late")
    one.publish("b", b"x")
    eventually(lambda: got["two"][-1] == b"b:x")
    assert b"late" not in got["two"]


def test_a_receiver_that_fails_does_not_stop_the_next(make: Callable[..., Broker]) -> None:
    broker, got = make(), []

    def fail(_message: bytes) -> None:
        raise RuntimeError("no")

    broker.subscribe("a", fail)
    broker.subscribe("a", got.append)
    broker.publish("a", b"1")
    eventually(lambda: got == [b"1"])


def test_without_redis_messages_stay_in_the_process(make: Callable[..., Broker]) -> None:
    broker, got = make(""), []
    broker.subscribe("a", got.append)
    broker.publish("a", b"1")
    eventually(lambda: got == [b"1"])
    broker.put("table", "key", b"value")
    assert broker.get("table", "key") == b"value"
    assert broker.all("table") == {"key": b"value"}
    assert broker.has("table", "key")


def test_tables_are_shared(make: Callable[..., Broker]) -> None:
    one, two = make(), make()
    one.put("shared", "key", b"value")
    assert two.get("shared", "key") == b"value"
    assert two.has("shared", "key")
    assert two.all("shared") == {"key": b"value"}
    one.remove("shared", "key")
    assert two.get("shared", "key") is None


def test_installations_that_share_a_server_are_kept_apart(redis_url: str) -> None:
    one, two = Broker(redis_url, "one"), Broker(redis_url, "two")
    got: list[bytes] = []
    two.subscribe("a", got.append)
    one.publish("a", b"foreign")
    one.put("table", "key", b"foreign")
    two.publish("a", b"own")
    eventually(lambda: got == [b"own"])
    assert two.get("table", "key") is None
    for broker in (one, two):
        broker.close()


def test_publishing_alone_starts_no_thread(make: Callable[..., Broker]) -> None:
    broker = make()
    broker.publish("a", b"1")
    assert broker._threads == []


def test_redis_may_go_and_come_back() -> None:
    folder = Path(tempfile.mkdtemp(prefix="oc-"))

    def start() -> subprocess.Popen[bytes]:
        return subprocess.Popen(embedded.command(folder), stdout=subprocess.DEVNULL)

    server = start()
    broker = Broker(embedded.url(folder))
    got: list[bytes] = []
    try:
        eventually((folder / embedded.SOCKET).exists)
        broker.subscribe("a", got.append)
        broker.on_reconnect(lambda: got.append(b"back"))
        broker.publish("a", b"1")
        eventually(lambda: got == [b"1"])
        server.kill()
        server.wait()
        # With Redis away, this process still hears itself.
        broker.publish("a", b"2")
        eventually(lambda: got == [b"1", b"2"])
        server = start()
        eventually(lambda: b"back" in got, 15)
        time.sleep(1.1)
        broker.publish("a", b"3")
        eventually(lambda: got[-1] == b"3")
    finally:
        broker.close()
        server.kill()
        server.wait()
        shutil.rmtree(folder)
