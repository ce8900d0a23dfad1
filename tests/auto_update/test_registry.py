"""The registry client against a server that behaves, lies and hangs up."""

import hashlib
import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from oneclick.testing import FakeRegistry
from oneclick_auto_update import registry
from oneclick_auto_update.registry import Busy, NoAnswer, RegistryClient, RegistryError, Repository
from tests.outbound.server import Answer, saying, serving


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
            last = int(self.path.partition("last=")[2] or 0) + 1
            headers = {"Link": f"</v2/endless/tags/list?last={last}>; rel=next"}
            body = {"tags": []}
        elif self.path.startswith("/v2/circle/"):
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
    with RegistryClient(Repository(host, name, username, password), [host]) as client:
        return [tag for page in client.pages() for tag in page.tags]


def asking(host: str) -> RegistryClient:
    return RegistryClient(Repository(host, "shop"), [host])


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
        ("circle", "goes in circles"),
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
    with RegistryClient(Repository(host, "open")) as client, pytest.raises(RegistryError, match="private address"):
        client.pages()
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
    repository = Repository(host, "strange", "bot", "secret")
    with (
        RegistryClient(repository, [host, "registry.internal"]) as client,
        pytest.raises(RegistryError, match=sentence),
    ):
        client.pages()


def test_a_registry_that_is_not_allowed_sends_nobody_to_one_that_is(monkeypatch: pytest.MonkeyPatch) -> None:
    challenge = 'Bearer realm="http://{host}/any/path",service="s"'
    with serving(saying(b'{"token": "t"}')) as inside:
        away = saying(b"", "401 Unauthorized", WWW_Authenticate=challenge.format(host=inside.host))
        with serving(away) as outside:
            client = RegistryClient(Repository(outside.host, "shop"), [inside.host, outside.host])
            monkeypatch.setattr(client, "_own", False)
            with client, pytest.raises(RegistryError, match="a place for tokens that is not for it"):
                client.pages()
        assert inside.requests == []


def test_says_when_nobody_answers() -> None:
    with pytest.raises(NoAnswer, match="does not answer"):
        read("127.0.0.1:1", "open")


def test_a_whole_reading_ends_in_time(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "TOTAL_SECONDS", 0.0)
    with pytest.raises(NoAnswer, match="takes too long"):
        read(host, "open")


def test_known_pages_are_asked_for_conditionally() -> None:
    fake = FakeRegistry(etags=True)
    fake.push("shop", "1.0")
    repository = Repository(fake.address, "shop")
    with RegistryClient(repository, [fake.address]) as client:
        first = client.pages()
        assert client.pages(first) == first
        fake.push("shop", "1.1")
        assert [page.tags for page in client.pages(first)] == [("1.0", "1.1")]
    assert [line.rpartition(" ")[2] for line in fake.requests] == ["200", "304", "200"]
    fake.close()


def test_credentials_go_to_no_other_host(server: ThreadingHTTPServer, host: str) -> None:
    """The second page is elsewhere, the realm is not allowed: neither hears anything."""
    with serving(saying(b"{}")) as thief:
        server.realm = f"http://{thief.host}/token"  # type: ignore[attr-defined]
        for name in ("strange", "elsewhere"):
            with pytest.raises(RegistryError):
                read(host, name, "bot", "secret")
        assert thief.requests == []


def test_the_credentials_are_in_no_text() -> None:
    assert "secret" not in repr(Repository("r", "n", "bot", "secret"))


def test_the_scope_is_asked_for_when_the_challenge_names_none(server: ThreadingHTTPServer, host: str) -> None:
    server.realm = f"http://{host}/token"  # type: ignore[attr-defined]
    with pytest.raises(RegistryError):
        read(host, "strange", "bot", "secret")
    asked = [path for path, _ in server.seen if path.startswith("/token")]  # type: ignore[attr-defined]
    assert asked[-1] == "/token?service=s&scope=repository%3Astrange%3Apull"


DIGEST = "sha256:" + "ab" * 32


def digest_from(answer: Answer) -> str:
    with serving(answer) as server, RegistryClient(Repository(server.host, "shop"), [server.host]) as client:
        return client.digest("latest")


def test_a_digest_is_read_by_head_with_all_kinds_of_manifests() -> None:
    with serving(saying(b"", Docker_Content_Digest=DIGEST)) as server, asking(server.host) as client:
        assert client.digest("latest") == DIGEST
        (request,) = server.requests
    assert request.startswith("HEAD /v2/shop/manifests/latest ")
    for kind in ("oci.image.index", "oci.image.manifest", "manifest.list.v2", "distribution.manifest.v2"):
        assert kind in request


def test_without_a_digest_header_the_manifest_is_hashed() -> None:
    kind = "application/vnd.docker.distribution.manifest.v2+json"
    body = b'{"schemaVersion": 2}'
    assert digest_from(saying(body, Content_Type=kind)) == "sha256:" + hashlib.sha256(body).hexdigest()


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (saying(b"", "404 Not Found"), "latest of shop cannot be read: .* does not know it"),
        (saying(b"", Docker_Content_Digest="sha256:../../x"), "no SHA-256"),
        (saying(b"", Docker_Content_Digest="sha512:" + "a" * 128), "no SHA-256"),
        (saying(b"<html>Back soon: 4711</html>", Content_Type="text/html"), "no manifest of latest"),
        (saying(b'{"schemaVersion": 1}', Content_Type="application/vnd.oci.image.index.v1+json"), "no manifest"),
        (saying(b"", "307 Temporary Redirect", Location="http://127.0.0.1:1/"), "answers 307"),
    ],
)
def test_says_what_is_wrong_with_a_digest(answer: Answer, sentence: str) -> None:
    with pytest.raises(RegistryError, match=sentence):
        digest_from(answer)


def test_a_registry_that_is_asked_too_often_says_for_how_long() -> None:
    busy = saying(b"", "429 Too Many Requests", Retry_After="120")
    with serving(busy) as server, pytest.raises(Busy, match="asked too often") as caught:
        read(server.host, "shop")
    assert caught.value.length == timedelta(seconds=120)


def test_a_limit_that_is_reached_is_noticed() -> None:
    with serving(saying(b'{"tags": []}', RateLimit_Remaining="0;w=60")) as server, asking(server.host) as client:
        client.pages()
        assert client.rest == timedelta(seconds=60)


def test_tags_that_can_be_no_tags_are_left_out() -> None:
    body = json.dumps({"tags": ["1.0", "a/b", "../x", "", "t" * 129, "é", "1\n"]}).encode()
    with serving(saying(body)) as server:
        assert read(server.host, "shop") == ["1.0"]


@pytest.mark.parametrize(
    "body", [b"[]", b"null", b'{"tags": 7}', b'{"tags": "abc"}', b'{"tags": {"a": 1}}', b"[" * 100_000, b"\xff", b""]
)
def test_junk_is_a_sentence(body: bytes) -> None:
    with serving(saying(body)) as server, pytest.raises(RegistryError, match="no list of tags"):
        read(server.host, "shop")


def test_no_tags_are_no_error() -> None:
    with serving(saying(b'{"name": "shop", "tags": null}')) as server:
        assert read(server.host, "shop") == []
