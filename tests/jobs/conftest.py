"""A Redis server of the test's own, a database, and the smallest application that jobs need."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from redis import Redis
from redis.exceptions import ConnectionError as RedisConnectionError

from oneclick.config import Config
from oneclick.db import Database, migrate
from oneclick.jobs import Jobs, embedded
from oneclick.plugins import load_plugins


class RedisServer:
    """A server that a test may kill and start again."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="oc-"))
        self.url = embedded.url(self.folder)
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(embedded.command(self.folder))
        client = Redis.from_url(self.url)
        for _ in range(200):
            try:
                client.ping()
                return
            except RedisConnectionError:
                time.sleep(0.02)
        raise AssertionError("no Redis")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def close(self) -> None:
        self.kill()
        shutil.rmtree(self.folder)


@pytest.fixture
def redis_server() -> Iterator[RedisServer]:
    server = RedisServer()
    yield server
    server.close()


@pytest.fixture
def make_app(tmp_path: Path, redis_server: RedisServer) -> Iterator[Callable[..., Any]]:
    """Return a maker of applications on one database and one Redis, with the hooks of a given plugin."""
    made: list[Any] = []

    def make(**hooks: Any) -> Any:
        plugins = load_plugins(Config(data_dir=tmp_path, plugins_only=()), [("probe", SimpleNamespace(**hooks))])
        assert not plugins.broken
        database = Database(f"sqlite:///{tmp_path / 'data.db'}")
        migrate(database)
        app = SimpleNamespace(
            plugins=plugins,
            database=database,
            jobs=Jobs(redis_server.url, plugins),
            collections=SimpleNamespace(refresh=lambda: None),
            data_dir=tmp_path,
        )
        made.append(app)
        return app

    yield make
    for app in made:
        app.jobs.close()
        app.database.close()
