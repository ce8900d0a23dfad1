"""JSON answers, and the shape of errors."""

from __future__ import annotations

import logging
from typing import Any

import flask
import orjson
from werkzeug.exceptions import HTTPException, MethodNotAllowed, RequestEntityTooLarge
from werkzeug.routing.exceptions import WebsocketMismatch

from oneclick.errors import ApiError, BadRequest, NotFound, TooLarge
from oneclick.records.picker import pick

log = logging.getLogger(__name__)

JSON = "application/json"


def answer(data: Any, status: int = 200) -> flask.Response:
    """Return ``data`` as JSON, cut down to what the query's ``fields`` asks for."""
    if 200 <= status < 300 and (fields := flask.request.args.get("fields", "")):
        data = pick(data, fields)
    return raw(data, status)


def raw(data: Any, status: int = 200) -> flask.Response:
    """Return ``data`` as JSON as it is."""
    return flask.Response(orjson.dumps(data), status, content_type=JSON)


def nothing() -> flask.Response:
    """Return 204."""
    return flask.Response(status=204)


def error_answer(error: ApiError) -> flask.Response:
    """Return an error in PocketBase's shape."""
    return raw(error.body(), error.status)


def install(web: flask.Flask) -> None:
    """Make every error of ``web`` answer in one shape."""
    web.register_error_handler(ApiError, error_answer)
    web.register_error_handler(HTTPException, _http_error)
    web.register_error_handler(Exception, _unexpected)


def _http_error(error: HTTPException) -> flask.typing.ResponseReturnValue:
    if error.response is not None:
        return error.response
    if isinstance(error, RequestEntityTooLarge):
        return error_answer(TooLarge())
    # A wrong method on a known path is an unknown path: there is no 405.
    if isinstance(error, MethodNotAllowed | WebsocketMismatch) or error.code == 404:
        return error_answer(NotFound())
    if error.code is not None and 300 <= error.code < 400:
        return error
    return error_answer(BadRequest(status=error.code or 500))


def _unexpected(error: Exception) -> flask.Response:
    log.error("%s %s failed", flask.request.method, flask.request.path, exc_info=error)
    return error_answer(ApiError(status=500))
