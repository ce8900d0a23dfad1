"""An HTTP transport that keeps to checked addresses, whoever uses it (a plain client, Authlib's)."""

from __future__ import annotations

import functools
import math
import os
import ssl
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from typing import Any

import httpcore2
import httpx2

from oneclick.outbound.addresses import Addresses

SIZE_LIMIT = 16 * 1024 * 1024
SECONDS = 30.0
LOOK_UPS = 16

_deadline = threading.local()


@functools.cache
def _trusting_the_usual() -> ssl.SSLContext:
    """Reading the usual certificates takes a tenth of a second: once in a process."""
    return httpx2.create_ssl_context(True, trust_env=False)


@functools.cache
def _look_ups() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(LOOK_UPS, "look-up")


# A fork has the pool without its threads.
os.register_at_fork(after_in_child=_look_ups.cache_clear)


class LimitError(httpx2.TransportError):
    """An answer is too large or takes too long; the message is a sentence for the user."""


class GuardedTransport(httpx2.HTTPTransport):
    """Connects to the very addresses that were checked: a name that is looked up again may lead elsewhere.

    An answer has at most ``size_limit`` bytes and arrives within ``seconds`` of its request, however slowly it drips,
    and before ``until`` (``time.monotonic()``), which bounds several requests together.
    Raises ``AddressError`` for a place that must not be asked and ``LimitError`` for what exceeds a limit.
    """

    def __init__(
        self,
        addresses: Addresses,
        *,
        size_limit: int = SIZE_LIMIT,
        seconds: float = SECONDS,
        until: float = math.inf,
        verify: ssl.SSLContext | bool = True,
    ) -> None:
        context = _trusting_the_usual() if verify is True else httpx2.create_ssl_context(verify, trust_env=False)
        super().__init__(verify=context, trust_env=False)
        # httpx2 has no argument for how its pool connects.
        self._pool = httpcore2.ConnectionPool(
            ssl_context=context,
            max_connections=100,
            max_keepalive_connections=20,
            keepalive_expiry=5.0,
            network_backend=_CheckedBackend(addresses),
        )
        self._addresses = addresses
        self._size_limit, self._seconds, self._until = size_limit, seconds, until

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Check where ``request`` goes, and send it there."""
        place = self._addresses.place(str(request.url))
        # A packed answer is small until somebody unpacks it.
        request.headers["accept-encoding"] = "identity"
        end = min(time.monotonic() + self._seconds, self._until)
        with _until(end):
            response = super().handle_request(request)
        if response.headers.get("content-encoding", "identity").lower() != "identity":
            response.close()
            raise LimitError(f"{place.netloc} packs its answer, though it was asked not to.")
        assert isinstance(response.stream, httpx2.SyncByteStream)
        response.stream = _Bounded(response.stream, place.netloc, self._size_limit, end)
        return response


class _until:  # noqa: N801 reads as a statement
    """What this thread reads and writes meanwhile is over at ``end`` (``time.monotonic()``)."""

    def __init__(self, end: float) -> None:
        self._end = end

    def __enter__(self) -> None:
        self._before = getattr(_deadline, "end", None)
        _deadline.end = self._end

    def __exit__(self, *_: object) -> None:
        _deadline.end = self._before


def _left(timeout: float | None) -> float | None:
    """Return ``timeout`` or what is left of this thread's request, whichever is shorter. Raises ``ReadTimeout``."""
    end = getattr(_deadline, "end", None)
    if end is None:
        return timeout
    left: float = end - time.monotonic()
    if left <= 0:
        raise httpcore2.ReadTimeout("The answer takes too long.")
    return left if timeout is None else min(timeout, left)


class _CheckedBackend(httpcore2.SyncBackend):
    def __init__(self, addresses: Addresses) -> None:
        self._addresses = addresses

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        """Connect to the first of the checked addresses that answers."""
        candidates = self._resolved(host, port)
        for address in candidates:
            try:
                stream = super().connect_tcp(address, port, _left(timeout), local_address, socket_options)
                return _DeadlineStream(stream)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                if address == candidates[-1]:
                    raise
        raise AssertionError("there is always an address")

    def _resolved(self, host: str, port: int) -> tuple[str, ...]:
        """Look the name up within what is left of the request: the system's own look-up knows no time limit."""
        try:
            return _look_ups().submit(self._addresses.resolve, host, port).result(_left(None))
        except FutureTimeoutError as error:
            raise httpcore2.ConnectTimeout(f"{host} is not found in time.") from error


class _DeadlineStream(httpcore2.NetworkStream):
    """A connection whose time-outs end with the request at hand."""

    def __init__(self, stream: httpcore2.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        return _DeadlineStream(self._stream.start_tls(ssl_context, server_hostname, _left(timeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _Bounded(httpx2.SyncByteStream):
    """An answer's body, up to a number of bytes and a point in time."""

    def __init__(self, stream: httpx2.SyncByteStream, host: str, limit: int, end: float) -> None:
        self._stream, self._host, self._limit, self._end = stream, host, limit, end

    def __iter__(self) -> Iterator[bytes]:
        size, chunks = 0, iter(self._stream)
        while True:
            with _until(self._end):
                chunk = next(chunks, None)
            if chunk is None:
                return
            size += len(chunk)
            if size > self._limit:
                raise LimitError(f"{self._host} answers with more than {self._limit} bytes.")
            yield chunk

    def close(self) -> None:
        self._stream.close()
