"""From a rollout's record to the objects that it wants."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from oneclick_hooks.protocols import Record
from oneclick_kubernetes.manifest import Manifest, parse
from oneclick_kubernetes.resources import namespace_object, render


def plain_manifest(app: Any, rollout: Record) -> Mapping[str, Any]:
    """Return a stored rollout's manifest with its secrets in plain text. Never store or send it."""
    opened: Mapping[str, Any] = app.secrets.open(rollout, "manifest")
    return opened


def objects_of(app: Any, rollout: Record, manifest: Manifest) -> list[dict[str, Any]]:
    """Return the objects of a manifest in the order in which they are applied, after plugins had their say."""
    objects = render(manifest, rollout["project"], rollout["deployment"])
    app.plugins.hook.on_rollout_objects(app=app, rollout=rollout, objects=objects)
    return objects


def stored_objects(app: Any, rollout: Record) -> list[dict[str, Any]]:
    """Return the objects of a stored rollout."""
    return objects_of(app, rollout, parse(plain_manifest(app, rollout)))


def namespace_of(app: Any, project: str) -> dict[str, Any]:
    """Return the namespace that a project wants."""
    record = app.records.find("projects", project)
    user = app.records.find("users", record["user"]) if record is not None else None
    if user is None:
        return namespace_object(project)
    return namespace_object(
        project, user_id=user.id, username=str(user.get("username") or ""), display_name=str(user.get("name") or "")
    )
