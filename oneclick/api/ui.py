"""``GET /api/ui``: what the browser UI needs to know before anybody signs in."""

from __future__ import annotations

from importlib import metadata

import flask

from oneclick.api.answers import answer
from oneclick.api.requests import require_superuser
from oneclick.auth.installer import has_superuser
from oneclick.core import current
from oneclick.plugins import DISTRIBUTION

blueprint = flask.Blueprint("ui", __name__)


@blueprint.get("/api/ui")
def describe() -> flask.Response:
    """Return the notices for every page, the plugins' pages, the version, and whether people may sign up."""
    app = current()
    extensions = [
        {
            "id": item.id,
            "plugin": name,
            "kind": item.kind,
            "title": item.title,
            "module": item.module,
            "path": item.path,
        }
        for name, item in app.plugins.collect("register_ui", tolerate=True)
    ]
    return answer(
        {
            "notices": [text for _, text in app.plugins.collect("register_notices", tolerate=True, app=app)],
            "extensions": extensions,
            "version": metadata.version(DISTRIBUTION),
            "signup": app.config.signup,
            "needsSetup": not has_superuser(app),
        }
    )


@blueprint.get("/api/plugins")
def plugins() -> flask.Response:
    """List the plugins for the admin pages: those that run, and those that are off with their tracebacks."""
    require_superuser()
    found = current().plugins
    calls: dict[str, list[dict[str, object]]] = {}
    for (plugin, hook), count in sorted(found.counts.items()):
        entry = {"hook": hook, "calls": count.calls, "errors": count.errors, "seconds": round(count.seconds, 6)}
        calls.setdefault(plugin, []).append(entry)
    running = [
        {"name": item.name, "source": item.source, "state": "on", "hooks": calls.get(item.name, [])}
        for item in found.loaded
    ]
    off = [
        {"name": item.name, "source": item.source, "state": "off", "error": item.error, "traceback": item.traceback}
        for item in found.broken
    ]
    return answer({"items": running + off})
