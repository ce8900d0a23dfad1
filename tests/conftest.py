"""What the tests of the core share: databases, Redis, applications in this process and in one of their own."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest
from hypothesis import settings
from redis import Redis
from redis.exceptions import ConnectionError as RedisConnectionError

from oneclick.config import load
from oneclick.core import OneClick, build
from oneclick.jobs import embedded
from oneclick.plugins import load_plugins
from oneclick.records import Record
from oneclick.testing import TestApi, fake_registry, frozen_clock, make_one_click, make_superuser, make_user
from tests.db.postgresql import new_postgresql

__all__ = ["fake_registry", "frozen_clock", "make_one_click"]

# How long an example takes says what else the machine does, not whether it is right.
settings.register_profile("house", deadline=None)
settings.load_profile("house")

ROOT = Path(__file__).parents[1]
SECRET_KEY = "a secret key for the tests alone"
START_SECONDS = 60.0


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A real Redis of the test run's own."""
    folder = Path(tempfile.mkdtemp(prefix="oc-"))
    server = subprocess.Popen(embedded.command(folder), stdout=subprocess.DEVNULL)
    try:
        client = Redis.from_url(embedded.url(folder))
        for _ in range(200):
            try:
                client.ping()
                break
            except RedisConnectionError:
                time.sleep(0.02)
        client.close()
        yield embedded.url(folder)
    finally:
        server.kill()
        server.wait()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database_kind(request: pytest.FixtureRequest) -> str:
    """Both databases, one after the other."""
    return str(request.param)


def settings_in(folder: Path, kind: str) -> dict[str, str]:
    """Return the settings of an application without plugins, on a new database."""
    environ = {"ONECLICK_DATA": str(folder), "ONECLICK_SECRET_KEY": SECRET_KEY, "ONECLICK_PLUGINS": "none"}
    return environ | ({"DATABASE_URL": new_postgresql()} if kind == "postgresql" else {})


@pytest.fixture
def core_environ(database_kind: str, tmp_path: Path) -> dict[str, str]:
    """The settings of an application without plugins, on each database."""
    return settings_in(tmp_path / "data", database_kind)


@pytest.fixture
def one_click(core_environ: dict[str, str]) -> Iterator[OneClick]:
    """An application without plugins and without Redis, on each database."""
    application = build(load(core_environ))
    yield application
    application.close()


@pytest.fixture
def plugged(core_environ: dict[str, str]) -> Iterator[Callable[..., OneClick]]:
    """A function that builds an application with the given plugins: ``plugged(module, REDIS_URL=…)``."""
    made: list[OneClick] = []

    def make(*plugins: Any, **environ: str) -> OneClick:
        config = load(core_environ | environ)
        made.append(build(config, load_plugins(config, plugins)))
        return made[-1]

    yield make
    for application in made:
        application.close()


@pytest.fixture
def api(one_click: OneClick) -> TestApi:
    """A guest's client."""
    return TestApi(one_click)


@pytest.fixture
def client(api: TestApi) -> Any:
    """Flask's test client."""
    return api.http


@pytest.fixture
def user(one_click: OneClick) -> Record:
    return make_user(one_click, "ann@example.com", name="Ann", username="ann")


@pytest.fixture
def other(one_click: OneClick) -> Record:
    return make_user(one_click, "bob@example.com", name="Bob", username="bob")


@pytest.fixture
def superuser(one_click: OneClick) -> Record:
    return make_superuser(one_click)


@dataclass
class LiveServer:
    """``gunicorn wsgi:app`` in a process of its own. ``app`` is the same installation in this process."""

    environ: dict[str, str]
    url: str
    app: OneClick
    process: subprocess.Popen[bytes]
    log: Path
    more: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def ws(self) -> str:
        return self.url.replace("http", "ws", 1)

    def another(self) -> str:
        """Start one more server on the same database and Redis; return its address."""
        process, url = start_server(self.environ, self.log)
        self.more.append(process)
        return url

    def stop(self, process: subprocess.Popen[bytes] | None = None) -> int:
        """End a server as a service manager does; return its exit code."""
        process = process or self.process
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            return process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_server(environ: Mapping[str, str], log: Path) -> tuple[subprocess.Popen[bytes], str]:
    """Start gunicorn and wait until it answers."""
    port = free_port()
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    command = [sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", f"127.0.0.1:{port}"]
    with log.open("ab") as output:
        process = subprocess.Popen(
            command, env={**inherited, **environ}, cwd=ROOT, stdout=output, stderr=output, stdin=subprocess.DEVNULL
        )
    url, end = f"http://127.0.0.1:{port}", time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        try:
            if httpx2.get(f"{url}/api/health", timeout=5).status_code == 200:
                return process, url
        except httpx2.HTTPError:
            time.sleep(0.1)
    process.kill()
    process.wait()
    raise AssertionError(f"gunicorn does not answer:\n{log.read_text()[-4000:]}")


def serve(environ: dict[str, str], log: Path, drop_ins: Mapping[str, str] | None = None) -> LiveServer:
    """Start a server with drop-in plugins alone."""
    folder = Path(environ["ONECLICK_DATA"]) / "plugins"
    folder.mkdir(parents=True, exist_ok=True)
    for name, source in (drop_ins or {}).items():
        (folder / name).write_text(source)
    if drop_ins:
        environ = environ | {"ONECLICK_PLUGINS": ",".join(Path(name).stem for name in drop_ins)}
    # Databases are made once, by the process that is here first.
    application = build(load(environ))
    process, url = start_server(environ, log)
    return LiveServer(environ, url, application, process, log)


def end(server: LiveServer) -> None:
    """Stop a server and close its counterpart here."""
    for process in (*server.more, server.process):
        server.stop(process)
    server.app.close()


@pytest.fixture(scope="module")
def server_environ(redis_url: str) -> dict[str, str]:
    """What servers of tests have besides a database: Redis, and few threads."""
    return {"REDIS_URL": redis_url, "ONECLICK_THREADS": "24", "ONECLICK_THREAD_RESERVE": "8"}


@pytest.fixture
def make_server(
    core_environ: dict[str, str], server_environ: dict[str, str], tmp_path: Path
) -> Iterator[Callable[..., LiveServer]]:
    """A function that starts a server: ``make_server({"hello.py": source}, ONECLICK_THREADS="16")``."""
    made: list[LiveServer] = []

    def make(drop_ins: Mapping[str, str] | None = None, **more: str) -> LiveServer:
        made.append(serve(core_environ | server_environ | more, tmp_path / "server.log", drop_ins))
        return made[-1]

    yield make
    for server in made:
        end(server)


@pytest.fixture(scope="module")
def live_server(
    request: pytest.FixtureRequest,
    database_kind: str,
    server_environ: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[LiveServer]:
    """A server for all tests of a module that leave it as it is, with the module's ``DROP_INS`` as plugins."""
    folder = tmp_path_factory.mktemp("server")
    environ = settings_in(folder / "data", database_kind) | server_environ
    server = serve(environ, folder / "server.log", getattr(request.module, "DROP_INS", None))
    yield server
    end(server)
