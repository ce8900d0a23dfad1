"""Websockets: one connection as handlers see it, and all connections of this process."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Hashable, Mapping
from contextlib import suppress
from typing import Any

import orjson
from simple_websocket import ConnectionClosed
from wsproto.utilities import ProtocolError

from oneclick.auth.current import CurrentUser
from oneclick.realtime.outbox import Outbox, Sender, encode_text
from oneclick_hooks.protocols import Record

log = logging.getLogger(__name__)

PING_SECONDS = 25
MAX_MESSAGE = 64 << 10
MAX_REASON = 123
INBOX = 64
LINGER_SECONDS = 2.0

GOING_AWAY, TOO_SLOW, FAILED = 1001, 1013, 1011
BAD_INPUT, NOT_SIGNED_IN, NOT_ALLOWED, NOT_FOUND = 4400, 4401, 4403, 4404


class Frame:
    """A message encoded once, to be sent to many."""

    __slots__ = ("encoded",)

    def __init__(self, message: Any) -> None:
        self.encoded = encode_text(_text(message))


class SocketConnection:
    """One websocket, as the handler of a plugin sees it.

    ``send`` never waits: who does not keep up is told and closed. ``closed`` is set as soon as the connection is over.
    """

    def __init__(self, wire: Wire, path: str) -> None:
        self.path = path
        self.closed = threading.Event()
        self.user = CurrentUser()
        self.records: dict[str, Record] = {}
        self.message: Mapping[str, Any] = {}
        self.opened = time.monotonic()
        self._wire = wire
        self._socket: Any = None
        self._ending = threading.Lock()
        wire.on_close = self.closed.set

    def attach(self, socket: Any) -> None:
        """Take over an accepted websocket."""
        self._socket = socket
        socket.input_buffer = _Inbox(socket.input_buffer)

    def send(self, message: Any, key: Hashable | None = None) -> bool:
        """Queue a message (text, a ``Frame``, or anything that JSON takes); tell whether the connection is open.

        A message with the key of one that still waits takes its place: the newer state of the same thing.
        """
        if self.closed.is_set():
            return False
        frame = message.encoded if isinstance(message, Frame) else encode_text(_text(message))
        if self._wire.outbox.put(frame, key):
            return True
        self._wire.outbox.forget()
        self.close(TOO_SLOW, "too slow", "You do not read as fast as this sends. Connect again.")
        return False

    def receive(self, timeout: float | None = None) -> str | bytes | None:
        """Return the client's next message; ``None`` after ``timeout`` seconds or when the connection is over."""
        try:
            received: str | bytes | None = self._socket.receive(timeout=timeout)
        except ConnectionClosed:
            return None
        return received

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for the end of the connection, or ``timeout`` seconds; tell whether it has ended."""
        return self.closed.wait(timeout)

    def close(self, code: int = 1000, reason: str = "", error: str | None = None) -> None:
        """End the connection; ``error`` is told first, as ``{"error": …}``."""
        with self._ending:
            if self.closed.is_set():
                return
            if error is not None:
                self._wire.outbox.put(encode_text(_text({"error": error})), forced=True)
            # The client may have closed at the same moment, in which case the protocol takes no second close.
            with suppress(ConnectionClosed, OSError, ProtocolError):
                self._socket.close(code, _cut(reason) or None)
            self.closed.set()

    def finish(self) -> None:
        """Let the client have what was sent, and its word on the close, before the socket goes."""
        if not self.closed.is_set():
            self.close()
        deadline = time.monotonic() + LINGER_SECONDS
        self._wire.outbox.drained.wait(LINGER_SECONDS)
        self._socket.thread.join(max(0.0, deadline - time.monotonic()))
        self._wire.outbox.abandon()


class Wire:
    """A socket as simple-websocket sees it: what it writes goes through the queue, between whole frames."""

    def __init__(self, sock: Any, sender: Sender) -> None:
        self._socket = sock
        self.outbox = Outbox(sock, sender)
        self.on_close: Callable[[], None] = lambda: None

    def recv(self, size: int) -> bytes:
        """Read from the socket."""
        received: bytes = self._socket.recv(size)
        return received

    def send(self, content: bytes) -> int:
        """Queue a frame of the protocol (ping, pong, close, the handshake)."""
        self.outbox.put(bytes(content), forced=True)
        return len(content)

    def fileno(self) -> int:
        """Return the socket's descriptor."""
        number: int = self._socket.fileno()
        return number

    def close(self) -> None:
        """Note that nobody reads any more; the web server closes the socket itself."""
        self.on_close()


class SocketHub:
    """All websockets of this process, and how many connections that stay it takes."""

    def __init__(self, room: int) -> None:
        self.room = room
        self.sender = Sender()
        self._lock = threading.Lock()
        self._taken = 0
        self._connections: set[SocketConnection] = set()
        self._closing = False

    @property
    def taken(self) -> int:
        """How many places are taken, by websockets and realtime connections alike."""
        return self._taken

    def enter(self) -> bool:
        """Take a place for a connection that stays (each holds a thread); tell whether there was one."""
        with self._lock:
            if self._closing or self._taken >= self.room:
                return False
            self._taken += 1
            return True

    def leave(self) -> None:
        """Give a place back."""
        with self._lock:
            self._taken -= 1

    def add(self, connection: SocketConnection) -> None:
        """Note a connection, to close it when the process ends."""
        with self._lock:
            self._connections.add(connection)
            closing = self._closing
        if closing:
            connection.close(GOING_AWAY, "the server stops")

    def remove(self, connection: SocketConnection) -> None:
        """Forget a connection that is over."""
        with self._lock:
            self._connections.discard(connection)

    @property
    def connections(self) -> list[SocketConnection]:
        """The open connections."""
        with self._lock:
            return list(self._connections)

    def close(self) -> None:
        """Close all connections with 1001; no new ones are taken."""
        with self._lock:
            self._closing = True
        for connection in self.connections:
            connection.close(GOING_AWAY, "the server stops")


class _Inbox(list[Any]):
    """What a client has sent and nobody has read: the newest few messages."""

    def append(self, message: Any) -> None:
        if len(self) >= INBOX:
            del self[0]
        super().append(message)


def _cut(reason: str) -> str:
    """Return as much of a reason as a closing frame holds, which counts bytes."""
    return reason.encode()[:MAX_REASON].decode(errors="ignore")


def _text(message: Any) -> bytes:
    if isinstance(message, str):
        return message.encode()
    return message if isinstance(message, bytes) else orjson.dumps(message)
