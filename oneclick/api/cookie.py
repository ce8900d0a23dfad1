"""The socket cookie, for clients that can send neither a header nor a first message with a token (design: live data).

It is set at login of a ``users`` record, honoured on websocket handshakes of the same origin and nowhere else.
"""

from __future__ import annotations

from urllib.parse import urlsplit

import flask

from oneclick.auth import tokens
from oneclick.records import Record

NAME = "oneclick_session"
PATH = "/ws"
SECONDS = 3600
COLLECTION = "users"


def set_cookie(response: flask.Response, record: Record) -> None:
    """Set the cookie for a ``users`` record; nobody else gets one, nor a form that another site has sent."""
    if record.collection.name != COLLECTION or not _is_own_page(otherwise=True):
        return
    response.set_cookie(
        NAME,
        tokens.issue(record, tokens.SOCKET, SECONDS),
        max_age=SECONDS,
        path=PATH,
        secure=flask.request.is_secure,
        httponly=True,
        samesite="Strict",
    )


def clear_cookie(response: flask.Response) -> None:
    """Take the cookie away."""
    response.delete_cookie(NAME, path=PATH, secure=flask.request.is_secure, httponly=True, samesite="Strict")


def cookie_token() -> str:
    """Return the cookie's token when the handshake comes from a page of this very host; else nothing."""
    return flask.request.cookies.get(NAME, "") if _is_own_page(otherwise=False) else ""


def _is_own_page(*, otherwise: bool) -> bool:
    """Tell whether a page of this very host asks; ``otherwise`` when the request does not say who."""
    given = flask.request.headers.get("Origin", "")
    if not given:
        return otherwise
    origin = urlsplit(given)
    return origin.scheme in ("http", "https") and _place(origin.netloc, origin.scheme) == _place(
        flask.request.host, origin.scheme
    )


def _place(netloc: str, scheme: str) -> str:
    """Return a host with its port, the usual one of the scheme left out."""
    return netloc.lower().removesuffix(":443" if scheme == "https" else ":80")
