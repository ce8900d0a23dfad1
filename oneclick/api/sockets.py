"""Websockets of plugins: who may open one (design: live data), and how its handler is run.

An ``Authorization`` header or the socket cookie is judged at the handshake; without either, the first message decides.
A token never travels in the query string.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import flask
import orjson
from flask_sock import Sock

from oneclick.api.cookie import cookie_token
from oneclick.api.guests import stays_guest_until
from oneclick.api.listeners import SOCKET_KEYS
from oneclick.api.needs import WORDS
from oneclick.api.requests import authenticate, header_token
from oneclick.api.socket_rights import RIGHTS, Rights, refused
from oneclick.auth import tokens
from oneclick.auth.current import CurrentUser, set_current
from oneclick.core import OneClick, current
from oneclick.errors import ConfigError, Forbidden, NotFound, Unauthorized, Unavailable
from oneclick.fields.nesting import TOO_DEEP, is_too_deep
from oneclick.realtime.sockets import (
    BAD_INPUT,
    FAILED,
    MAX_MESSAGE,
    NOT_ALLOWED,
    NOT_FOUND,
    NOT_SIGNED_IN,
    PING_SECONDS,
    SocketConnection,
    Wire,
)
from oneclick.records import Record
from oneclick_hooks import RecordNeed, Socket

log = logging.getLogger(__name__)

FIRST_MESSAGE_SECONDS = 5.0


@dataclass
class _Refusal(Exception):
    """The first message does not open the door."""

    code: int
    sentence: str


@dataclass
class _Visit:
    """One handshake and what is known by then."""

    socket: Socket
    connection: SocketConnection
    rights: Rights
    record: Record | None = None
    variables: dict[str, Any] = field(default_factory=dict)


def install(web: flask.Flask, app: OneClick) -> None:
    """Mount the plugins' websockets. One that does not say what it needs stops the start."""
    web.config["SOCK_SERVER_OPTIONS"] = {"ping_interval": PING_SECONDS, "max_message_size": MAX_MESSAGE}
    watch = web.extensions[RIGHTS] = Rights(app)
    for plugin, socket in app.plugins.collect("register_sockets"):
        _check_needs(plugin, socket)
        capture = _Capture()
        Sock().route(socket.path, bp=capture)(_run)
        web.add_url_rule(
            socket.path,
            endpoint=f"socket:{socket.path}",
            view_func=_guarded(socket, capture.view, watch),
            websocket=True,
        )


