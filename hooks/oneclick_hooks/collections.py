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
def extend_collections() -> Mapping[str, Iterable[Mapping[str, Any]]]:
    """Return fields to add to collections of other plugins: ``{collection name: [field definitions]}``. Ignored for a
    collection that is not there."""
    return {}
