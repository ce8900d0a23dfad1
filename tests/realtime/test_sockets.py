"""Websockets on a real server: who gets in, what is sent, how they end (design: live data)."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest
import websocket

from oneclick.auth import tokens
from oneclick.ids import new_id
from oneclick.records import Record
from oneclick.testing import PASSWORD, make_superuser, make_user
from tests.conftest import LiveServer

PLUGIN = '''
import threading
from oneclick import Frame, current_user
from oneclick_hooks import RecordNeed, Socket, hookimpl

RULE = "owner = @request.auth.id && @request.auth.id != ''"


@hookimpl
def register_collections():
    yield {
        "name": "rooms", "type": "base", "listRule": RULE, "viewRule": RULE, "updateRule": RULE,
        "fields": [{"name": "owner", "type": "relation", "collectionId": "_pb_users_auth_"}],
    }


def greet(connection):
    connection.send({"user": connection.user.id, "current": current_user.id, "message": dict(connection.message),
                     "records": {name: record.id for name, record in connection.records.items()}})
    connection.wait()


def echo(connection):
    while not connection.closed.is_set():
        text = connection.receive(timeout=1)
        if text is not None:
            connection.send(text)


def states(connection):
    """Hundreds of states of two things, faster than anybody reads."""
    padding = "x" * 100_000
    for number in range(400):
        for thing in ("a", "b"):
            connection.send({"thing": thing, "number": number, "padding": padding}, key=thing)
    connection.send("end")
    connection.wait(30)


def flood(connection):
    shared = Frame("x" * 100_000)
    while connection.send(shared):
        pass


def fail(connection):
    connection.send("soon")
    raise RuntimeError("secret detail")


def refuse(connection):
    connection.close(4400, "not like that", "This is how it is done.")


@hookimpl
def register_sockets():
    room = RecordNeed("rooms", "view", "roomId|room")
    yield Socket("/ws/auth", greet, needs="auth")
    yield Socket("/ws/public", echo, needs="public")
    yield Socket("/ws/superuser", greet, needs="superuser")
    yield Socket("/ws/room", greet, needs=(room, RecordNeed("users", "view", "userId")))
    yield Socket("/ws/rooms/<roomId>", greet, needs=(room,))
    yield Socket("/ws/states", states, needs="auth")
    yield Socket("/ws/flood", flood, needs="public")
    yield Socket("/ws/fail", fail, needs="public")
    yield Socket("/ws/refuse", refuse, needs="public")
'''


class House:
    def __init__(self, server: LiveServer) -> None:
        self.server, self.app = server, server.app
        self.ann, self.bob = (make_user(self.app, f"{new_id()}@example.com") for _ in range(2))
        self.root = make_superuser(self.app, f"{new_id()}@example.com")
        self.room = self.app.records.save(self.app.records.new("rooms", {"owner": self.ann.id}))
        self.open: list[websocket.WebSocket] = []

    def connect(self, path: str, record: Record | None = None, **options: Any) -> websocket.WebSocket:
        headers = list(options.pop("header", ()))
        if record is not None:
            headers.append(f"Authorization: Bearer {tokens.issue(record)}")
        made = websocket.create_connection(self.server.ws + path, header=headers, timeout=20, **options)
        self.open.append(made)
        return made

    def say(self, path: str, message: Any, record: Record | None = None) -> websocket.WebSocket:
        connection = self.connect(path, record)
        connection.send(message if isinstance(message, str) else json.dumps(message))
        return connection

    def status(self, path: str, record: Record | None = None, **options: Any) -> int:
        with pytest.raises(websocket.WebSocketBadStatusException) as refused:
            self.connect(path, record, **options)
        return int(refused.value.status_code)

    def cookie(self, record: Record) -> str:
        answer = httpx2.post(
            f"{self.server.url}/api/collections/users/auth-with-password",
            json={"identity": record["email"], "password": PASSWORD},
        )
        return str(answer.cookies["oneclick_session"])


DROP_INS = {"rooms.py": PLUGIN}


@pytest.fixture
def house(live_server: LiveServer) -> Iterator[House]:
    assert live_server.app.plugins.broken == []
    made = House(live_server)
    yield made
    for connection in made.open:
        connection.close(timeout=1)


def ending(connection: websocket.WebSocket) -> tuple[int, list[Any]]:
    """Read to the end; return the closing code and what came before."""
    texts: list[Any] = []
    while True:
        opcode, data = connection.recv_data(control_frame=True)
        if opcode == websocket.ABNF.OPCODE_CLOSE:
            return int.from_bytes(data[:2], "big"), texts
        if opcode == websocket.ABNF.OPCODE_TEXT:
            texts.append(json.loads(data) if data[:1] == b"{" else data.decode())


def refusal(connection: websocket.WebSocket) -> int:
    """Read to the end; the last message is a sentence."""
    code, texts = ending(connection)
    assert set(texts[-1]) == {"error"}
    assert texts[-1]["error"].endswith(".")
    return code


def test_a_header_opens_the_door(house: House) -> None:
    for header in (f"Bearer {tokens.issue(house.ann)}", tokens.issue(house.ann)):
        connection = house.connect("/ws/auth", header=[f"Authorization: {header}"])
        greeting = json.loads(connection.recv())
        assert greeting == {"user": house.ann.id, "current": house.ann.id, "message": {}, "records": {}}
    assert house.status("/ws/auth", header=["Authorization: junk"]) == 401
    assert house.status("/ws/superuser", house.ann) == 403
    assert json.loads(house.connect("/ws/superuser", house.root).recv())["user"] == house.root.id


def test_the_first_message_opens_the_door(house: House) -> None:
    for token in (tokens.issue(house.ann), f"Bearer {tokens.issue(house.ann)}"):
        greeting = json.loads(house.say("/ws/auth", {"token": token, "more": 1}).recv())
        assert greeting == {"user": house.ann.id, "current": house.ann.id, "message": {"more": 1}, "records": {}}
    assert refusal(house.say("/ws/auth", {})) == 4401
    assert refusal(house.say("/ws/auth", {"token": "junk"})) == 4401
    assert refusal(house.say("/ws/auth", {"token": tokens.issue(house.ann, tokens.FILE)})) == 4401
    assert refusal(house.say("/ws/auth", "no json")) == 4400
    assert refusal(house.say("/ws/auth", "[]")) == 4400
    assert refusal(house.say("/ws/auth", '{"token": ' + "[" * 900 + "]" * 900 + "}")) == 4400
    assert refusal(house.say("/ws/room", {"roomId": "a\0b"}, house.ann)) == 4404
    assert refusal(house.say("/ws/superuser", {"token": tokens.issue(house.ann)})) == 4403
    # Never by the query string.
    assert refusal(house.say(f"/ws/auth?token={tokens.issue(house.ann)}", {})) == 4401


def test_without_a_first_message_the_door_closes(house: House) -> None:
    started = time.monotonic()
    assert refusal(house.connect("/ws/auth")) == 4401
    assert 4 < time.monotonic() - started < 9
    assert refusal(house.connect("/ws/room", house.ann)) == 4400


def test_records_are_what_rights_hang_on(house: House) -> None:
    room = house.room.id
    for key in ("roomId", "room"):
        greeting = json.loads(house.say("/ws/room", {key: room}, house.ann).recv())
        assert greeting["records"] == {"rooms": room}
    both = house.say("/ws/room", {"roomId": room, "userId": house.ann.id}, house.ann)
    assert json.loads(both.recv())["records"] == {"rooms": room, "users": house.ann.id}
    assert json.loads(house.say("/ws/room", {"roomId": room}, house.root).recv())["records"] == {"rooms": room}
    assert refusal(house.say("/ws/room", {"roomId": room}, house.bob)) == 4404
    assert refusal(house.say("/ws/room", {"roomId": "unknown00000000"}, house.ann)) == 4404
    # Each record that is named must be the caller's.
    assert refusal(house.say("/ws/room", {"roomId": room, "userId": house.bob.id}, house.ann)) == 4404
    assert refusal(house.say("/ws/room", {"roomId": 5}, house.ann)) == 4400
    assert refusal(house.say("/ws/room", {"roomId": ""}, house.ann)) == 4400
    assert refusal(house.say("/ws/room", {"roomId": room})) == 4401


def test_a_record_in_the_path_is_judged_at_the_handshake(house: House) -> None:
    path = f"/ws/rooms/{house.room.id}"
    assert json.loads(house.say(path, {}, house.ann).recv())["records"] == {"rooms": house.room.id}
    assert house.status(path, house.bob) == 404
    assert refusal(house.say(path, {"token": tokens.issue(house.bob)})) == 4404


def test_the_cookie_opens_the_door_for_pages_of_this_host(house: House) -> None:
    cookie = f"oneclick_session={house.cookie(house.ann)}"
    greeting = house.connect("/ws/auth", cookie=cookie, origin=house.server.url)
    assert json.loads(greeting.recv())["user"] == house.ann.id
    assert house.status("/ws/auth", cookie="oneclick_session=junk", origin=house.server.url) == 401
    for options in ({"origin": "http://elsewhere.example"}, {"suppress_origin": True}):
        connection = house.connect("/ws/auth", cookie=cookie, **options)
        connection.send("{}")
        assert refusal(connection) == 4401
    # A token that is sent says more than the cookie.
    connection = house.connect("/ws/room", cookie=cookie, origin=house.server.url)
    connection.send(json.dumps({"roomId": house.room.id, "token": tokens.issue(house.bob)}))
    assert refusal(connection) == 4404


def test_unknown_sockets_and_plain_requests(house: House) -> None:
    assert house.status("/ws/nothing", house.ann) == 404
    assert httpx2.get(f"{house.server.url}/ws/auth").status_code == 404


def test_no_compression_is_agreed_on(house: House) -> None:
    connection = house.connect("/ws/public", header=["Sec-WebSocket-Extensions: permessage-deflate"])
    assert "sec-websocket-extensions" not in {name.lower() for name in connection.getheaders()}
    connection.send("hello")
    assert connection.recv() == "hello"


def test_large_and_fragmented_messages(house: House) -> None:
    connection = house.connect("/ws/public")
    for text in ("x" * 125, "x" * 126, "ü" * 30_000):
        connection.send(text)
        assert connection.recv() == text
    connection.send("x" * 70_000)
    assert ending(connection)[0] == 1009


def test_a_newer_state_takes_the_place_of_one_that_waits(house: House) -> None:
    connection = house.connect("/ws/states", house.ann, sockopt=[(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)])
    time.sleep(1)
    seen: dict[str, list[int]] = {"a": [], "b": []}
    while (text := connection.recv()) != "end":
        state = json.loads(text)
        seen[state["thing"]].append(state["number"])
    for numbers in seen.values():
        assert numbers == sorted(numbers)
        assert numbers[-1] == 399
        assert len(numbers) < 400


def test_who_does_not_read_is_let_go(house: House) -> None:
    connection = house.connect("/ws/flood")
    time.sleep(4)
    # Told first, had it read at last; then cut off.
    with pytest.raises(websocket.WebSocketConnectionClosedException):
        while True:
            connection.recv()
    # The server goes on.
    other = house.connect("/ws/public")
    other.send("still here")
    assert other.recv() == "still here"


def test_a_handler_that_fails_tells_nothing(house: House) -> None:
    connection = house.connect("/ws/fail")
    code, texts = ending(connection)
    assert code == 1011
    assert texts == ["soon", {"error": "Something went wrong on the server."}]
    assert "secret detail" in house.server.log.read_text()


def test_a_handler_closes_with_its_own_code(house: House) -> None:
    assert ending(house.connect("/ws/refuse")) == (4400, [{"error": "This is how it is done."}])


def test_rights_that_are_lost_end_the_connection(house: House) -> None:
    mine = house.say("/ws/room", {"roomId": house.room.id}, house.ann)
    mine.recv()
    auth = house.connect("/ws/auth", house.ann)
    auth.recv()
    store = house.app.records
    room = store.find("rooms", house.room.id)
    assert room is not None
    room["owner"] = house.bob.id
    store.save(room)
    assert refusal(mine) == 4404
    ann = store.find("users", house.ann.id)
    assert ann is not None
    ann["password"] = "something new"
    store.save(ann)
    assert refusal(auth) == 4401


def test_all_are_told_when_the_server_ends(make_server: Callable[..., LiveServer]) -> None:
    house = House(make_server(DROP_INS))
    connections = [house.connect("/ws/auth", house.ann) for _ in range(5)]
    for connection in connections:
        connection.recv()
    codes: list[int] = []
    threads = [threading.Thread(target=lambda c=c: codes.append(ending(c)[0])) for c in connections]
    for thread in threads:
        thread.start()
    started = time.monotonic()
    assert house.server.stop() == 0
    assert time.monotonic() - started < 9
    for thread in threads:
        thread.join(5)
    assert codes == [1001] * 5


def test_no_room_for_more(make_server: Callable[..., LiveServer]) -> None:
    server = make_server(DROP_INS, ONECLICK_THREADS="10", ONECLICK_THREAD_RESERVE="8")
    house = House(server)
    kept = [house.connect("/ws/public") for _ in range(2)]
    assert house.status("/ws/public") == 503
    assert httpx2.get(f"{server.url}/api/health").status_code == 200
    kept[0].close()
    deadline = time.monotonic() + 5
    while True:
        try:
            again = house.connect("/ws/public")
            break
        except websocket.WebSocketBadStatusException:
            assert time.monotonic() < deadline
            time.sleep(0.1)
    again.send("in")
    assert again.recv() == "in"
    kept[1].close()
