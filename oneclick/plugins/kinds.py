"""What is known of a plugin: one that runs, one that is off, how often its hooks were called."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from oneclick.errors import OneClickError


class PluginError(OneClickError):
    """A plugin breaks the contract; the sentence says how."""


@dataclass(frozen=True, slots=True)
class LoadedPlugin:
    """A plugin that runs. ``source`` is ``built-in``, the distribution's name or the file's path."""

    name: str
    source: str
    module: Any


@dataclass(frozen=True, slots=True)
class BrokenPlugin:
    """A plugin that is switched off, and why."""

    name: str
    source: str
    error: str
    traceback: str


@dataclass(slots=True)
class HookCount:
    """How often an implementation ran, for how long, and how often it raised (a veto counts too)."""

    calls: int = 0
    seconds: float = 0.0
    errors: int = 0
