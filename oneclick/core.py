"""The application without the web: what workers, the scheduler, the command line and web processes share."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import flask

from oneclick.auth.external import provider_checker
from oneclick.auth.installer import INSTALLER_EMAIL, remove_installer
from oneclick.collections import Collection, Collections
from oneclick.config import Config
from oneclick.db import Database, Params, migrate
from oneclick.ids import new_id
from oneclick.jobs import Jobs
from oneclick.plugins import Plugins, load_plugins
from oneclick.realtime import Broker, Realtime, SocketHub
from oneclick.records import Record, RecordStore, Secrets, load_secrets, rule_checker
from oneclick.settings import Settings
from oneclick.storage import LocalStorage
from oneclick_hooks import AppEvent, TerminateEvent

log = logging.getLogger(__name__)

SCHEMA_CHANNEL = "schema"
INSTALLATION = "installation"
FRESH_SECONDS = 5.0
EXTENSION = "oneclick"


class OneClick:
    """One application, as plugins see it (``oneclick_hooks.App``) and as the core uses it."""

    config: Config
    plugins: Plugins
    database: Database
    params: Params
    collections: Collections
    settings: Settings
    secrets: Secrets
    storage: LocalStorage
    records: RecordStore
    jobs: Jobs
    broker: Broker
    sockets: SocketHub
    realtime: Realtime

    def __init__(self, config: Config, plugins: Plugins, database: Database) -> None:
        self.config, self.plugins, self.database = config, plugins, database
        self.params = Params(database)
        self.secrets = load_secrets(database, config.data_dir, config.secret_key)
        self.collections = Collections(
            database, signup=config.signup, check_rule=rule_checker(self), check_provider=provider_checker(plugins)
        )
        self.settings = Settings(self.params, plugins)
        self.storage = LocalStorage(config.data_dir / "storage")
        self.records = RecordStore(self)
        self.broker = Broker(config.redis_url, self._installation())
        self.jobs = Jobs(config.redis_url, plugins)
        self.sockets = SocketHub(config.threads - config.thread_reserve)
        self.realtime = Realtime(self)
        self._closed = False
        self._hanging_up = threading.Lock()
        self._on_hang_up: set[Callable[[], None]] | None = set()
        self._looked = time.monotonic()
        self.records.on_committed.append(self._after_commit)

    def __repr__(self) -> str:
        return f"<OneClick {self.config.data_dir}>"

    @property
    def data_dir(self) -> Path:
        """The data folder."""
        return self.config.data_dir

    def collection(self, name_or_id: str) -> Collection | None:
        """Return a collection by its name or id."""
        return self.collections.get(name_or_id)

    def publish(self, channel: str, message: bytes) -> None:
        """Send a message to all processes."""
        self.broker.publish(channel, message)

    def subscribe(self, channel: str, receive: Callable[[bytes], None]) -> Callable[[], None]:
        """Call ``receive`` with each message on ``channel``; return a function that ends it."""
        return self.broker.subscribe(channel, receive)

    def lock(self, name: str, ttl: float, wait: float = 0.0) -> AbstractContextManager[bool]:
        """Hold a lock among all processes for at most ``ttl`` seconds; the value tells whether it was got."""
        return self.jobs.lock(name, ttl, wait)

    def follow_schema(self) -> None:
        """Take over what other processes change of the collections, at once. For processes that stay."""
        self.broker.subscribe(SCHEMA_CHANNEL, lambda _message: self._refresh())
        self.broker.on_reconnect(self._refresh)
        self.collections.refresh()

    def stay_fresh(self) -> None:
        """Look for changes of the collections that nobody told of (Redis was away), at most every few seconds."""
        now = time.monotonic()
        if now - self._looked >= FRESH_SECONDS:
            self._looked = now
            self.collections.refresh()

    def on_hang_up(self, end: Callable[[], None]) -> Callable[[], None]:
        """Call ``end`` when connections that stay are ended (now, if they were already); return what forgets it."""
        with self._hanging_up:
            waiting = self._on_hang_up
            if waiting is not None:
                waiting.add(end)
        if waiting is None:
            end()

        def forget() -> None:
            with self._hanging_up:
                if self._on_hang_up is not None:
                    self._on_hang_up.discard(end)

        return forget

    def hang_up(self) -> None:
        """Close all websockets with 1001, end all realtime connections and streamed answers; take no new ones."""
        with self._hanging_up:
            waiting, self._on_hang_up = self._on_hang_up, None
        self.sockets.close()
        self.realtime.close()
        for end in waiting or ():
            end()

    def close(self, restart: bool = False) -> None:
        """End what this process opened; the plugins first."""
        if self._closed:
            return
        self._closed = True
        self.hang_up()
        self.plugins.after("on_terminate", TerminateEvent(self, restart))
        self.sockets.sender.close()
        self.broker.close()
        self.jobs.close()
        self.database.close()

    def _after_commit(self, action: str, record: Record) -> None:
        if action == "create" and record.collection.is_superusers and record["email"] != INSTALLER_EMAIL:
            remove_installer(self)

    def _installation(self) -> str:
        """Return the name of this installation: made up once, the same in all its processes."""
        known: str = self.params.get(INSTALLATION) or self.params.set_default(INSTALLATION, new_id())
        return known

    def _refresh(self) -> None:
        self.collections.refresh()

    def _tell_schema(self) -> None:
        self.broker.publish(SCHEMA_CHANNEL, b"changed")


_latest: OneClick | None = None


def build(config: Config, plugins: Plugins | None = None) -> OneClick:
    """Make the application: plugins found, database migrated, collections there. Connects to no Redis.

    Raises ``ConfigError`` with a sentence for whatever is wrong with the settings.
    """
    global _latest
    plugins = plugins if plugins is not None else load_plugins(config)
    plugins.collect("check_environment", environ=config.environ)
    config.make_data_dir()
    database = Database(config.database)
    migrate(database)
    app = OneClick(config, plugins, database)
    _ensure_collections(app)
    plugins.on_switched_off.append(lambda _name: app.collections.set_active(_active(plugins)))
    app.collections.on_changed.append(app._tell_schema)
    plugins.start("on_bootstrap", AppEvent(app))
    _latest = app
    return app


def current() -> OneClick:
    """Return the application: the one of this Flask application, else the one that this process built last."""
    if flask.has_app_context():
        found: OneClick | None = flask.current_app.extensions.get(EXTENSION)
        if found is not None:
            return found
    if _latest is None:
        raise RuntimeError("There is no application yet: build one first.")
    return _latest


def _ensure_collections(app: OneClick) -> None:
    plugins = app.plugins
    while True:
        definitions: list[Any] = plugins.collect("register_collections")
        extensions: list[Any] = plugins.collect("extend_collections")
        failures = app.collections.ensure(definitions, extensions, _active(plugins))
        if not failures:
            return
        for name, error in failures:
            plugins.switch_off(name, error)


def _active(plugins: Plugins) -> list[str]:
    return [plugin.name for plugin in plugins.loaded]
