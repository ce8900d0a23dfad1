"""The registry client against a server that behaves, lies and hangs up."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from oneclick_auto_update import registry
from oneclick_auto_update.registry import RegistryClient, RegistryError, Repository


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        seen = self.server.seen  # type: ignore[attr-defined]
        seen.append((self.path, self.headers.get("Authorization", "")))
        host = f"127.0.0.1:{self.server.server_address[1]}"
        headers: dict[str, str] = {}
        status, body = 200, {}
        if self.path.startswith("/v2/open/tags/list") and "last=" not in self.path:
            body, headers = {"tags": ["1.0", "1.1"]}, {"Link": '</v2/open/tags/list?last=1.1&n=2>; rel="next"'}
        elif self.path.startswith("/v2/open/"):
            body = {"tags": ["1.2"]}
        elif self.path.startswith("/v2/elsewhere/"):
            headers = {"Link": '<http://127.0.0.2:1/v2/elsewhere/tags/list>; rel="next"'}
            body = {"tags": []}
        elif self.path.startswith("/v2/closed/"):
            if self.headers.get("Authorization") == "Bearer right":
                body = {"tags": ["2.0"]}
            else:
                status = 401
                headers = {"WWW-Authenticate": f'Bearer realm="http://{host}/token",service="s",scope="x"'}
        elif self.path.startswith("/token"):
            good = self.headers.get("Authorization", "").startswith("Basic ")
            body = {"token": "right"} if good else {}
        elif self.path.startswith("/v2/basic/"):
            if self.headers.get("Authorization", "").startswith("Basic "):
                body = {"tags": ["3.0"]}
            else:
                status, headers = 401, {"WWW-Authenticate": 'Basic realm="x"'}
        elif self.path.startswith("/v2/strange/"):
            status, headers = 401, {"WWW-Authenticate": f'Bearer realm="{self.server.realm}",service="s"'}  # type: ignore[attr-defined]
        elif self.path.startswith("/huge"):
            body = {"token": "x" * (17 << 20)}
        elif self.path.startswith("/v2/endless/"):
            headers = {"Link": f"<{self.path}>; rel=next"}
            body = {"tags": []}
        elif self.path.startswith("/v2/junk/"):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<html>")
            return
        else:
            status = 404
        data = json.dumps(body).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def server() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.seen = []  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()


@pytest.fixture
def host(server: ThreadingHTTPServer) -> str:
    return f"127.0.0.1:{server.server_address[1]}"


def read(host: str, name: str, username: str = "", password: str = "") -> list[str]:
    with RegistryClient([host]) as client:
        return client.tags(Repository(host, name, username, password))


def test_follows_pages(host: str) -> None:
    assert read(host, "open") == ["1.0", "1.1", "1.2"]


def test_gets_a_token_with_the_credentials(host: str) -> None:
    assert read(host, "closed", "bot", "secret") == ["2.0"]


def test_answers_basic(host: str) -> None:
    assert read(host, "basic", "bot", "secret") == ["3.0"]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("closed", "refuses these credentials"),
        ("basic", "user name and password"),
        ("unknown", "does not know it"),
        ("junk", "no list of tags"),
        ("elsewhere", "another host"),
    ],
)
def test_says_what_is_wrong(host: str, name: str, sentence: str) -> None:
    with pytest.raises(RegistryError, match=sentence):
        read(host, name)


def test_stops_at_endless_pages(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "PAGES", 5)
    with pytest.raises(RegistryError, match="more than 5 pages"):
        read(host, "endless")


def test_refuses_a_private_address_that_was_not_named(host: str, server: ThreadingHTTPServer) -> None:
    before = len(server.seen)  # type: ignore[attr-defined]
    with RegistryClient() as client, pytest.raises(RegistryError, match="private address"):
        client.tags(Repository(host, "open"))
    assert len(server.seen) == before  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("realm", "sentence"),
    [
        ("http://{host}/huge", "more than"),
        ("http://registry.internal:x@{host}/token", "no address"),
        ("http://[::1/x", "no place|no address"),
        ("http://127.0.0.2:1/token", "without encryption"),
        ("file:///etc/passwd", "no address|no place"),
        ("http://" + "a" * 64 + ".example/", "without encryption|no place"),
        ("", "no address|no place"),
    ],
)
def test_a_realm_leads_nowhere_else(server: ThreadingHTTPServer, host: str, realm: str, sentence: str) -> None:
    server.realm = realm.format(host=host)  # type: ignore[attr-defined]
    with RegistryClient([host, "registry.internal"]) as client, pytest.raises(RegistryError, match=sentence):
        client.tags(Repository(host, "strange", "bot", "secret"))


def test_says_when_nobody_answers() -> None:
    with RegistryClient(["127.0.0.1:1"]) as client, pytest.raises(RegistryError, match="does not answer"):
        client.tags(Repository("127.0.0.1:1", "open"))
