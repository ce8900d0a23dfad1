"""Namespace."""

from __future__ import annotations

from oneclick_kubernetes import names
from oneclick_kubernetes.resources.objects import Object, filled


def namespace_object(project_id: str, *, user_id: str = "", username: str = "", display_name: str = "") -> Object:
    """Return a project's namespace, labelled with its owner as far as the owner's names make labels (§3.4)."""
    labels = {
        names.PROJECT_LABEL: project_id,
        **filled(
            **{
                names.USER_LABEL: names.label_safe(user_id),
                names.USERNAME_LABEL: names.label_safe(username),
                names.DISPLAY_NAME_LABEL: names.label_safe(display_name),
            }
        ),
    }
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": project_id, "labels": labels}}
