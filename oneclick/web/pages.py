"""The pages: the application at ``/``, the admin pages at ``/_/``, and unknown paths for the application's router."""

from __future__ import annotations

from pathlib import Path

import flask

from oneclick.errors import NotFound
from oneclick.web.files import find, send
from oneclick.web.missing import MISSING_PAGE

STATIC = Path(__file__).parent / "static"
ADMIN = "_"

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        # The component library sets styles on elements.
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        # The graph's layout runs in a worker made from a blob.
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)

blueprint = flask.Blueprint("web", __name__)


def install(web: flask.Flask, public_dir: Path | None, static: Path = STATIC) -> None:
    """Mount the pages. Comes after all other routes: their first segments belong to no page."""
    web.extensions["oneclick_pages"] = _Pages(public_dir, static, _reserved(web))
    web.register_blueprint(blueprint)


class _Pages:
    """Where pages come from. ``reserved`` are the first segments of paths that belong to the API and the plugins."""

    def __init__(self, public_dir: Path | None, static: Path, reserved: frozenset[str]) -> None:
        self.public_dir, self.static, self.reserved = public_dir, static, reserved

    def application(self, path: str) -> flask.Response:
        """Return a file, or the page whose router knows the path."""
        if path.partition("/")[0] in self.reserved:
            raise NotFound("File not found.")
        if self.public_dir is not None:
            found = find(self.public_dir, path) or find(self.public_dir, f"{path}/index.html")
            if found is not None:
                return send(found, path)
        if path and path != "index.html" and (found := find(self.static, path)) is not None:
            return _guarded(send(found, path))
        if path.startswith("assets/"):
            raise NotFound("File not found.")
        return self._index(self.public_dir) if self.public_dir is not None else _guarded(self._index(self.static))

    def admin(self, path: str) -> flask.Response:
        """Return a file of the admin pages, or their page."""
        folder = self.static / ADMIN
        found = find(folder, path) if path else None
        return _guarded(send(found, path) if found is not None else self._index(folder))

    def _index(self, folder: Path) -> flask.Response:
        index = find(folder, "index.html")
        if index is not None:
            return send(index, "index.html")
        if folder == self.public_dir:
            raise NotFound("File not found.")
        return flask.Response(
            MISSING_PAGE, content_type="text/html; charset=utf-8", headers={"Cache-Control": "no-cache"}
        )


def _reserved(web: flask.Flask) -> frozenset[str]:
    segments = {rule.rule.strip("/").partition("/")[0] for rule in web.url_map.iter_rules()}
    return frozenset({"api", *(segment for segment in segments if segment and not segment.startswith("<"))})


def _guarded(response: flask.Response) -> flask.Response:
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    response.headers["Referrer-Policy"] = "same-origin"
    # The sign-in page sees whether a login provider's window is still open, and closes it.
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin-allow-popups"
    return response


def _pages() -> _Pages:
    pages: _Pages = flask.current_app.extensions["oneclick_pages"]
    return pages


@blueprint.get("/_")
def admin_without_slash() -> flask.Response:
    """Redirect to the admin pages."""
    return flask.Response(status=307, headers={"Location": "/_/"})


@blueprint.get("/_/extensions.js")
def extensions() -> flask.Response:
    """Send an empty script, which PocketBase's admin pages wait for."""
    # Our own ask GET /api/ui.
    return flask.Response("", content_type="text/javascript; charset=utf-8")


@blueprint.get("/_/")
@blueprint.get("/_/<path:path>")
def admin(path: str = "") -> flask.Response:
    """Send the admin pages."""
    return _pages().admin(path)


@blueprint.get("/")
@blueprint.get("/<path:path>")
def application(path: str = "") -> flask.Response:
    """Send the application's pages."""
    return _pages().application(path)
