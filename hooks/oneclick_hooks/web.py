"""Hooks by which a plugin adds routes, sockets, documentation and pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from oneclick_hooks.events import Mount, Socket, UiExtension
from oneclick_hooks.markers import hookspec
from oneclick_hooks.protocols import App


@hookspec
def register_blueprints() -> Iterable[Mount]:
    """Return Flask blueprints and where to mount them. Every view states what it needs (``oneclick.needs``); one that
    states nothing stops the start."""
    return ()


@hookspec
def register_sockets() -> Iterable[Socket]:
    """Return websocket endpoints, each with what it needs."""
    return ()


@hookspec
def register_openapi() -> Mapping[str, Any]:
    """Return ``{"paths": …, "components": …}`` to merge into the OpenAPI document; each route must be in it."""
    return {}


@hookspec
def register_ui() -> Iterable[UiExtension]:
    """Return what this plugin adds to the browser UI."""
    return ()


@hookspec
def register_notices(app: App) -> Iterable[str]:
    """Return sentences that every page of the browser UI shows in a banner, for as long as they hold."""
    return ()
