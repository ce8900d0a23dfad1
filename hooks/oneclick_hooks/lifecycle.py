"""Hooks of the process: bootstrap, before serve, terminate."""

from __future__ import annotations

from oneclick_hooks.events import AppEvent, ServeEvent, TerminateEvent
from oneclick_hooks.markers import hookspec


@hookspec
def on_bootstrap(event: AppEvent) -> None:
    """The application is built and its collections are in the database; in every process
    (web, worker, scheduler, CLI)."""


@hookspec
def on_before_serve(event: ServeEvent) -> None:
    """Once in each web process, after the fork and before its first request; a ``ConfigError`` stops the start."""


@hookspec
def on_before_schedule(event: AppEvent) -> None:
    """Once in each scheduler process, before it stands for leader; a ``ConfigError`` stops the start."""


@hookspec
def on_terminate(event: TerminateEvent) -> None:
    """The process ends: close what was opened."""
