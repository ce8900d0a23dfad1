"""Plugins: finding them, their order, keeping a broken one from the rest, and calling hooks.

One manager per application. Built-ins come first, then other installed ones by entry-point name, then the files in
``$ONECLICK_DATA/plugins`` by file name. A plugin that cannot be imported or registered, or whose registration hook
raises, is switched off by name; the rest runs on.
"""

from oneclick.plugins.discovery import DISTRIBUTION, PluginSettings, load_plugins
from oneclick.plugins.kinds import BrokenPlugin, HookCount, LoadedPlugin, PluginError
from oneclick.plugins.manager import Plugins
from oneclick.plugins.operations import CORE, OPERATION_HOOKS

__all__ = [
    "CORE",
    "DISTRIBUTION",
    "OPERATION_HOOKS",
    "BrokenPlugin",
    "HookCount",
    "LoadedPlugin",
    "PluginError",
    "PluginSettings",
    "Plugins",
    "load_plugins",
]
