"""Hooks around PocketBase's realtime connections."""

from __future__ import annotations

from oneclick_hooks.events import RealtimeConnectEvent, RealtimeSubscribeEvent
from oneclick_hooks.markers import hookspec


@hookspec
def on_realtime_connect_request(event: RealtimeConnectEvent) -> None:
    """A client opens ``GET /api/realtime``."""


@hookspec
def on_realtime_subscribe_request(event: RealtimeSubscribeEvent) -> None:
    """A client sets its subscriptions by ``POST /api/realtime``."""
