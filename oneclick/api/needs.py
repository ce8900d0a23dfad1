"""What a plugin's route asks for: rights travel through records and their rules."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar, cast

import flask

from oneclick.api.requests import request_info, require_auth, require_superuser
from oneclick.auth.current import current_user
from oneclick.core import current
from oneclick.errors import NotFound, Unauthorized
from oneclick.records import Record
from oneclick_hooks import RecordNeed

MARK = "__oneclick_needs__"
WORDS = ("auth", "superuser", "public")

View = TypeVar("View", bound=Callable[..., Any])


def needs(collection: str, action: str = "", parameter: str = "") -> Callable[[View], View]:
    """State what a view needs.

    ``@needs("deployments", "view", "deployment_id")``: that the caller may do ``action`` on the record of
    ``collection`` whose id is the URL's variable ``parameter``; :func:`needed` gives that record. ``@needs("auth")``:
    any signed-in record. ``@needs("superuser")``, ``@needs("public")``. Several may be stacked: all must hold.

    Without a token the answer is 401; a record that is unknown, or not the caller's to see, is a 404.
    """
    if not action and collection not in WORDS:
        raise ValueError(f"needs({collection!r}): say which action on which record, or one of {', '.join(WORDS)}")
    need: RecordNeed | str = RecordNeed(collection, action, parameter) if action else collection

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def guarded(*arguments: Any, **named: Any) -> Any:
            _check(need)
            return view(*arguments, **named)

        setattr(guarded, MARK, (need, *getattr(view, MARK, ())))
        return cast(View, guarded)

    return decorate


def _check(need: RecordNeed | str) -> None:
    if isinstance(need, RecordNeed):
        record_id = str((flask.request.view_args or {}).get(need.parameter, ""))
        _needed()[need.collection] = require(need.collection, need.action, record_id)
        flask.g.oneclick_checked = (*checked(), need)
    elif need == "auth":
        require_auth()
    elif need == "superuser":
        require_superuser()


def needed(collection: str) -> Record:
    """Return the record that ``@needs(collection, …)`` has found."""
    return _needed()[collection]


def checked() -> tuple[RecordNeed, ...]:
    """Return the needs with records that let this request in."""
    known: tuple[RecordNeed, ...] = flask.g.get("oneclick_checked", ())
    return known


def require(collection: str, action: str, record_id: str) -> Record:
    """Return a record on which the caller may do ``action``.

    Raises ``Unauthorized`` for a guest, ``NotFound`` for a record that is unknown or not the caller's.
    """
    if not current_user.is_authenticated:
        raise Unauthorized
    app = current()
    found = app.collections.get(collection)
    if found is None:
        raise NotFound
    app.collections.check_plugin(found)
    record = app.records.allowed(found, action, record_id, request_info())
    if record is None:
        raise NotFound
    return record


def _needed() -> dict[str, Record]:
    known: dict[str, Record] = flask.g.setdefault("oneclick_needed", {})
    return known
