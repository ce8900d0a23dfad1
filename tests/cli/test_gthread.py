"""Clients that send halves, read nothing or say nothing, against a real server: everybody else is answered."""

from __future__ import annotations

import json
import socket
import struct
import time
from collections.abc import Callable, Iterator

import pytest

from tests.conftest import LiveServer

PLUGIN = """
import time
import flask
from oneclick import needs
from oneclick.cli import gthread
from oneclick_hooks import Mount, hookimpl

gthread.HEAD_SECONDS, gthread.BODY_SECONDS, gthread.SEND_SECONDS = 2.0, 2.0, 2
gthread.Reader.patience = 2.0
blueprint = flask.Blueprint("kind", __name__)


@blueprint.get("/large")
@needs("public")
def large():
    return flask.Response(b"x" * (32 << 20))


@blueprint.get("/quiet")
@needs("public")
def quiet():
    def lines():
        yield b"first"
        time.sleep(5)
        yield b"last"

    return flask.Response(lines())


@blueprint.post("/length")
@needs("public")
def length():
    return {"length": len(flask.request.get_data())}


@hookimpl
def register_blueprints():
    yield Mount(blueprint, "/kind")
"""
DROP_INS = {"kind.py": PLUGIN}
GUESTS = 40
"""More than the server has threads."""

STRANGER, NEIGHBOUR = "127.0.0.2", "127.0.0.1"
HEALTH = b"GET /api/health HTTP/1.1\r\nHost: a\r\n\r\n"


@pytest.fixture(scope="module")
def database_kind() -> str:
    return "sqlite"


Dial = Callable[..., socket.socket]


@pytest.fixture
def dial(live_server: LiveServer) -> Iterator[Dial]:
    """A function that opens a connection from an address and sends the beginning of a request."""
    assert live_server.app.plugins.broken == []
    opened: list[socket.socket] = []

    def connect(content: bytes = b"", source: str = STRANGER, room: int = 0) -> socket.socket:
        connection = socket.socket()
        opened.append(connection)
        if room:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
        connection.settimeout(20)
        connection.bind((source, 0))
        connection.connect(("127.0.0.1", int(live_server.url.rpartition(":")[2])))
        connection.sendall(content)
        return connection

    yield connect
    for connection in opened:
        # Gone at once, so that the next test finds all places free.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()


def answer(connection: socket.socket) -> tuple[int, bytes]:
    """Read one answer; return its status and body."""
    file = connection.makefile("rb")
    status = int(file.readline().split()[1])
    length = 0
    while (line := file.readline().strip()) != b"":
        name, _, value = line.partition(b":")
        length = int(value) if name.lower() == b"content-length" else length
    return status, file.read(length)


def healthy(dial: Dial) -> float:
    """Ask from another address; return how many seconds the answer took."""
    started = time.monotonic()
    assert answer(dial(HEALTH, NEIGHBOUR))[0] == 200
    return time.monotonic() - started


def ends(connection: socket.socket) -> float:
    """Return how many seconds it takes the server to close a connection."""
    started = time.monotonic()
    try:
        while connection.recv(1 << 20):
            pass
    except ConnectionResetError:
        pass
    return time.monotonic() - started


@pytest.mark.parametrize("beginning", [b"", b"GET /api/hea", HEALTH[:-2], HEALTH + HEALTH[:-2]])
def test_half_a_head_holds_no_thread_and_is_closed(dial: Dial, beginning: bytes) -> None:
    guests = [dial(beginning) for _ in range(GUESTS)]
    time.sleep(0.3)
    assert healthy(dial) < 1
    assert 0.5 < ends(guests[-1]) < 5


def test_a_head_in_drops_gets_no_more_time(dial: Dial) -> None:
    connection, started = dial(b"GET /api/health HTTP/1.1\r\nHost: a\r\nX-Slow: "), time.monotonic()
    with pytest.raises(OSError):
        while time.monotonic() - started < 10:
            connection.sendall(b"x")
            time.sleep(0.2)
    assert time.monotonic() - started < 6


