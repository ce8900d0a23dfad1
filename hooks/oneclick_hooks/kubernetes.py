"""What the Kubernetes plugin offers to others, and asks of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from oneclick_hooks.markers import hookspec
from oneclick_hooks.protocols import App, Record


@dataclass(frozen=True, slots=True)
class ClusterConnection:
    """How to reach a cluster: a kubeconfig file, or the in-cluster configuration when ``kubeconfig`` is ``None``.

    ``notice`` is a sentence that every page shows (a demonstration says there that nothing really runs), else empty.
    """

    kubeconfig: str | None
    context: str | None = None
    notice: str = ""


@dataclass(frozen=True, slots=True)
class RunningImage:
    """The image of a deployment's running rollout, credentials resolved. ``digest`` (``sha256:…``) is empty unless the
    manifest fixes the content."""

    rollout: str
    registry: str
    repository: str
    tag: str
    digest: str = ""
    username: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class RolloutProposal:
    """Roll out ``deployment`` with another image tag, through the same write path as a person's change.

    With a ``digest`` (``sha256:…``) the new rollout runs that very content of the tag, without one whatever the tag
    leads to when a node pulls it."""

    deployment: str
    tag: str
    cause: str
    author: str = ""
    expected_rollout: str = ""
    digest: str = ""


@hookspec(firstresult=True)
def kubernetes_connect(app: App) -> ClusterConnection | None:
    """Return the cluster to use when the configuration names none; the first answer that is not ``None`` counts."""


@hookspec(firstresult=True)
def rollout_images(app: App, deployments: Collection[str]) -> Mapping[str, RunningImage]:
    """Return the images of the deployments' running rollouts by deployment; those without one are left out.

    A handful of queries serves any number of deployments."""
    return {}


@hookspec(firstresult=True)
def rollout_propose(app: App, proposal: RolloutProposal) -> Record | None:
    """Make a rollout from a proposal and return its record; ``None`` when ``expected_rollout`` no longer runs.

    Raises ``ApiError`` when it is refused (validation, quota, rights)."""


@hookspec
def on_rollout_objects(app: App, rollout: Record, objects: list[dict[str, Any]]) -> None:
    """The Kubernetes objects of a rollout are rendered and about to be applied; they may be changed in place."""


@hookspec
def on_rollout_object_applied(app: App, rollout: Record, applied: dict[str, Any], position: int, total: int) -> None:
    """One object of a rollout is in the cluster; ``position`` counts from 1 to ``total``."""


MANIFEST_SECRET_PATHS = ("spec.secrets[].value", "spec.image.password", "spec.cronjobs[].image.password")
"""Where a rollout manifest holds secret values; collections that store manifests name them as ``secretPaths``."""
