"""Hooks by which a plugin adds settings that superusers edit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from oneclick_hooks.markers import hookspec


@hookspec
def register_settings() -> Mapping[str, Any]:
    """Return ``{section: msgspec struct type}``: validated, stored, and shown in the admin pages under its name."""
    return {}
