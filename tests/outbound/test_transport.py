"""Requests through the guarded transport: what servers try, over sockets."""

from __future__ import annotations

import gzip
import os
import socket
import time
from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest

from oneclick.outbound import AddressError, Addresses, GuardedTransport, LimitError
from oneclick.outbound import addresses as addresses_module
from tests.outbound.server import RawServer, certificate, saying, serving

SETTING = "ALLOWED_PLACES"


def client(*allowed: str, **limits: float) -> httpx2.Client:
    size = int(limits.pop("size_limit", 1000))
    return httpx2.Client(transport=GuardedTransport(Addresses(allowed, SETTING), size_limit=size, **limits), timeout=5)


def test_asks_an_allowed_server() -> None:
    with serving(saying(b"hello")) as server, client(server.host) as http:
        assert http.get(f"http://{server.host}/").text == "hello"


def test_a_refused_server_sees_no_connection() -> None:
    with serving(saying(b"hello")) as server, client() as http:
        for url in (f"http://{server.host}/", f"https://{server.host}/", f"https://localhost:{server.port}/"):
            with pytest.raises(AddressError):
                http.get(url)
        assert server.requests == []


def test_redirects_are_not_followed_and_their_targets_are_checked() -> None:
    with serving(saying(b"inside")) as inside:
        away = saying(b"", "302 Found", Location=f"http://{inside.host}/")
        with serving(away) as server, client(server.host) as http:
            assert http.get(f"http://{server.host}/").status_code == 302
            with pytest.raises(AddressError, match="without encryption"):
                http.get(f"http://{server.host}/", follow_redirects=True)
        assert inside.requests == []


@pytest.mark.parametrize("size", [1000, 1001])
def test_a_flood_is_cut_off(size: int) -> None:
    with serving(saying(b"x" * size)) as server, client(server.host) as http:
        if size <= 1000:
            assert len(http.get(f"http://{server.host}/").content) == size
        else:
            with pytest.raises(LimitError, match="more than 1000 bytes"):
                http.get(f"http://{server.host}/")


def test_an_endless_flood_is_cut_off() -> None:
    def flood(stream: socket.socket) -> None:
        stream.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            stream.sendall(b"400\r\n" + b"x" * 1024 + b"\r\n")

    with serving(flood) as server, client(server.host) as http, pytest.raises(LimitError):
        http.get(f"http://{server.host}/")


def test_a_packed_answer_is_refused_unread() -> None:
    packed = gzip.compress(b"0" * 10_000_000)
    with serving(saying(packed, Content_Encoding="gzip")) as server:
        with client(server.host, size_limit=100_000) as http, pytest.raises(LimitError, match="packs its answer"):
            http.get(f"http://{server.host}/")
        assert "accept-encoding: identity" in server.requests[0].lower()


def test_a_drip_of_headers_ends_in_time() -> None:
    def drip(stream: socket.socket) -> None:
        stream.sendall(b"HTTP/1.1 200 OK\r\n")
        for number in range(300):
            stream.sendall(f"X-{number}: y\r\n".encode())
            time.sleep(0.05)

    _ends_in_time(drip)


def test_a_drip_of_content_ends_in_time() -> None:
    def drip(stream: socket.socket) -> None:
        stream.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n")
        for _ in range(300):
            stream.sendall(b"x")
            time.sleep(0.05)

    _ends_in_time(drip)


def test_silence_ends_in_time() -> None:
    _ends_in_time(lambda stream: time.sleep(15))


def _ends_in_time(answer: Callable[[socket.socket], None]) -> None:
    with serving(answer) as server, client(server.host, seconds=0.5) as http:
        started = time.monotonic()
        with pytest.raises(httpx2.TimeoutException):
            http.get(f"http://{server.host}/")
        assert time.monotonic() - started < 5


def test_connects_to_the_addresses_that_were_checked(
    tmp_path: Path, resolving: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name is looked up once: what it leads to later (a private address) is not asked, and TLS keeps its name."""
    server_tls, trust = certificate(tmp_path, "registry.test")
    server = RawServer(saying(b"hello"), server_tls)
    # Stands for the public internet, which a test does not have.
    monkeypatch.setattr(addresses_module, "is_public", lambda address: address.startswith("127.0.0."))
    looked_up: list[str] = []

    class Rebinding(Addresses):
        def resolve(self, host: str, port: int) -> tuple[str, ...]:
            found = super().resolve(host, port)
            looked_up.append(host)
            resolving("10.0.0.1")
            return found

    # Nothing listens at the first one.
    resolving("127.0.0.9", "127.0.0.1")
    transport = GuardedTransport(Rebinding((), SETTING), verify=trust)
    with httpx2.Client(transport=transport, timeout=5) as http:
        assert http.get(f"https://registry.test:{server.port}/").text == "hello"
    assert looked_up == ["registry.test"]
    assert f"host: registry.test:{server.port}" in server.requests[0].lower()
    server.close()


def test_tls_is_verified(tmp_path: Path) -> None:
    server_tls, _ = certificate(tmp_path, "other.test")
    with serving(saying(b"hello"), server_tls) as server, client(server.host) as http:
        with pytest.raises(httpx2.ConnectError, match=r"(?i)certificate"):
            http.get(f"https://{server.host}/")
        assert server.requests == []


def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    with serving(saying(b"hello")) as server:
        guarded = GuardedTransport(Addresses([server.host], SETTING))
        with httpx2.Client(transport=guarded, trust_env=False) as http:
            assert http.get(f"http://{server.host}/").text == "hello"


def test_a_fork_looks_names_up_too() -> None:
    """The pool that looks names up is made anew: a fork has none of its threads."""
    with serving(saying(b"hello")) as server:
        with client(server.host) as here:
            assert here.get(f"http://{server.host}/").text == "hello"
        child = os.fork()
        if child == 0:
            try:
                with client(server.host) as there:
                    os._exit(0 if there.get(f"http://{server.host}/").text == "hello" else 1)
            finally:
                os._exit(2)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
