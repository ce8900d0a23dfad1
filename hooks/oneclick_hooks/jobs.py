"""Hooks by which a plugin adds background work, commands and settings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from oneclick_hooks.events import Job, Schedule
from oneclick_hooks.markers import hookspec
from oneclick_hooks.protocols import App


@hookspec
def register_jobs() -> Iterable[Job]:
    """Return the functions that RQ workers may run for this plugin."""
    return ()


@hookspec
def register_schedules(app: App) -> Iterable[Schedule]:
    """Return cron lines; the scheduler that holds the leader lock enqueues their jobs."""
    return ()


@hookspec
def register_loops(app: App) -> Mapping[str, Callable[[Any], None]]:
    """Return named functions that the leading scheduler runs, each in a thread of its own, until the event that it
    is given is set (``stop: threading.Event``). One that raises is started again with back-off."""
    return {}


@hookspec
def register_commands() -> Iterable[Any]:
    """Return click commands for ``oneclick``."""
    return ()


@hookspec
def register_services(app: App) -> Iterable[tuple[str, list[str]]]:
    """Return ``(name, argv)`` of processes that ``oneclick serve`` starts first and supervises."""
    return ()


@hookspec
def check_environment(environ: Mapping[str, str]) -> None:
    """Read and check this plugin's environment variables; raise ``ConfigError`` with a sentence that names the wrong
    one. Called at start, before anything is opened."""
