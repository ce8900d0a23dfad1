"""A pytest plugin for authors of plugins: an application, a client, cases as data, a frozen clock, a fake registry.

In a ``conftest.py``: ``pytest_plugins = ["oneclick.testing"]``; then a test takes ``make_one_click`` and builds an
application with its plugin::

    def test_count(make_one_click):
        case = ApiCase("guests may not count", "GET", "/api/guestbook/count", status=401)
        case.check(TestApi(make_one_click(guestbook)))
"""

from __future__ import annotations

import hashlib
import http.server
import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

import flask
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from oneclick import clock
from oneclick.app import create_app
from oneclick.auth import tokens
from oneclick.config import Config
from oneclick.core import OneClick, build
from oneclick.plugins import load_plugins
from oneclick.records import Record
from oneclick_hooks import SPECIFICATIONS, hookimpl

PASSWORD = "correct horse battery"  # noqa: S105


class TestApi:
    """An application and a client for its API, as a guest or as a record."""

    __test__ = False

    def __init__(self, one_click: OneClick, web: flask.Flask | None = None, token: str = "") -> None:
        self.one_click = one_click
        self.web = web if web is not None else create_app(one_click)
        self.token = token
        self.http: FlaskClient = self.web.test_client()

    def acting(self, record: Record | None) -> TestApi:
        """Return a client signed in as ``record`` (``None``: a guest)."""
        return TestApi(self.one_click, self.web, tokens.issue(record) if record is not None else "")

    def open(self, method: str, path: str, body: Any = None, **options: Any) -> TestResponse:
        """Send a request; ``body`` is sent as JSON."""
        headers = dict(options.pop("headers", {}))
        if self.token:
            headers.setdefault("Authorization", self.token)
        if body is not None:
            options["json"] = body
        return self.http.open(path, method=method, headers=headers, **options)

    def get(self, path: str, **options: Any) -> TestResponse:
        """GET."""
        return self.open("GET", path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> TestResponse:
        """POST JSON."""
        return self.open("POST", path, body, **options)

    def patch(self, path: str, body: Any = None, **options: Any) -> TestResponse:
        """PATCH JSON."""
        return self.open("PATCH", path, body, **options)

    def delete(self, path: str, **options: Any) -> TestResponse:
        """DELETE."""
        return self.open("DELETE", path, **options)


@dataclass
class HookCounter:
    """A plugin that counts how often each hook of records was called."""

    counts: Counter[str] = field(default_factory=Counter)

    def plugin(self) -> Any:
        """Return the plugin to load."""
        hooks = {}
        for specification in SPECIFICATIONS:
            for name, value in vars(specification).items():
                if name.startswith("on_") and hasattr(value, "oneclick_spec") and value.__code__.co_argcount == 1:
                    hooks[name] = hookimpl(self._counting(name))
        return SimpleNamespace(__name__="hook_counter", **hooks)

    def _counting(self, name: str) -> Callable[[Any], None]:
        def count(event: Any) -> None:
            self.counts[name] += 1

        return count


@dataclass
class ApiCase:
    """One request and what is expected of its answer.

    ``contains`` and ``lacks`` are pieces of the body; ``hooks`` says which hooks fire how often (with ``"*": 0``
    none but those), counted by a :class:`HookCounter` that was loaded with the application.
    """

    name: str
    method: str
    path: str
    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    contains: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    hooks: Mapping[str, int] = field(default_factory=dict)

    def check(self, api: TestApi, counter: HookCounter | None = None) -> TestResponse:
        """Send the request and compare."""
        before = Counter(counter.counts) if counter is not None else Counter()
        answer = api.open(self.method, self.path, self.body, headers=self.headers)
        text = answer.get_data(as_text=True)
        assert answer.status_code == self.status, f"{self.name}: {answer.status_code} {text}"
        for piece in self.contains:
            assert piece in text, f"{self.name}: {piece!r} is not in {text}"
        for piece in self.lacks:
            assert piece not in text, f"{self.name}: {piece!r} is in {text}"
        if counter is not None:
            fired = counter.counts - before
            wanted = {hook: count for hook, count in self.hooks.items() if hook != "*"}
            seen = dict(fired) if "*" in self.hooks else {hook: fired[hook] for hook in wanted}
            assert seen == {hook: count for hook, count in wanted.items() if count or "*" not in self.hooks}, self.name
        return answer


class FrozenClock:
    """A clock that stands still until it is told to go on."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        """Return the moment at which it stands."""
        return self.moment

    def forward(self, **duration: float) -> None:
        """Move on, as in ``forward(minutes=5)``."""
        self.moment += timedelta(**duration)


class FakeRegistry:
    """A container registry with tags and digests made up by the test, on a port of its own.

    ``etags``: lists of tags carry an ``ETag`` and answer 304 to whoever knows it. ``busy``: everything is answered 429,
    with this ``Retry-After``. ``requests`` are those that came, as ``METHOD path status``.
    """

    def __init__(self, etags: bool = False) -> None:
        self.images: dict[str, dict[str, str]] = {}
        self.requests: list[str] = []
        self.etags, self.busy = etags, ""
        registry = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                registry._answer(self)

            do_HEAD = do_GET  # noqa: N815

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        """``host:port``."""
        host, port = self._server.server_address[:2]
        return f"{host!s}:{port}"

    def push(self, repository: str, tag: str, digest: str = "") -> None:
        """Put a tag into a repository."""
        self.images.setdefault(repository, {})[tag] = digest or f"sha256:{hash((repository, tag)) & (2**256 - 1):064x}"

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, request: http.server.BaseHTTPRequestHandler) -> None:
        path = request.path.partition("?")[0].removeprefix("/v2/")
        if self.busy:
            self._send(request, 429, {}, {"Retry-After": self.busy})
        elif path == "":
            self._send(request, 200, {})
        elif path.endswith("/tags/list"):
            repository = path.removesuffix("/tags/list")
            tags = list(self.images.get(repository) or ())
            etag = f'"{hashlib.sha256(json.dumps(tags).encode()).hexdigest()}"' if self.etags else ""
            status = 304 if etag and request.headers.get("If-None-Match") == etag else 200 if tags else 404
            self._send(request, status, {"name": repository, "tags": tags}, {"ETag": etag} if etag else {})
        else:
            repository, _, tag = path.partition("/manifests/")
            digest = self.images.get(repository, {}).get(tag)
            headers = {"Docker-Content-Digest": digest} if digest else {}
            self._send(request, 200 if digest else 404, {"schemaVersion": 2}, headers)

    def _send(
        self,
        request: http.server.BaseHTTPRequestHandler,
        status: int,
        body: Any,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        content = json.dumps(body).encode() if status != 304 else b""
        self.requests.append(f"{request.command} {request.path} {status}")
        request.send_response(status)
        for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
            request.send_header(name, value)
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        if request.command != "HEAD":
            request.wfile.write(content)


def make_user(one_click: OneClick, email: str = "", collection: str = "users", **values: Any) -> Record:
    """Store a user (or another auth record) whose password is :data:`PASSWORD`."""
    if not email:
        email = f"{collection.strip('_')}{one_click.records.count(collection) + 1}@example.com"
    record = one_click.records.new(collection, {"email": email, "password": PASSWORD, **values})
    return one_click.records.save(record)


def make_superuser(one_click: OneClick, email: str = "root@example.com") -> Record:
    """Store a superuser whose password is :data:`PASSWORD`."""
    return make_user(one_click, email, "_superusers")


@contextmanager
def frozen(moment: datetime) -> Iterator[FrozenClock]:
    """Stop the application's clock at a moment."""
    frozen_clock = FrozenClock(moment)
    with mock.patch.object(clock, "now", frozen_clock.now):
        yield frozen_clock


@pytest.fixture
def make_one_click(tmp_path: Path) -> Iterator[Callable[..., OneClick]]:
    """Return a function that builds an application in a folder of its own: ``make(plugin, …, **settings)``.

    Without further settings it runs on SQLite, without Redis, and with the given plugins alone.
    """
    made: list[OneClick] = []

    def make(*plugins: Any, **settings: Any) -> OneClick:
        settings.setdefault("plugins_only", ())
        settings.setdefault("data_dir", tmp_path / "data")
        config = Config(**settings)
        made.append(build(config, load_plugins(config, plugins)))
        return made[-1]

    yield make
    for one_click in made:
        one_click.close()


@pytest.fixture
def frozen_clock() -> Iterator[FrozenClock]:
    """The application's clock, standing still at noon of 1 March 2026."""
    with frozen(datetime.fromisoformat("2026-03-01T12:00:00+00:00")) as stopped:
        yield stopped


@pytest.fixture
def fake_registry() -> Iterator[FakeRegistry]:
    """A container registry of the test's own."""
    registry = FakeRegistry()
    yield registry
    registry.close()
