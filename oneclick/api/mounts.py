"""Mounting the routes of plugins, and answering 503 for those of plugins that are off."""

from __future__ import annotations

from typing import Any

import flask

from oneclick.api.needs import MARK
from oneclick.core import OneClick
from oneclick.errors import ConfigError, Unavailable, field_error
from oneclick_hooks import Mount

ROUTES = "pluginRoutes"

Routes = dict[str, list[list[Any]]]


def install(web: flask.Flask, app: OneClick) -> None:
    """Mount the plugins' blueprints. A view that states nothing of what it needs stops the start; a blueprint that
    cannot be mounted switches its plugin off."""
    routes: Routes = {}
    for plugin, mount in app.plugins.collect("register_blueprints"):
        if app.plugins.is_off(plugin):
            continue
        try:
            found = _rehearse(web, plugin, mount)
        except ConfigError:
            raise
        except Exception as error:  # noqa: BLE001 a plugin's blueprint may be anything
            app.plugins.switch_off(plugin, error)
            continue
        web.register_blueprint(mount.blueprint, url_prefix=mount.prefix or None)
        routes.setdefault(plugin, []).extend(found)
    _stand_in(web, app, routes)


def _rehearse(web: flask.Flask, plugin: str, mount: Mount) -> list[list[Any]]:
    """Mount a blueprint on an application of its own first: Flask cannot take one back. Return its routes."""
    name = mount.blueprint.name
    if name in web.blueprints:
        raise ValueError(f"The blueprint name {name!r} is taken.")
    stage = flask.Flask("rehearsal", static_folder=None)
    stage.register_blueprint(mount.blueprint, url_prefix=mount.prefix or None)
    found = []
    for rule in stage.url_map.iter_rules():
        view = stage.view_functions[rule.endpoint]
        if not hasattr(view, MARK) and not rule.endpoint.endswith(".static"):
            raise ConfigError(
                f"The view {rule.endpoint} ({rule.rule}) of the plugin {plugin} does not say what it needs: "
                "put @needs(…) below its route."
            )
        found.append([rule.rule, sorted(rule.methods or ())])
    return found


def _stand_in(web: flask.Flask, app: OneClick, routes: Routes) -> None:
    """Answer 503 where a plugin that is off had its routes when it last ran."""
    known: Routes = app.params.get(ROUTES, {})
    off = {broken.name for broken in app.plugins.broken if app.plugins.is_off(broken.name)}
    for plugin in off & known.keys():
        for number, (rule, methods) in enumerate(known[plugin]):
            view = _off(plugin)
            web.add_url_rule(rule, f"off:{plugin}:{number}", view, methods=methods, provide_automatic_options=False)
    remembered = {plugin: known[plugin] for plugin in off & known.keys()} | routes
    if remembered != known:
        app.params.set(ROUTES, remembered)


def _off(plugin: str) -> Any:
    def off(**_variables: Any) -> flask.Response:
        text = f"The plugin {plugin} that answers here is off"
        raise Unavailable(text, {"plugin": field_error("plugin_off", text)})

    return off
