"""``GET /api/health``."""

from __future__ import annotations

from typing import Any

import flask

from oneclick.api.answers import answer
from oneclick.api.requests import address
from oneclick.auth.current import current_user

blueprint = flask.Blueprint("health", __name__)

PROXY_HEADERS = ("CF-Connecting-IP", "Fly-Client-IP", "X-Real-IP", "X-Forwarded-For")


@blueprint.get("/api/health")
def health() -> flask.Response:
    """Tell that the server answers; superusers also learn how they are seen."""
    data: dict[str, Any] = {}
    if current_user.is_superuser:
        headers = flask.request.headers
        data = {
            "canBackup": False,
            "realIP": address(),
            "possibleProxyHeader": next((name for name in PROXY_HEADERS if name in headers), ""),
        }
    return answer({"message": "API is healthy.", "code": 200, "data": data})
