"""Events of the cluster as clients see them."""

from __future__ import annotations

from typing import Any


def described(event: dict[str, Any]) -> dict[str, Any]:
    """Return an event with the original's three keys, and what it left out: when, how often, and of what."""
    about = event.get("involvedObject") or {}
    series = event.get("series") or {}
    return {
        "reason": str(event.get("reason") or ""),
        "message": str(event.get("message") or ""),
        "typus": str(event.get("type") or "Normal"),
        "time": time_of(event),
        "count": int(series.get("count") or event.get("count") or 1),
        "kind": str(about.get("kind") or ""),
        "name": str(about.get("name") or ""),
    }


def time_of(event: dict[str, Any]) -> str:
    """Return when an event happened last."""
    series = event.get("series") or {}
    return str(
        series.get("lastObservedTime")
        or event.get("lastTimestamp")
        or event.get("eventTime")
        or (event.get("metadata") or {}).get("creationTimestamp")
        or ""
    )
