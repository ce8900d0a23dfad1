"""Why a rollout is written: what the writer says beside the record itself."""

from __future__ import annotations

import contextlib
import contextvars
from collections.abc import Iterator
from dataclasses import dataclass

from oneclick_hooks.protocols import Record, RequestInfo

TRUE = ("1", "t", "true", "yes", "on")
AUTHOR_LENGTH = 255


@dataclass(frozen=True, slots=True)
class Intent:
    """``cause`` and ``author`` go on the record; with ``expected`` the rollout of that id must still be running."""

    cause: str
    author: str = ""
    expected: str = ""
    force: bool = False


class NoLongerRunning(Exception):
    """The rollout that was expected to run does not any more."""


_intent: contextvars.ContextVar[Intent | None] = contextvars.ContextVar("oneclick_kubernetes_intent", default=None)


@contextlib.contextmanager
def meaning(intent: Intent) -> Iterator[None]:
    """Say why the rollouts of this context are written."""
    token = _intent.set(intent)
    try:
        yield
    finally:
        _intent.reset(token)


def intent_of(request: RequestInfo | None) -> Intent:
    """Return why a rollout is written: as said around the write, as the request tells, or by a plugin."""
    said = _intent.get()
    if said is not None:
        return said
    if request is None:
        return Intent("hook")
    force = str(request.query.get("force", "")).lower() in TRUE
    return Intent(request.cause or "person", author_name(request.auth), force=force)


def in_request(request: RequestInfo | None) -> bool:
    """Tell whether somebody waits for the write and so brings it into the cluster at once."""
    return request is not None or _intent.get() is not None


def author_name(auth: Record | None) -> str:
    """Return how a person is called in the history."""
    if auth is None:
        return ""
    for name in ("name", "username", "email"):
        text = str(auth.get(name) or "").strip()
        if text:
            return text[:AUTHOR_LENGTH]
    return auth.id
