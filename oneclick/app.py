"""The web application: what is mounted, in which order; starting and ending a web process."""

from __future__ import annotations

import flask
from flask_login import LoginManager

from oneclick import web as pages
from oneclick.api import (
    answers,
    auth,
    bodies,
    collections,
    crons,
    files,
    guests,
    health,
    middleware,
    mounts,
    oauth2,
    openapi,
    realtime,
    records,
    requests,
    session,
    settings,
    sockets,
    ui,
)
from oneclick.auth.current import login_manager
from oneclick.auth.installer import installer_link, installer_token
from oneclick.core import EXTENSION, OneClick, build, current
from oneclick_hooks import ServeEvent

__all__ = ["OneClick", "build", "create_app", "current", "installer_link", "installer_token", "start_serving"]

RESOURCES = (health, records, auth, oauth2, files, collections, crons, settings, realtime, session, ui, openapi)
MOST_FORM_PARTS = 10_000


def create_app(one_click: OneClick) -> flask.Flask:
    """Return the Flask application of ``one_click``. Starts nothing; see :func:`start_serving`."""
    web = flask.Flask("oneclick.web", static_folder=None)
    web.extensions[EXTENSION] = one_click
    web.url_map.merge_slashes = False
    web.config["MAX_CONTENT_LENGTH"] = web.config["MAX_FORM_MEMORY_SIZE"] = bodies.MAX_BODY
    web.config["MAX_FORM_PARTS"] = MOST_FORM_PARTS
    web.config["PROPAGATE_EXCEPTIONS"] = False
    answers.install(web)
    middleware.install(web)
    _login(web)
    web.before_request(one_click.stay_fresh)
    guests.install(web, one_click.config.guest_requests)
    for resource in RESOURCES:
        web.register_blueprint(resource.blueprint)
    mounts.install(web, one_click)
    sockets.install(web, one_click)
    pages.install(web, one_click.config.public_dir)
    return web


def _login(web: flask.Flask) -> LoginManager:
    manager = login_manager(web)
    manager.request_loader(requests.load_user)
    return manager


def start_serving(web: flask.Flask) -> None:
    """Take a web process into service: once, after the fork and before its first request."""
    one_click: OneClick = web.extensions[EXTENSION]
    one_click.follow_schema()
    one_click.plugins.start("on_before_serve", ServeEvent(one_click, web))
