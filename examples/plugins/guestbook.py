"""A guestbook: one file that adds a collection, a route, a websocket and a scheduled job, and says no with a sentence.

Put it into ``$ONECLICK_DATA/plugins/``, or install it as a package with an entry point in the group
``oneclick.plugins``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Blueprint, Response, jsonify

from oneclick import BadRequest, SocketConnection, current, needs
from oneclick_hooks import Job, Mount, RecordEvent, Schedule, Socket, hookimpl, on
from oneclick_hooks.protocols import App

blueprint = Blueprint("guestbook", __name__)
SIGNED_IN = '@request.auth.id != ""'


@hookimpl
def register_collections() -> Iterable[Mapping[str, Any]]:
    """Add the collection ``guestbook``: everybody who is signed in reads and writes it."""
    return (
        {
            "name": "guestbook",
            "type": "base",
            "listRule": SIGNED_IN,
            "viewRule": SIGNED_IN,
            "createRule": SIGNED_IN,
            "fields": [
                {"name": "message", "type": "text", "required": True, "max": 200},
                {"name": "created", "type": "autodate", "onCreate": True},
            ],
        },
    )


@hookimpl
@on("guestbook")
def on_record_create(event: RecordEvent) -> None:
    """Refuse shouting."""
    message = str(event.record["message"])
    if len(message) > 3 and message.isupper():
        raise BadRequest("Please do not shout in the guestbook")


@blueprint.get("/count")
@needs("auth")
def count() -> Response:
    """Answer how many entries there are."""
    return jsonify({"entries": current().records.count("guestbook")})


@hookimpl
def register_blueprints() -> Iterable[Mount]:
    """Add ``GET /api/guestbook/count``."""
    return (Mount(blueprint, "/api/guestbook"),)


def greet(connection: SocketConnection) -> None:
    """Greet whoever connects by name."""
    user = connection.user
    connection.send({"greeting": f"Welcome, {user.get('name') or user['email']}"})
    connection.wait()


@hookimpl
def register_sockets() -> Iterable[Socket]:
    """Add ``/ws/guestbook``."""
    return (Socket("/ws/guestbook", greet, needs="auth"),)


def tidy(app: App) -> int:
    """Keep the newest thousand entries; return how many went."""
    old = app.records.list("guestbook", sort="-created", offset=1000)
    for record in old:
        app.records.delete(record)
    return len(old)


@hookimpl
def register_jobs() -> Iterable[Job]:
    """Let workers tidy up."""
    return (Job("guestbook.tidy", tidy),)


@hookimpl
def register_schedules(app: App) -> Iterable[Schedule]:
    """Tidy up each night at three."""
    return (Schedule("guestbook.tidy", "0 3 * * *", "guestbook.tidy"),)


@hookimpl
def register_openapi() -> Mapping[str, Any]:
    """Describe the route."""
    return {
        "paths": {
            "/api/guestbook/count": {
                "get": {
                    "operationId": "countGuestbook",
                    "responses": {"200": {"description": "How many entries there are"}},
                }
            }
        }
    }
