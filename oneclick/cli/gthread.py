"""gunicorn's threaded worker, in which unkind clients cost neither the threads nor the loop that accepts all others.

What a client may take its time with is bounded: the head of a request waits in the loop and gets a thread when it is
whole, a body has to make progress, and so has reading the answer. Streams and websockets may be quiet for as long as
they like; only what is to be sent to them must be taken.
"""

from __future__ import annotations

import os
import selectors
import socket
import struct
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import orjson
from gunicorn import util
from gunicorn.http import RequestParser
from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine, NoMoreData
from gunicorn.http.unreader import SocketUnreader
from gunicorn.workers.gthread import STOP_KEEPALIVE_LINGER, ThreadWorker

from oneclick.errors import ApiError

HEAD_SECONDS = 30.0
"""A request's head must be whole by then, counted from the connection or the head's first byte."""

LARGEST_HEAD = 64 << 10
"""PocketBase's clients put whole filters into the request line, which gunicorn would bound to 8190 bytes."""

BODY_SECONDS = 30.0
"""A thread waits for a body for so long in all, and a second more for each ``SLOWEST_BODY`` bytes that come."""

SLOWEST_BODY = 4 << 10

SEND_SECONDS = 60
"""A client that takes nothing of its answer for so long is let go."""

REST_SECONDS = 0.5
"""For how long a thread waits for a body that nobody wanted to read."""

LINGER_SECONDS = 2.0

GIVE_WAY = 32
"""How many half-open connections are closed when there is no room for another."""

_END = b"\r\n\r\n"


class Reader(SocketUnreader):  # type: ignore[misc]
    """Reads a request, and waits for a client only while ``patience`` lasts."""

    patience = BODY_SECONDS
    refusal: Exception | None = None

    def chunk(self, size_hint: int | None = None) -> bytes:
        """Receive what there is. Raises ``NoMoreData`` for a client that sends too little, or that the head is too
        large."""
        if self.refusal is not None:
            raise self.refusal
        bound = self.sock.gettimeout()
        started = time.monotonic()
        self.sock.settimeout(max(self.patience if bound is None else min(bound, self.patience), 0.001))
        try:
            received: bytes = super().chunk(size_hint)
        except TimeoutError:
            if bound is None:
                raise NoMoreData from None
            raise
        finally:
            self.sock.settimeout(bound)
            self.patience -= time.monotonic() - started
        self.patience = min(BODY_SECONDS, self.patience + len(received) / SLOWEST_BODY)
        return received

    def head_is_here(self) -> bool:
        """Take what has come, without waiting; tell whether a thread need not wait for the head."""
        held = self.buf.getvalue()
        over = len(held) >= LARGEST_HEAD
        if _END not in held and not over:
            try:
                received = self.sock.recv(LARGEST_HEAD, socket.MSG_DONTWAIT)
            except BlockingIOError:
                return False
            except OSError:
                received = b""
            self.buf.seek(0, os.SEEK_END)
            self.buf.write(received)
            held += received
            over = not received or len(held) >= LARGEST_HEAD
        whole = _END in held
        if not whole and len(held) >= LARGEST_HEAD:
            self.refusal = _too_large(held)
        # For one that is cut off or too large the parser must not wait: it says what is wrong with it.
        self.patience = BODY_SECONDS if whole else 0.0
        return whole or over


