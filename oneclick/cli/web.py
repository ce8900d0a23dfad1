"""The WSGI application of a web process. Importing this opens nothing and starts no thread; ``start`` does."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from oneclick.cli.application import read_config
from oneclick.cli.runtime import with_redis

if TYPE_CHECKING:
    import flask

    from oneclick.app import OneClick


class WebApplication:
    """Builds the application once in each process: when a gunicorn worker has forked, or at the first request."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._web: flask.Flask | None = None
        self.one_click: OneClick | None = None

    def start(self) -> flask.Flask:
        """Build the application and fire ``on_before_serve``, unless that was done."""
        with self._lock:
            if self._web is None:
                from oneclick.app import build, create_app, start_serving

                self.one_click = build(with_redis(read_config()))
                web = create_app(self.one_click)
                start_serving(web)
                self._web = web
            return self._web

    def hang_up(self) -> None:
        """Tell sockets and streams that this process is about to end; other requests under way are finished."""
        if self.one_click is not None:
            self.one_click.hang_up()

    def stop(self) -> None:
        """Close what is open."""
        with self._lock:
            if self.one_click is not None:
                self.one_click.close()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request."""
        return (self._web or self.start())(environ, start_response)


app = WebApplication()
