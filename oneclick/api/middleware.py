"""What every answer carries: security headers, CORS, and 204 for each OPTIONS."""

from __future__ import annotations

import flask

SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "X-XSS-Protection": "1; mode=block",
    "Cross-Origin-Opener-Policy": "same-origin",
}
METHODS = "GET,HEAD,PUT,PATCH,POST,DELETE"


def install(web: flask.Flask) -> None:
    """Give ``web`` the headers and the preflight answers."""
    web.before_request(_preflight)
    web.after_request(_headers)


def allow_frames() -> None:
    """Let pages elsewhere show this request's answer in a frame."""
    flask.g.oneclick_framed = True


def _preflight() -> flask.Response | None:
    if flask.request.method != "OPTIONS":
        return None
    response = flask.Response(status=204)
    if "Access-Control-Request-Method" in flask.request.headers:
        response.headers["Access-Control-Allow-Methods"] = METHODS
        response.vary.update(("Access-Control-Request-Method", "Access-Control-Request-Headers"))
    if wanted := flask.request.headers.get("Access-Control-Request-Headers"):
        response.headers["Access-Control-Allow-Headers"] = wanted
    return response


def _headers(response: flask.Response) -> flask.Response:
    for name, value in SECURITY.items():
        response.headers.setdefault(name, value)
    # No credentials: tokens travel in a header, so that any origin may ask.
    if "Origin" in flask.request.headers:
        response.headers["Access-Control-Allow-Origin"] = "*"
    response.vary.add("Origin")
    if flask.g.get("oneclick_framed"):
        del response.headers["X-Frame-Options"]
    return response
