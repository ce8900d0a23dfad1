"""The cluster as one process of the application sees it: connection, client and cache, made when first needed."""

from __future__ import annotations

import logging
import threading
import weakref
from pathlib import Path
from typing import Any

from oneclick.errors import ConfigError
from oneclick_hooks.kubernetes import ClusterConnection
from oneclick_kubernetes.cluster.cache import Cache
from oneclick_kubernetes.cluster.client import Client
from oneclick_kubernetes.cluster.connection import check, choose, missing_sentence, unused
from oneclick_kubernetes.errors import NoCluster
from oneclick_kubernetes.logs import Follower, Wanted

log = logging.getLogger(__name__)

_lives: weakref.WeakKeyDictionary[Any, Live] = weakref.WeakKeyDictionary()
_making = threading.Lock()


class Live:
    """One application's way to the cluster."""

    def __init__(self, app: Any) -> None:
        self._app = weakref.ref(app)
        self._lock = threading.Lock()
        self._client: Client | None = None
        self._cache: Cache | None = None
        self._connection: ClusterConnection | None = None
        self.followers: weakref.WeakSet[Follower] = weakref.WeakSet()

    @property
    def app(self) -> Any:
        """The application."""
        app = self._app()
        if app is None:
            raise RuntimeError("The application has ended.")
        return app

    @property
    def connection(self) -> ClusterConnection | None:
        """The cluster to use: the configuration's, or what a plugin offers; ``None`` without one."""
        if self._connection is None:
            self._connection = connection_for(self.app)
        return self._connection

    @property
    def client(self) -> Client:
        """The client. Raises ``NoCluster`` when no cluster is configured."""
        if self._client is None:
            connection = self.connection
            if connection is None:
                raise NoCluster("No Kubernetes cluster is configured.")
            with self._lock:
                if self._client is None:
                    self._client = Client(connection, Path(self.app.data_dir))
        return self._client

    @property
    def cache(self) -> Cache:
        """The cache. Raises ``NoCluster`` when no cluster is configured."""
        client = self.client
        if self._cache is None:
            with self._lock:
                if self._cache is None:
                    self._cache = Cache(client)
        return self._cache

    def follow(self, wanted: Wanted) -> Follower:
        """Follow a log until it ends, its reader ends it, or this process does. Raises ``ClusterError``."""
        follower = Follower(self.client, wanted)
        self.followers.add(follower)
        return follower.start()

    def close(self) -> None:
        """End the watches and the followed logs, and give back the connections."""
        for follower in list(self.followers):
            follower.end()
        if self._cache is not None:
            self._cache.close()
        if self._client is not None:
            self._client.close()


def connection_for(app: Any) -> ClusterConnection | None:
    """Return the cluster that the environment names or, where it names none, the one that a plugin offers."""
    choice = choose(app.config.environ)
    if choice.connection is not None or choice.mode == "none":
        return choice.connection
    offered: ClusterConnection | None = app.plugins.hook.kubernetes_connect(app=app)
    return offered


def require_cluster(app: Any) -> None:
    """Raise ``ConfigError`` when a cluster is wanted and there is none."""
    choice = choose(app.config.environ)
    if choice.connection is not None:
        check(choice.connection)
    elif choice.mode != "none" and of(app).connection is None:
        raise ConfigError(missing_sentence())


def expect_cluster(app: Any) -> None:
    """Raise ``ConfigError`` when a cluster is wanted and none can come: before ``oneclick serve`` starts anything."""
    if remark := unused(app.config.environ):
        log.warning(remark)
    choice = choose(app.config.environ)
    # A cluster that a plugin's own process is to be cannot be asked for before that runs.
    if choice.connection is not None or not _others_start_services(app):
        require_cluster(app)


def _others_start_services(app: Any) -> bool:
    others = [
        implementation
        for implementation in app.plugins.hook.register_services.get_hookimpls()
        if getattr(implementation.plugin, "__name__", "") != __package__
    ]
    return any(list(other.function(*(app for _ in other.argnames)) or ()) for other in others)


def of(app: Any) -> Live:
    """Return the application's :class:`Live`, one for each application."""
    with _making:
        live = _lives.get(app)
        if live is None:
            live = _lives[app] = Live(app)
        return live


def close(app: Any) -> None:
    """Close the application's :class:`Live`, if there is one."""
    with _making:
        live = _lives.pop(app, None)
    if live is not None:
        live.close()