class Worker(ThreadWorker):  # type: ignore[misc]
    """Gives threads to whole requests, and waits in its loop for what clients take their time with.

    gunicorn gives each connection a thread at once, which waits for a client that is silent. It closes one gracefully
    by waiting up to two seconds for the client to hang up, and accepts nobody meanwhile.
    """

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._lingering: deque[Any] = deque()
        if self._reads_as_it_comes():
            # ``Reader`` bounds the whole head.
            self.cfg.set("limit_request_line", 0)
        # There is no setting for what is answered to a request that cannot be read.
        util.write_error = write_error

    def enqueue_req(self, conn: Any) -> None:
        """Give the connection a thread as soon as the head of its request is there."""
        if conn.parser is None:
            # The kernel counts this one: a timeout of Python's would bound reading too, and websockets read for ever.
            conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", SEND_SECONDS, 0))
            if self._reads_as_it_comes():
                conn.parser = RequestParser(self.cfg, conn.sock, conn.client)
                conn.parser.unreader = Reader(conn.sock)
                conn.initialized = True
        reader = conn.parser.unreader if conn.parser is not None else None
        if not isinstance(reader, Reader):
            super().enqueue_req(conn)
            return
        if reader.head_is_here():
            super().enqueue_req(conn)
            return
        conn.timeout = time.monotonic() + HEAD_SECONDS
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self.on_pending_socket_readable, conn))

    def on_pending_socket_readable(self, conn: Any, client: Any) -> None:
        """Go on with a head that is whole; one that is not keeps its place and its time."""
        reader = conn.parser.unreader if conn.parser is not None else None
        if not isinstance(reader, Reader) or reader.head_is_here():
            super().on_pending_socket_readable(conn, client)

    def murder_pending(self) -> None:
        """Close connections whose head does not come: in time, at the end, or when there is no room for others."""
        now = time.monotonic()
        full = self.nr_conns >= self.worker_connections
        for index, conn in enumerate(self.pending_conns):
            waited = HEAD_SECONDS - (conn.timeout - now)
            if (full and index < GIVE_WAY) or (not self.alive and waited > STOP_KEEPALIVE_LINGER):
                conn.timeout = now
        super().murder_pending()

        while self._lingering and (self._lingering[0].timeout <= now or not self.alive):
            self._let_go(self._lingering[0])

    def handle_request(self, req: Any, conn: Any) -> Any:
        """Answer a request; tell whether the connection may carry another."""
        try:
            stays = super().handle_request(req, conn)
        except BlockingIOError as error:
            self.log.debug("A client reads nothing: %s", conn.client)
            raise StopIteration from error
        # What is left of the body is read before the next request, and nobody waits for that.
        conn.parser.unreader.patience = REST_SECONDS
        return stays and not req.must_close

    def finish_request(self, conn: Any, fs: Any) -> None:
        """Put the connection back, or close it."""
        if "close" not in vars(conn):
            conn.close = self._closing(conn)
        super().finish_request(conn, fs)

    def _reads_as_it_comes(self) -> bool:
        """Tell whether the first bytes are a request's: with TLS, HTTP/2 or uwsgi gunicorn has to look at them."""
        return not self.cfg.is_ssl and self.cfg.protocol == "http" and self.cfg.http2_cleartext == "off"

    def _closing(self, conn: Any) -> Callable[..., None]:
        close = conn.close

        def close_elsewhere(graceful: bool = False) -> None:
            if not graceful or not self.alive:
                close()
            elif self.cfg.is_ssl:
                self.tpool.submit(close, graceful)
            else:
                self._linger(conn)

        return close_elsewhere

    def _linger(self, conn: Any) -> None:
        """Close after the client, or a moment later: with bytes unread the kernel would tear up the answer's end."""
        try:
            conn.sock.shutdown(socket.SHUT_WR)
        except OSError:
            conn.close()
            return
        conn.timeout = time.monotonic() + LINGER_SECONDS
        self._lingering.append(conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._drain, conn))

    def _drain(self, conn: Any, client: Any) -> None:
        with suppress(BlockingIOError):
            try:
                over = not conn.sock.recv(LARGEST_HEAD, socket.MSG_DONTWAIT)
            except ConnectionError:
                over = True
            if over:
                self._let_go(conn)

    def _let_go(self, conn: Any) -> None:
        self._lingering.remove(conn)
        self.poller.unregister(conn.sock)
        conn.close()


def write_error(sock: Any, status: int, reason: str, message: str) -> None:
    """Answer a request that never reached the application, with an error of the application's shape."""
    body = orjson.dumps(ApiError(message or reason, status=status).body())
    head = (
        f"HTTP/1.1 {status} {reason}\r\nConnection: close\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    util.write_nonblock(sock, head.encode("latin-1") + body)


def _too_large(head: bytes) -> Exception:
    inside = b"\r\n" in head
    refusal: Exception = (
        LimitRequestHeaders(f"more than {LARGEST_HEAD} bytes") if inside else LimitRequestLine(len(head), LARGEST_HEAD)
    )
    return refusal
