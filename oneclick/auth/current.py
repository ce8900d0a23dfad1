"""Who is asking: ``current_user`` through flask-login, in requests, sockets and jobs alike."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import flask
from flask_login import LoginManager
from flask_login import current_user as _flask_login_user

from oneclick_hooks.protocols import Record

SUPERUSERS = "_superusers"

current_user: Any = _flask_login_user
"""The ``CurrentUser`` of this request, socket or job (flask-login's proxy)."""


class CurrentUser:
    """The record that asks, or a guest (``record`` is ``None``), in the shape that flask-login expects."""

    __slots__ = ("record",)

    def __init__(self, record: Record | None = None) -> None:
        self.record = record

    @property
    def is_authenticated(self) -> bool:
        """Whether a record asks (a superuser too)."""
        return self.record is not None

    @property
    def is_active(self) -> bool:
        """The same: there are no inactive accounts."""
        return self.record is not None

    @property
    def is_anonymous(self) -> bool:
        """Whether nobody is signed in."""
        return self.record is None

    @property
    def is_superuser(self) -> bool:
        """Whether the record is one of ``_superusers``."""
        return self.record is not None and self.record.collection.name == SUPERUSERS

    @property
    def id(self) -> str:
        """The record's id; empty for a guest."""
        return self.record.id if self.record is not None else ""

    def get_id(self) -> str:
        """Return what flask-login calls a user by."""
        return self.id

    def __getitem__(self, name: str) -> Any:
        if self.record is None:
            raise KeyError(name)
        return self.record[name]

    def get(self, name: str, default: Any = None) -> Any:
        """Return a field of the record; ``default`` for a guest."""
        return self.record.get(name, default) if self.record is not None else default

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CurrentUser) and self.id == other.id

    def __hash__(self) -> int:
        return hash(self.id)

    def __repr__(self) -> str:
        return f"<CurrentUser {self.id or 'guest'}>"


class _RequestLogin(LoginManager):  # type: ignore[misc]
    """flask-login without its sessions and cookies: who asks is read from each request.

    Its own order looks at cookies first, and a cookie that another application on this host set would win.
    """

    def _load_user(self) -> None:
        load = self._request_callback
        flask.g._login_user = (load(flask.request) if load else None) or CurrentUser()


def login_manager(web: flask.Flask) -> LoginManager:
    """Give a Flask application flask-login; its ``request_loader`` is set by whoever knows the records."""
    manager = _RequestLogin()
    manager.init_app(web, add_context_processor=False)
    return manager


def set_current(record: Record | None) -> None:
    """Make ``record`` the user of the Flask request at hand (a socket that proved who it is)."""
    flask.g._login_user = CurrentUser(record)


_shell: flask.Flask | None = None


@contextmanager
def acting_as(record: Record | None) -> Iterator[CurrentUser]:
    """Run a job, or anything else outside a request, on behalf of a record: ``current_user`` is that one."""
    global _shell
    if _shell is None:
        _shell = flask.Flask("oneclick.shell", static_folder=None)
        login_manager(_shell)
    # An application context of its own: Flask would share one, and with it the user, between nested requests.
    with _shell.app_context(), _shell.test_request_context("/"):
        set_current(record)
        yield flask.g._login_user
