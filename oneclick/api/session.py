"""``POST /api/session/end``: signing out takes the socket cookie away."""

from __future__ import annotations

import flask

from oneclick.api.answers import nothing
from oneclick.api.cookie import clear_cookie

blueprint = flask.Blueprint("session", __name__)


@blueprint.post("/api/session/end")
def end() -> flask.Response:
    """Clear the socket cookie. Tokens end by themselves, or all at once when the password changes."""
    response = nothing()
    clear_cookie(response)
    return response
