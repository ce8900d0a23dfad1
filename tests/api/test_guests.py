"""What guests of one address may have under way at once, on a real server; who is signed in goes on."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator

import httpx2
import pytest
import websocket

from oneclick.auth import tokens
from oneclick.ids import new_id
from oneclick.testing import make_superuser, make_user
from tests.conftest import LiveServer
from tests.realtime.sse import Stream

PLUGIN = """
from oneclick_hooks import Socket, hookimpl


@hookimpl
def on_realtime_connect_request(event):
    event.idle_timeout = 6.0


@hookimpl
def register_sockets():
    yield Socket("/ws/anybody", lambda connection: connection.wait(), needs="public")
    yield Socket("/ws/user", greet, needs="auth")


def greet(connection):
    connection.send("hello")
    connection.wait()
"""
MOST = 3
REFUSED = {
    "status": 429,
    "message": "Too many requests of guests are under way from this address. Try again later.",
    "data": {},
}


@pytest.fixture(scope="module")
def database_kind() -> str:
    return "sqlite"


class House:
    def __init__(self, server: LiveServer) -> None:
        self.server, self.url = server, server.url
        self.token = tokens.issue(make_user(server.app, f"{new_id()}@example.com"))
        self.root = tokens.issue(make_superuser(server.app, f"{new_id()}@example.com"))
        self.streams: list[Stream] = []

    def stream(self) -> Stream:
        self.streams.append(Stream(self.url))
        return self.streams[-1]

    def ask(self, token: str = "", source: str = "127.0.0.1", **headers: str) -> httpx2.Response:
        headers |= {"Authorization": token} if token else {}
        with httpx2.Client(transport=httpx2.HTTPTransport(local_address=source)) as client:
            return client.get(f"{self.url}/api/health", headers=headers)


@pytest.fixture
def house(make_server: Callable[..., LiveServer]) -> Iterator[House]:
    house = House(make_server({"doors.py": PLUGIN}, ONECLICK_GUEST_REQUESTS=str(MOST)))
    assert house.server.app.plugins.broken == []
    yield house
    for stream in house.streams:
        stream.close()


def soon(house: House, status: int, seconds: float = 5) -> None:
    end = time.monotonic() + seconds
    while house.ask().status_code != status:
        assert time.monotonic() < end
        time.sleep(0.1)


def test_guests_streams_are_counted_by_address(house: House) -> None:
    streams = [house.stream() for _ in range(MOST)]
    refused = house.ask()
    assert (refused.status_code, refused.json()) == (429, REFUSED)
    assert refused.headers["X-Content-Type-Options"] == "nosniff"
    assert httpx2.get(f"{house.url}/api/realtime").status_code == 429
    # Others are not meant: who is signed in, and who asks from elsewhere. A header alone makes nobody another.
    assert house.ask(house.token).status_code == 200
    assert house.ask(source="127.0.0.2").status_code == 200
    assert house.ask(**{"X-Forwarded-For": "203.0.113.7"}).status_code == 429
    assert house.ask("no token").status_code == 429
    # A subscription that is signed in is no guest's.
    assert streams[0].subscribe("users/*", token=house.token).status_code == 204
    assert house.ask().status_code == 200
    house.stream()
    assert house.ask().status_code == 429


def test_who_has_left_takes_no_place(house: House) -> None:
    address = ("127.0.0.1", int(house.url.rpartition(":")[2]))
    connections = [socket.create_connection(address, 20) for _ in range(MOST)]
    for connection in connections:
        connection.sendall(b"GET /api/realtime HTTP/1.1\r\nHost: a\r\n\r\n")
        assert b"200" in connection.recv(100)
    assert house.ask().status_code == 429
    for connection in connections:
        connection.close()
    soon(house, 200)


def test_an_idle_stream_ends_and_one_with_news_goes_on(house: House) -> None:
    started = time.monotonic()
    idle, busy = house.stream(), house.stream()
    assert busy.subscribe("users/*", token=house.root).status_code == 204
    time.sleep(4)
    make_user(house.server.app, f"{new_id()}@example.com")
    # The other process tells by Redis.
    assert busy.next()["event"] == "users/*"
    assert idle.ended()
    assert 5 < time.monotonic() - started < 9
    assert not busy.ended(2)
    assert busy.ended(6)


def test_sockets_count_until_they_are_signed_in(house: House) -> None:
    ws = house.server.ws
    signed_in = [
        websocket.create_connection(f"{ws}/ws/user", header=[f"Authorization: {house.token}"]) for _ in range(MOST)
    ]
    for connection in signed_in:
        assert connection.recv() == "hello"
    assert house.ask().status_code == 200
    guests = [websocket.create_connection(f"{ws}/ws/anybody") for _ in range(MOST)]
    assert house.ask().status_code == 429
    with pytest.raises(websocket.WebSocketBadStatusException) as refused:
        websocket.create_connection(f"{ws}/ws/anybody")
    assert refused.value.status_code == 429
    for connection in guests:
        connection.close()
    soon(house, 200)


def test_behind_a_trusted_proxy_its_header_names_the_client(house: House) -> None:
    trusted = {"trustedProxy": {"headers": ["X-Real-IP", "X-Forwarded-For"], "useLeftmostIP": False}}
    headers = {"Authorization": house.root}
    assert httpx2.patch(f"{house.url}/api/settings", json=trusted, headers=headers).status_code == 200

    def seen(**sent: str) -> str:
        return str(house.ask(house.root, **sent).json()["data"]["realIP"])

    assert seen(**{"X-Forwarded-For": "198.51.100.1, 203.0.113.7"}) == "203.0.113.7"
    assert seen(**{"X-Forwarded-For": "203.0.113.7, unknown"}) == "203.0.113.7"
    assert seen(**{"X-Forwarded-For": "203.0.113.7", "X-Real-IP": "2001:db8::1"}) == "2001:db8::1"
    assert seen(**{"X-Forwarded-For": "nobody"}) == "127.0.0.1"
    assert seen() == "127.0.0.1"
    for _ in range(MOST):
        house.stream()
    assert house.ask().status_code == 429
    assert house.ask(**{"X-Real-IP": "203.0.113.7"}).status_code == 200
    trusted["trustedProxy"]["useLeftmostIP"] = True
    assert httpx2.patch(f"{house.url}/api/settings", json=trusted, headers=headers).status_code == 200
    assert seen(**{"X-Forwarded-For": "198.51.100.1, 203.0.113.7"}) == "198.51.100.1"
