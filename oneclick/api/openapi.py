"""``GET /api/openapi.json``: every route, with what the plugins say of theirs."""

from __future__ import annotations

import inspect
import re
from importlib import metadata
from typing import Any

import flask
from werkzeug.routing import Rule

from oneclick.api.answers import JSON, raw
from oneclick.api.needs import MARK
from oneclick.core import OneClick, current
from oneclick.plugins import DISTRIBUTION

blueprint = flask.Blueprint("openapi", __name__)

EXTENSION = "oneclick_openapi"

_VARIABLE = re.compile(r"<(?:[^<>:]+:)?([^<>]+)>")
_ERROR = {"$ref": "#/components/schemas/Error"}
_SCHEMAS: dict[str, Any] = {
    "Error": {
        "type": "object",
        "required": ["status", "message", "data"],
        "properties": {
            "status": {"type": "integer"},
            "message": {"type": "string"},
            "data": {"type": "object", "additionalProperties": True},
        },
    }
}
_TOKEN = {
    "type": "apiKey",
    "in": "header",
    "name": "Authorization",
    "description": "A record's token, with or without “Bearer ”.",
}
_PUBLIC = ("/api/health", "/api/ui", "/api/openapi.json", "/api/realtime", "/api/session/end")


@blueprint.get("/api/openapi.json")
def document() -> flask.Response:
    """Describe the whole API in OpenAPI's terms."""
    known = flask.current_app.extensions
    # Routes and plugins stay as they are while the process runs, and the description costs a tenth of a second.
    if EXTENSION not in known:
        known[EXTENSION] = raw(describe(flask.current_app, current())).get_data()
    response = flask.Response(known[EXTENSION], content_type=JSON)
    response.add_etag()
    response.make_conditional(flask.request)
    return response


def describe(web: flask.Flask, app: OneClick) -> dict[str, Any]:
    """Return the OpenAPI document of all that ``web`` answers."""
    paths: dict[str, dict[str, Any]] = {}
    components: dict[str, Any] = {"schemas": dict(_SCHEMAS), "securitySchemes": {"token": _TOKEN}}
    for _, part in app.plugins.collect("register_openapi", tolerate=True):
        for path, operations in part.get("paths", {}).items():
            paths.setdefault(path, {}).update(operations)
        for kind, named in part.get("components", {}).items():
            components.setdefault(kind, {}).update(named)
    known = {_shape(path): path for path in paths}
    taken = {str(operation.get("operationId")) for item in paths.values() for operation in item.values()}
    for rule in sorted(web.url_map.iter_rules(), key=lambda rule: rule.rule):
        path = _VARIABLE.sub(r"{\1}", rule.rule)
        operations = paths.setdefault(known.get(_shape(path), path), {})
        for method in _methods(rule):
            if method not in operations:
                operations[method] = _operation(web, rule, method, taken)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "One-Click",
            "version": metadata.version(DISTRIBUTION),
            "description": "Puts container images into production on Kubernetes and shows them live.",
        },
        "paths": dict(sorted(paths.items())),
        "components": components,
    }


def _shape(path: str) -> str:
    """Return a path without its variables' names: two that differ in those alone are the same route."""
    return re.sub(r"\{[^{}]*\}", "{}", path)


def _methods(rule: Rule) -> list[str]:
    if rule.websocket:
        return ["get"]
    return sorted(method.lower() for method in (rule.methods or ()) if method not in ("HEAD", "OPTIONS"))


def _identifier(rule: Rule, method: str, taken: set[str]) -> str:
    """Return a name for an operation that no other has."""
    plain = re.sub(r"\W+", "_", rule.endpoint).strip("_")
    choices = (plain, f"{plain}_{method}", *(f"{plain}_{method}_{number}" for number in range(2, 1000)))
    name = next(choice for choice in choices if choice not in taken)
    taken.add(name)
    return name


def _operation(web: flask.Flask, rule: Rule, method: str, taken: set[str]) -> dict[str, Any]:
    view = web.view_functions[rule.endpoint]
    summary = (inspect.getdoc(view) or "").partition("\n")[0]
    operation: dict[str, Any] = {
        "operationId": _identifier(rule, method, taken),
        "responses": _responses(rule, summary),
    }
    if summary:
        operation["summary"] = summary
    if rule.arguments:
        names = _VARIABLE.findall(rule.rule)
        operation["parameters"] = [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names
        ]
    if method in ("post", "patch", "put") and rule.rule.startswith("/api/"):
        operation["requestBody"] = {"content": {"application/json": {"schema": {"type": "object"}}}}
    if rule.rule.startswith("/api/") and rule.rule not in _PUBLIC:
        # A guest may ask too; the rules decide what he gets.
        operation["security"] = [{"token": []}, {}]
    elif getattr(view, MARK, ("public",)) != ("public",):
        operation["security"] = [{"token": []}]
    return operation


def _responses(rule: Rule, summary: str) -> dict[str, Any]:
    if rule.websocket:
        return {"101": {"description": summary or "WebSocket connection established"}}
    responses: dict[str, Any] = {"200": {"description": summary or "The answer"}}
    if rule.rule.startswith("/api/"):
        error = {"description": "An error", "content": {"application/json": {"schema": _ERROR}}}
        responses["default"] = error
    return responses
