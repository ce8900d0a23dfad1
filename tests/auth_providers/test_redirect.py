"""Coming back from a provider to the client that waits for it (contract §2.7), on a real server and across two."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

import httpx2
import pytest

from tests.auth_providers.conftest import LOGIN
from tests.auth_providers.identity_server import CLIENT_ID, CLIENT_SECRET, IdentityServer
from tests.conftest import LiveServer, serve, settings_in
from tests.realtime.sse import Stream

BACK = "/api/oauth2-redirect"


@pytest.fixture(scope="module")
def provider() -> Iterator[IdentityServer]:
    server = IdentityServer()
    yield server
    server.close()


@pytest.fixture(scope="module")
def server(
    database_kind: str, provider: IdentityServer, tmp_path_factory: pytest.TempPathFactory, redis_url: str
) -> Iterator[LiveServer]:
    folder = tmp_path_factory.mktemp("redirect")
    environ = settings_in(folder / "data", database_kind) | {
        "ONECLICK_PLUGINS": "auth_providers",
        "REDIS_URL": redis_url,
        "ONECLICK_OIDC_CLIENT_ID": CLIENT_ID,
        "ONECLICK_OIDC_CLIENT_SECRET": CLIENT_SECRET,
        "ONECLICK_OIDC_ISSUER": provider.base,
        "ONECLICK_OIDC_SIGNUP": "on",
    }
    running = serve(environ, folder / "log")
    yield running
    running.stop()


@pytest.fixture
def stream(server: LiveServer) -> Iterator[Stream]:
    waiting = Stream(server.url)
    yield waiting
    waiting.close()


def come_back(url: str, method: str = "GET", **said: str) -> httpx2.Response:
    if method == "POST":
        return httpx2.post(f"{url}{BACK}", data=said)
    return httpx2.get(f"{url}{BACK}?{urlencode(said)}")


@pytest.mark.parametrize(("method", "status"), [("GET", 307), ("POST", 303)])
def test_the_whole_way(server: LiveServer, provider: IdentityServer, stream: Stream, method: str, status: int) -> None:
    known = httpx2.get(f"{server.url}/api/collections/users/auth-methods").json()["oauth2"]["providers"][0]
    assert stream.subscribe("@oauth2").status_code == 204
    back = f"{server.url}{BACK}"
    # As the official client does it: its realtime id takes the state's place.
    address = known["authURL"].replace(known["state"], stream.id) + back
    sent = provider.authorize(address, back)
    answer = come_back(server.another(), method, **sent)
    assert (answer.status_code, answer.headers["location"]) == (status, "../_/#/auth/oauth2-redirect-success")
    event = stream.next()
    assert (event["event"], event["data"]) == ("@oauth2", sent)
    body = {"provider": "oidc", "code": sent["code"], "codeVerifier": known["codeVerifier"], "redirectURL": back}
    done = httpx2.post(f"{server.url}{LOGIN}", json=body)
    assert done.status_code == 200, done.text
    # The subscription was for this once.
    assert come_back(server.url, **sent).headers["location"].endswith("-failure")


def test_a_person_who_declines(server: LiveServer, stream: Stream) -> None:
    stream.subscribe("@oauth2")
    answer = come_back(server.url, state=stream.id, error="access_denied")
    assert answer.headers["location"].endswith("-failure")
    assert stream.next()["data"] == {"state": stream.id, "code": "", "error": "access_denied"}


@pytest.mark.parametrize("said", [{}, {"state": "unknown", "code": "c"}, {"code": "c"}, {"state": "\0", "code": "c"}])
def test_a_state_that_nobody_waits_for(server: LiveServer, said: dict[str, str]) -> None:
    answer = come_back(server.url, **said)
    assert (answer.status_code, answer.headers["location"]) == (307, "../_/#/auth/oauth2-redirect-failure")
    assert answer.headers["referrer-policy"] == "no-referrer"


def test_a_client_that_waits_for_something_else(server: LiveServer, stream: Stream) -> None:
    stream.subscribe("users/*")
    assert come_back(server.url, state=stream.id, code="c").headers["location"].endswith("-failure")
    assert stream.silent()


def test_a_client_at_another_address(server: LiveServer, stream: Stream) -> None:
    stream.subscribe("@oauth2")
    transport = httpx2.HTTPTransport(local_address="127.0.0.2")
    with httpx2.Client(transport=transport) as elsewhere:
        answer = elsewhere.get(f"{server.url}{BACK}?state={stream.id}&code=c")
    assert answer.headers["location"].endswith("-failure")
    assert stream.silent()


@pytest.mark.parametrize(
    ("mine", "theirs", "arrives"),
    [
        ("203.0.113.5", "203.0.113.9", False),
        ("203.0.113.5", "203.0.113.5", True),
        ("203.0.113.5:1", "203.0.113.5:2", True),
    ],
)
def test_clients_behind_one_proxy(server: LiveServer, mine: str, theirs: str, arrives: bool) -> None:
    stream = Stream(server.url, headers={"X-Forwarded-For": mine})
    try:
        assert stream.subscribe("@oauth2").status_code == 204
        answer = httpx2.get(f"{server.url}{BACK}?state={stream.id}&code=c", headers={"X-Forwarded-For": theirs})
        assert answer.headers["location"].endswith("-success" if arrives else "-failure")
        assert stream.silent() is not arrives
    finally:
        stream.close()
