"""Errors of the cluster, in a tree of our own.

Client libraries change, and a status alone does not say enough: ``reason`` and ``causes`` come from the API server's
``Status`` body, and the message is its own sentence. The library's exception stays chained for the log.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from oneclick.errors import OneClickError

TYPED_PATCH = "failed to create typed patch object"
"""How the API server begins its answer to an apply with an unknown field. It calls this an internal error (500)."""


class ClusterError(OneClickError):
    """The API server said no. ``causes`` are ``(field, sentence)`` pairs."""

    def __init__(
        self, message: str, status: int = 0, reason: str = "", causes: tuple[tuple[str, str], ...] = ()
    ) -> None:
        self.message = message
        self.status = status
        self.reason = reason
        self.causes = causes
        super().__init__(message)


class Unreachable(ClusterError):
    """No answer: connection refused, time-out, or a server that is overloaded (429, 5xx). Trying again may help."""


class Missing(ClusterError):
    """404: the object, its namespace or its kind is not there."""


class Conflict(ClusterError):
    """409: another manager owns a field, or the object changed or exists already."""


class Expired(ClusterError):
    """410: the resource version or the page's token is too old; list again."""


class Superseded(OneClickError):
    """A newer generation of the deployment was applied already; this one is dropped."""


class NotOurs(ClusterError):
    """A namespace of that name exists and does not belong to the project."""


class NoCluster(OneClickError):
    """No cluster is configured."""


def from_status(status: int, body: Mapping[str, Any] | None, fallback: str = "") -> ClusterError:
    """Return the error for an answer of the API server with its ``Status`` body."""
    body = body or {}
    reason = str(body.get("reason") or "")
    message = str(body.get("message") or fallback or f"The cluster answered {status}.")
    details = body.get("details") or {}
    causes = tuple(
        (str(cause.get("field") or ""), str(cause.get("message") or "")) for cause in details.get("causes") or ()
    )
    if status == 500 and message.startswith(TYPED_PATCH):
        status = 400
    return _class_of(status, reason)(message, status, reason, causes)


def _class_of(status: int, reason: str) -> type[ClusterError]:
    if status == 404:
        return Missing
    if status == 409:
        return Conflict
    if status == 410 or reason in ("Expired", "Gone"):
        return Expired
    if status == 429 or status >= 500 or status == 0:
        return Unreachable
    return ClusterError
