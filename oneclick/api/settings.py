"""``/api/settings``: superusers only."""

from __future__ import annotations

import flask

from oneclick.api.answers import answer
from oneclick.api.bodies import read_body
from oneclick.api.requests import require_superuser
from oneclick.core import current

blueprint = flask.Blueprint("settings", __name__)


@blueprint.get("/api/settings")
def view() -> flask.Response:
    """Show the settings without their secrets."""
    require_superuser()
    return answer(current().settings.public())


@blueprint.patch("/api/settings")
def update() -> flask.Response:
    """Merge what is sent into the settings."""
    require_superuser()
    return answer(current().settings.update(read_body()))
