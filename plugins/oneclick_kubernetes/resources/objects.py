"""What all rendered objects share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from oneclick_kubernetes import names

Object = dict[str, Any]
"""A Kubernetes object as JSON data."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a manifest is rendered to: a project (the namespace) and a deployment in it."""

    project: str
    deployment: str

    @property
    def selector(self) -> dict[str, str]:
        """The labels that Services and the Deployment select by. They hold ids only: a selector can never change."""
        return names.selector_labels(self.project, self.deployment)

    def object(self, api_version: str, kind: str, name: str, labels: Mapping[str, str] | None = None) -> Object:
        """Begin an object; it carries the selector's labels unless others are given.

        There are no owner references: the original's made the cluster delete volumes with a rollout (§2.4/3).
        """
        metadata = {
            "name": name,
            "namespace": self.project,
            "labels": dict(self.selector if labels is None else labels),
        }
        return {"apiVersion": api_version, "kind": kind, "metadata": metadata}


def filled(**fields: Any) -> dict[str, Any]:
    """Return the fields that say something: neither ``None`` nor an empty text, list or object."""
    return {name: value for name, value in fields.items() if value not in (None, "", [], {}, ())}