def test_long_request_lines_are_read_and_endless_ones_answered(dial: Dial) -> None:
    def asking(length: int, end: bytes = b" HTTP/1.1\r\nHost: a\r\n\r\n") -> bytes:
        return b"GET /api/health?filter=" + b"x" * length + end

    assert answer(dial(asking(60 << 10)))[0] == 200
    for content, status in [
        (asking(70 << 10, b""), 414),
        (HEALTH[:-2] + b"X: " + b"x" * (70 << 10), 431),
        (asking(1, "🚀 HTTP/1.1\r\nHost: a\r\n\r\n".encode()), 400),
        (HEALTH[:-2] + b"Content-Type: a/b\r\nContent-Type: a/b\r\n\r\n", 400),
    ]:
        got, body = answer(dial(content))
        said = json.loads(body)
        assert (got, said["status"], said["data"]) == (status, status, {}), said
        assert said["message"].endswith(".")


def test_a_head_in_pieces_and_two_requests_at_once_are_served(dial: Dial) -> None:
    connection = dial()
    for piece in (HEALTH[:5], HEALTH[5:-3], HEALTH[-3:-1], HEALTH[-1:]):
        connection.sendall(piece)
        time.sleep(0.1)
    assert answer(connection)[0] == 200
    body = b"POST /kind/length HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
    connection.sendall(body + HEALTH)
    file = connection.makefile("rb")
    text = b""
    while text.count(b"HTTP/1.1 200") < 2 or not text.endswith(b"}"):
        text += file.read1()
    assert b'{"length":3}' in text.replace(b" ", b"").replace(b"\n", b"")


def test_a_head_without_end_is_refused(dial: Dial) -> None:
    connection = dial(b"GET /api/health HTTP/1.1\r\nHost: a\r\n")
    with pytest.raises(OSError):
        for number in range(10_000):
            connection.sendall(b"X-%d: %s\r\n" % (number, b"x" * 1000))
        connection.recv(1)
        raise ConnectionError
    assert healthy(dial) < 1


def test_more_half_heads_than_there_is_room_for(dial: Dial) -> None:
    # gunicorn_config: as many connections as threads, and 512.
    for _ in range(24 + 512 + 20):
        dial(HEALTH[:-2])
    assert healthy(dial) < 1.5


def test_half_bodies_leave_threads_to_others_and_end(dial: Dial) -> None:
    head = b"POST /kind/length HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n{"
    guests = [dial(head) for _ in range(GUESTS)]
    time.sleep(0.5)
    assert healthy(dial) < 1
    answers = [answer(guest) for guest in guests]
    assert {status for status, _ in answers} == {400, 429}
    assert sum(status == 400 for status, _ in answers) == 12
    for status, body in answers:
        assert json.loads(body)["status"] == status
    assert all(ends(guest) < 5 for guest in guests)


def test_a_slow_body_that_makes_progress_is_taken(dial: Dial) -> None:
    connection = dial(b"POST /kind/length HTTP/1.1\r\nHost: a\r\nContent-Length: 49152\r\n\r\n")
    for _ in range(12):
        time.sleep(0.4)
        connection.sendall(b"x" * 4096)
    assert answer(connection) == (200, b'{"length":49152}\n')


def test_a_body_that_nobody_reads_holds_no_thread_for_long(dial: Dial) -> None:
    guests = [dial(HEALTH[:-2] + b"Content-Length: 1000\r\n\r\n", source) for source in (STRANGER, "127.0.0.3") * 20]
    time.sleep(1.5)
    assert healthy(dial) < 1
    assert all(ends(guest) < 5 for guest in guests)


def test_who_does_not_read_is_let_go(dial: Dial) -> None:
    ask = b"GET /kind/large HTTP/1.1\r\nHost: a\r\n\r\n"
    for _ in range(12):
        dial(ask, room=4096)
    time.sleep(0.5)
    assert healthy(dial) < 1
    assert answer(dial(HEALTH))[0] == 429
    end = time.monotonic() + 12
    while answer(dial(HEALTH))[0] == 429:
        assert time.monotonic() < end
        time.sleep(0.2)


def test_a_quiet_stream_is_not_cut(dial: Dial) -> None:
    connection = dial(b"GET /kind/quiet HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    text = b""
    while chunk := connection.recv(4096):
        text += chunk
    assert b"first" in text
    assert b"last" in text
