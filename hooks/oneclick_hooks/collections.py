"""Hooks by which a plugin declares collections."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from oneclick_hooks.markers import hookspec


@hookspec
def register_collections() -> Iterable[Mapping[str, Any]]:
    """Return collection definitions in PocketBase's JSON shape (``name``, ``type``, ``fields``, rules, ``indexes``;
    with a fixed ``id`` where one is wanted). They are made or brought up to date at start; fields that
    superusers added stay."""
    return ()


@hookspec
def extend_collections() -> Mapping[str, Mapping[str, Any]]:
    """Return what to add to collections of others: ``{collection name: {"fields": [definitions], "rules": {"listRule":
    "…"}, "shows": [names]}}``. A rule is OR-ed to the stored one when it is evaluated, and never stored. Where there is
    ``shows``, records that a client sees by these rules alone show him only the fields that it names: others are
    neither sent nor matched by his filters and sorts. Ignored for a collection that is not there."""
    return {}
