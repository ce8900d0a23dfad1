"""Following a log over restarts: whole lines, none lost, none twice."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from oneclick_kubernetes import logs
from oneclick_kubernetes.errors import ClusterError, Missing, Unreachable
from oneclick_kubernetes.logs import Follower, Wanted, container_of, lines_until


class FakeStream:
    """Bytes that arrive one by one."""

    def __init__(self, lines: list[bytes]) -> None:
        self._lines = lines
        self.closed = threading.Event()

    def lines(self) -> Iterator[bytes]:
        yield from self._lines

    def close(self) -> None:
        self.closed.set()


class FakeClient:
    """A cluster whose log ends and goes on."""

    def __init__(self, *parts: list[bytes] | Exception) -> None:
        self.parts = list(parts)
        self.queries: list[dict[str, Any]] = []

    def stream(self, path: str, query: dict[str, Any], silence: float) -> FakeStream:
        self.queries.append(query)
        part = self.parts.pop(0)
        if isinstance(part, Exception):
            raise part
        return FakeStream(part)

    def get(self, *_: Any) -> dict[str, Any] | None:
        return {"status": {"phase": "Running"}} if self.parts else None


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "PAUSE", 0.001)


def stamp(second: int, nano: int, text: str) -> bytes:
    return f"2026-01-31T12:00:{second:02d}.{nano:09d}Z {text}".encode()


def read(client: FakeClient, wanted: Wanted | None = None) -> str:
    follower = Follower(client, wanted or Wanted("p", "pod", "app")).start()  # type: ignore[arg-type]
    return "".join(lines_until(follower, lambda: False, wait=0.05))


def test_goes_on_where_it_was_and_repeats_nothing() -> None:
    client = FakeClient(
        [stamp(1, 5, "one"), stamp(1, 5, "same moment"), stamp(2, 7, "two")],
        Unreachable("gone"),
        [stamp(2, 1, "older in that second"), stamp(2, 7, "two"), stamp(2, 7, "two at once"), stamp(3, 0, "three")],
    )
    assert read(client) == "one\nsame moment\ntwo\ntwo at once\nthree\n"
    assert client.queries[-1]["sinceTime"] == "2026-01-31T12:00:02Z"
    assert "tailLines" not in client.queries[-1]


def test_times_with_fewer_digits_compare_right() -> None:
    first = [b"2026-01-31T12:00:01.5Z half"]
    then = [b"2026-01-31T12:00:01.500000000Z half again", b"2026-01-31T12:00:01.25Z earlier"]
    assert read(FakeClient(first, then)) == "half\nhalf again\n"


def test_what_is_cut_within_a_character_is_whole_again() -> None:
    assert read(FakeClient([stamp(1, 1, "grün"), stamp(1, 2, "")])) == "grün\n\n"


def test_lines_without_a_time_pass() -> None:
    assert read(FakeClient([b"plain", b"\xff broken"])) == "plain\n� broken\n"


def test_a_very_long_line_is_cut() -> None:
    assert len(read(FakeClient([stamp(1, 1, "x" * 200_000)]))) == logs.LONGEST_LINE + 1


def test_ends_with_the_pod() -> None:
    assert read(FakeClient([stamp(1, 1, "last")], Missing("no pod"))) == "last\n"


def test_what_cannot_be_opened_says_so_at_once() -> None:
    with pytest.raises(ClusterError):
        read(FakeClient(ClusterError("container is waiting to start", 400, "BadRequest")))


def test_a_slow_reader_holds_the_log_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "WAITING_LINES", 10)
    client = FakeClient([stamp(1, number, str(number)) for number in range(1000)])
    follower = Follower(client, Wanted("p", "pod", "app")).start()  # type: ignore[arg-type]
    assert follower._lines.qsize() <= 10
    assert "".join(lines_until(follower, lambda: False)).count("\n") == 1000


def test_nobody_listens_any_more() -> None:
    client = FakeClient([stamp(1, number, "x") for number in range(100_000)])
    follower = Follower(client, Wanted("p", "pod", "app")).start()  # type: ignore[arg-type]
    assert list(lines_until(follower, lambda: True)) == []
    follower._thread.join(5)
    assert not follower._thread.is_alive()


class Pods:
    """A cluster with one pod."""

    def __init__(self, pod: dict[str, Any] | None) -> None:
        self.pod = pod

    def get(self, *_: Any) -> dict[str, Any] | None:
        return self.pod


def test_container() -> None:
    pod = {"spec": {"containers": [{"name": "app"}, {"name": "proxy"}], "initContainers": [{"name": "init"}]}}
    wanted = Wanted("p", "pod")
    assert container_of(Pods(pod), wanted).container == "app"  # type: ignore[arg-type]
    marked = {**pod, "metadata": {"annotations": {logs.DEFAULT_CONTAINER: "proxy"}}}
    assert container_of(Pods(marked), wanted).container == "proxy"  # type: ignore[arg-type]
    assert container_of(Pods(pod), Wanted("p", "pod", "init")).container == "init"  # type: ignore[arg-type]
    with pytest.raises(Missing, match="no container other"):
        container_of(Pods(pod), Wanted("p", "pod", "other"))  # type: ignore[arg-type]
    with pytest.raises(Missing, match="no pod"):
        container_of(Pods(None), wanted)  # type: ignore[arg-type]
