"""Who listens to a streamed answer: whether they are still there, and still may."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import Any

import flask

from oneclick.api.needs import checked, needed
from oneclick.api.socket_rights import RIGHTS, Rights
from oneclick.auth.current import CurrentUser, current_user
from oneclick.core import current
from oneclick_hooks import protocols

SOCKET_KEYS = ("gunicorn.socket", "werkzeug.socket")


class Listener:
    """The client of the request at hand, whose rights are watched like a websocket's until :meth:`leave`.

    Made in a view with ``@needs(…)``, after the checks. ``end`` is called when it is to stop for another reason than
    that the client has left, so that nothing waits for the next look: its rights end, or this process does.
    """

    def __init__(self, end: Callable[[], None] = lambda: None) -> None:
        self._end = end
        self.user = CurrentUser(current_user.record)
        self.records: dict[str, protocols.Record] = {need.collection: needed(need.collection) for need in checked()}
        self._refused = threading.Event()
        self._client_left = client_left(flask.request.environ)
        self._watch = ExitStack()
        rights: Rights = flask.current_app.extensions[RIGHTS]
        self._watch.enter_context(rights.watched(self, checked()))
        self._watch.callback(current().on_hang_up(self.close))

    def is_gone(self) -> bool:
        """Tell whether to stop: the client has left or may no longer see this, or this process is about to end."""
        return self._refused.is_set() or self._client_left()

    def close(self, code: int = 0, reason: str = "", error: str | None = None) -> None:
        """End it. An answer that has begun has no place for the words."""
        self._refused.set()
        self._end()

    def leave(self) -> None:
        """Stop watching. For ``call_on_close``."""
        self._watch.close()


def client_left(environ: Mapping[str, Any]) -> Callable[[], bool]:
    """Return a function that tells whether the client has closed its connection.

    Without it a stream that is silent would be kept for nobody until there is something to send.
    """
    connection = next((environ[key] for key in SOCKET_KEYS if key in environ), None)
    if not isinstance(connection, socket.socket) or isinstance(connection, ssl.SSLSocket):
        return lambda: False

    def left() -> bool:
        try:
            return connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
        except BlockingIOError:
            return False
        except OSError:
            return True

    return left
