"""``/api/realtime``: server-sent events (contract §6)."""

from __future__ import annotations

import queue
import time
from collections.abc import Iterator
from typing import Any

import flask

from oneclick.api.answers import nothing
from oneclick.api.bodies import read_body
from oneclick.api.guests import stays_guest_until
from oneclick.api.listeners import client_left
from oneclick.api.requests import request_info, whereabouts
from oneclick.auth.current import current_user
from oneclick.core import OneClick, current
from oneclick.errors import GENERIC, BadRequest, FieldErrors, Unavailable, ValidationError, field_error
from oneclick.ids import random_text
from oneclick.realtime.clients import Client
from oneclick.realtime.hub import ID_LENGTH
from oneclick_hooks import RealtimeConnectEvent, RealtimeSubscribeEvent

blueprint = flask.Blueprint("realtime", __name__)

LOOK_SECONDS = 2.0
"""How often a silent stream looks whether its client is still there: until it is seen to be gone it holds a thread."""

LONGEST_ID = 255
MOST_TOPICS = 1000
LONGEST_TOPIC = 2500


@blueprint.get("/api/realtime")
def connect() -> flask.Response:
    """Open a stream of events; the first tells the client's id."""
    app = current()
    if flask.request.method == "HEAD":
        return _stream(iter(()))
    if not app.sockets.enter():
        raise Unavailable("There is no room for another connection. Try again later.")
    try:
        event = RealtimeConnectEvent(app, random_text(ID_LENGTH))
        where = whereabouts()
        event.operation = lambda: app.realtime.connect(where, event.client_id)
        client: Client | None = app.plugins.run("on_realtime_connect_request", event)
        if client is None:
            raise Unavailable
    except BaseException:
        app.sockets.leave()
        raise
    stays_guest_until(lambda: client.state.caller is not None)
    return _stream(_events(app, client, event.idle_timeout, event.max_timeout))


@blueprint.post("/api/realtime")
def subscribe() -> flask.Response:
    """Replace a client's whole set of subscriptions; it gets what the record that asks may see."""
    app, body = current(), read_body()
    client_id, topics = _read(body)
    app.realtime.state(client_id)
    event = RealtimeSubscribeEvent(app, client_id, request_info("realtime"), topics)
    where, record = whereabouts(), current_user.record
    event.operation = lambda: app.realtime.subscribe(client_id, where, record, event.subscriptions)
    app.plugins.run("on_realtime_subscribe_request", event)
    return nothing()


def _stream(events: Iterator[bytes]) -> flask.Response:
    response = flask.Response(events, content_type="text/event-stream")
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"
    return response


class _events:  # noqa: N801 an iterator that gives its place back even when it was never started
    def __init__(self, app: OneClick, client: Client, idle: float, longest: float) -> None:
        self._app, self._client, self._idle = app, client, idle
        self._end = time.monotonic() + longest
        self._client_left = client_left(flask.request.environ)
        self._open = True

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        until = min(time.monotonic() + self._idle, self._end)
        while not self._client_left() and (left := until - time.monotonic()) > 0:
            try:
                event = self._client.next(min(left, LOOK_SECONDS))
            except queue.Empty:
                continue
            if event is None:
                break
            return event
        self.close()
        raise StopIteration

    def close(self) -> None:
        if self._open:
            self._open = False
            self._app.realtime.disconnect(self._client)
            self._app.sockets.leave()


def _read(body: dict[str, Any]) -> tuple[str, list[str]]:
    """Return the client's id and its topics. Raises ``ValidationError``."""
    errors: FieldErrors = {}
    client_id, listed = body.get("clientId"), body.get("subscriptions")
    if not client_id or not isinstance(client_id, str):
        errors["clientId"] = field_error("validation_required", "Cannot be blank.")
    elif len(client_id) > LONGEST_ID:
        text = f"The length must be between 1 and {LONGEST_ID}."
        errors["clientId"] = field_error("validation_length_out_of_range", text, {"min": 1, "max": LONGEST_ID})
    if listed is not None and not (isinstance(listed, list) and all(isinstance(topic, str) for topic in listed)):
        raise BadRequest
    topics: list[str] = listed or []
    if len(topics) > MOST_TOPICS:
        errors["subscriptions"] = _too_long(MOST_TOPICS)
    elif long := {str(index): _too_long(LONGEST_TOPIC) for index, it in enumerate(topics) if len(it) > LONGEST_TOPIC}:
        errors["subscriptions"] = long
    if errors:
        raise ValidationError(errors, GENERIC)
    return str(client_id), topics


def _too_long(most: int) -> FieldErrors:
    text = f"The length must be no more than {most}."
    return field_error("validation_length_too_long", text, {"min": 0, "max": most})