class _Capture:
    """Stands in for a blueprint, to get at flask-sock's view: the door is before its handshake."""

    view: Callable[..., Any]

    def route(self, path: str, **options: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Keep the view that flask-sock registers."""

        def keep(view: Callable[..., Any]) -> Callable[..., Any]:
            self.view = view
            return view

        return keep


def _check_needs(plugin: str, socket: Socket) -> None:
    needs = socket.needs
    good = needs in WORDS if isinstance(needs, str) else bool(needs) and all(isinstance(n, RecordNeed) for n in needs)
    if not good:
        raise ConfigError(f"The websocket {socket.path} of the plugin {plugin} does not say what it needs.")


def _guarded(socket: Socket, view: Callable[..., Any], rights: Rights) -> Callable[..., Any]:
    """Return flask-sock's view behind the door."""

    def enter(**variables: Any) -> Any:
        hub = current().sockets
        if not hub.enter():
            raise Unavailable("There is no room for another connection. Try again later.")
        try:
            environ = flask.request.environ
            key = next((key for key in SOCKET_KEYS if key in environ), None)
            if key is None:
                raise Unavailable("This server carries no websockets.")
            record = _handshake(current(), socket, rights, variables)
            # Compression costs each socket memory and time, and keeps frames from being shared.
            environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
            environ[key] = wire = Wire(environ[key], hub.sender)
            connection = SocketConnection(wire, socket.path)
            stays_guest_until(lambda: connection.user.is_authenticated)
            flask.g.oneclick_visit = _Visit(socket, connection, rights, record, variables)
            return view()
        finally:
            hub.leave()

    enter.__doc__ = socket.description
    return enter


def _handshake(app: OneClick, socket: Socket, rights: Rights, variables: dict[str, Any]) -> Record | None:
    """Return the record behind the header or the cookie; ``None`` without either. A bad one is refused here."""
    found = None
    if token := header_token(flask.request):
        found = authenticate(app, token)
    elif token := cookie_token():
        found = authenticate(app, token, tokens.SOCKET)
    if not token:
        return None
    if found is None:
        raise Unauthorized
    record = found[0]
    if socket.needs == "superuser" and not record.collection.is_superusers:
        raise Forbidden
    for need in socket.needs if not isinstance(socket.needs, str) else ():
        name = next((name for name in need.parameter.split("|") if name in variables), None)
        if name is not None and rights.find(need, str(variables[name]), record) is None:
            raise NotFound
    return record


def _run(websocket: Any) -> None:
    """What flask-sock runs after the handshake."""
    visit: _Visit = flask.g.oneclick_visit
    connection, hub = visit.connection, current().sockets
    connection.attach(websocket)
    hub.add(connection)
    try:
        _admit(current(), visit)
        set_current(visit.record)
        connection.user = CurrentUser(visit.record)
        with visit.rights.watched(connection, visit.socket.needs):
            visit.socket.handler(connection)
    except _Refusal as refusal:
        connection.close(refusal.code, refusal.sentence, refusal.sentence)
    except Exception:
        log.exception("the handler of %s failed", visit.socket.path)
        connection.close(FAILED, "failed", "Something went wrong on the server.")
    finally:
        connection.finish()
        hub.remove(connection)


def _admit(app: OneClick, visit: _Visit) -> None:
    """Read the first message where it is needed, and check the rights. Raises ``_Refusal``."""
    needs, connection = visit.socket.needs, visit.connection
    if needs == "public" or (isinstance(needs, str) and visit.record is not None):
        return
    message = _first_message(visit)
    if token := message.pop("token", None):
        found = authenticate(app, str(token).removeprefix("Bearer ").strip())
        if found is None:
            raise _Refusal(NOT_SIGNED_IN, "The token is not valid.")
        visit.record = found[0]
    if visit.record is None:
        raise _Refusal(NOT_SIGNED_IN, "Send a token: in the Authorization header or in the first message.")
    connection.message = message
    if needs == "superuser" and not visit.record.collection.is_superusers:
        raise _Refusal(NOT_ALLOWED, "Only superusers can perform this action.")
    if not isinstance(needs, str):
        _check_records(visit, needs)


def _first_message(visit: _Visit) -> dict[str, Any]:
    received = visit.connection.receive(FIRST_MESSAGE_SECONDS)
    if received is None:
        code = NOT_SIGNED_IN if visit.record is None else BAD_INPUT
        raise _Refusal(code, f"The first message did not come within {FIRST_MESSAGE_SECONDS:.0f} seconds.")
    try:
        message = orjson.loads(received)
    except orjson.JSONDecodeError:
        message = None
    if is_too_deep(message):
        raise _Refusal(BAD_INPUT, TOO_DEEP)
    if not isinstance(message, dict):
        raise _Refusal(BAD_INPUT, "The first message must be a JSON object.")
    return message


def _check_records(visit: _Visit, needs: tuple[RecordNeed, ...]) -> None:
    """Check each need whose record is named; at least one must be."""
    assert visit.record is not None
    for need in needs:
        record_id = _named(visit, need)
        if not record_id:
            continue
        found = visit.rights.find(need, record_id, visit.record)
        if found is None:
            raise _Refusal(NOT_FOUND, refused(need))
        visit.connection.records[need.collection] = found
    if not visit.connection.records:
        names = ", ".join(need.parameter.replace("|", " or ") for need in needs)
        raise _Refusal(BAD_INPUT, f"The first message must name {names}.")


def _named(visit: _Visit, need: RecordNeed) -> str:
    for name in need.parameter.split("|"):
        value = visit.variables.get(name, visit.connection.message.get(name))
        if value is None or value == "":
            continue
        if not isinstance(value, str):
            raise _Refusal(BAD_INPUT, f"{name} must be a text.")
        return value
    return ""
