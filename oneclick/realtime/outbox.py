"""Sending on websockets: bounded queues, and one thread for all sockets that are not writable at the moment.

Nobody who sends ever waits for a client: what the socket takes goes out at once, the rest waits in the socket's
queue, and the sender's thread goes on when there is room.
"""

from __future__ import annotations

import itertools
import logging
import selectors
import socket
import ssl
import struct
import threading
from collections.abc import Hashable
from contextlib import suppress
from typing import Any

log = logging.getLogger(__name__)

MAX_FRAMES = 1024
MAX_BYTES = 8 << 20
_TEXT, _FINAL = 0x1, 0x80


def encode_text(text: bytes) -> bytes:
    """Return a text frame as a server sends it (not masked, not compressed)."""
    length = len(text)
    if length < 126:
        return struct.pack("!BB", _FINAL | _TEXT, length) + text
    if length < 1 << 16:
        return struct.pack("!BBH", _FINAL | _TEXT, 126, length) + text
    return struct.pack("!BBQ", _FINAL | _TEXT, 127, length) + text


class Outbox:
    """What waits to be sent on one socket. A frame with the key of a waiting one takes its place."""

    def __init__(self, sock: Any, sender: Sender) -> None:
        self._socket, self._sender = sock, sender
        self._lock = threading.Lock()
        self._waiting: dict[Hashable, bytes] = {}
        self._bytes = 0
        self._started = memoryview(b"")
        self._keys = itertools.count()
        self._broken = False
        self.drained = threading.Event()
        self.drained.set()
        # OpenSSL knows no flags: its sockets are written as they are, and terminated in front where that matters.
        self._flags = 0 if isinstance(sock, ssl.SSLSocket) else socket.MSG_DONTWAIT

    def put(self, frame: bytes, key: Hashable | None = None, *, forced: bool = False) -> bool:
        """Queue a whole frame and send what the socket takes; tell whether there was room."""
        with self._lock:
            if self._broken:
                return True
            key = ("", next(self._keys)) if key is None else key
            replaced = self._waiting.get(key)
            size = self._bytes + len(frame) - len(replaced or b"")
            full = replaced is None and (len(self._waiting) >= MAX_FRAMES or size > MAX_BYTES)
            if full and not forced:
                return False
            self._waiting[key] = frame
            self._bytes = size
            waits = self._pump()
        if waits:
            self._sender.watch(self, self._socket)
        return True

    def forget(self) -> None:
        """Throw away what has not been started: the client will not keep up."""
        with self._lock:
            self._waiting.clear()
            self._bytes = 0

    def abandon(self) -> None:
        """Stop sending for good: the connection is over."""
        with self._lock:
            self._broken = True
            self._waiting.clear()
            self._started = memoryview(b"")
            self.drained.set()
        self._sender.forget(self._socket)

    def go_on(self) -> bool:
        """Send what the socket takes now; tell whether more waits. For the sender's thread."""
        with self._lock:
            return self._pump()

    def _pump(self) -> bool:
        """Send without waiting; tell whether something is left. The lock is held."""
        try:
            while self._started or self._waiting:
                if not self._started:
                    key = next(iter(self._waiting))
                    frame = self._waiting.pop(key)
                    self._bytes -= len(frame)
                    self._started = memoryview(frame)
                self._started = self._started[self._socket.send(self._started, self._flags) :]
        except (BlockingIOError, InterruptedError):
            self.drained.clear()
            return True
        except (OSError, ValueError):
            self._broken = True
            self._waiting.clear()
            self._started = memoryview(b"")
        self.drained.set()
        return False


class Sender:
    """One thread that waits for sockets to become writable. Starts when the first one is not."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._news: list[tuple[Outbox | None, Any]] = []
        self._selector: selectors.BaseSelector | None = None
        self._wake: socket.socket | None = None
        self._closed = False

    def watch(self, outbox: Outbox, sock: Any) -> None:
        """Go on with ``outbox`` as soon as its socket takes more."""
        self._tell((outbox, sock))

    def forget(self, sock: Any) -> None:
        """Stop watching a socket, which is about to be closed."""
        with self._lock:
            watching = self._selector is not None
        if watching:
            self._tell((None, sock))

    def close(self) -> None:
        """End the thread."""
        with self._lock:
            self._closed = True
            self._rouse()

    def _rouse(self) -> None:
        # A full pipe wakes as well as another byte would.
        if self._wake is not None:
            with suppress(BlockingIOError):
                self._wake.send(b"x")

    def _tell(self, news: tuple[Outbox | None, Any]) -> None:
        with self._lock:
            if self._closed:
                return
            self._news.append(news)
            if self._selector is None:
                self._start()
            self._rouse()

    def _start(self) -> None:
        self._selector = selectors.DefaultSelector()
        ear, self._wake = socket.socketpair()
        ear.setblocking(False)
        self._wake.setblocking(False)
        self._selector.register(ear, selectors.EVENT_READ, None)
        threading.Thread(target=self._run, args=(self._selector, ear), name="socket-sender", daemon=True).start()

    def _run(self, selector: selectors.BaseSelector, ear: socket.socket) -> None:
        while not self._closed:
            for key, _ in selector.select():
                if key.data is None:
                    ear.recv(4096)
                elif not key.data.go_on():
                    _unregister(selector, key.fileobj)
            with self._lock:
                news, self._news = self._news, []
            for outbox, sock in news:
                _unregister(selector, sock)
                if outbox is not None and outbox.go_on():
                    _register(selector, sock, outbox)
        selector.close()
        ear.close()


def _register(selector: selectors.BaseSelector, sock: Any, outbox: Outbox) -> None:
    try:
        selector.register(sock, selectors.EVENT_WRITE, outbox)
    except (ValueError, OSError):
        outbox.abandon()


def _unregister(selector: selectors.BaseSelector, sock: Any) -> None:
    try:
        selector.unregister(sock)
    except (KeyError, ValueError, OSError):
        log.debug("a socket was not watched")
