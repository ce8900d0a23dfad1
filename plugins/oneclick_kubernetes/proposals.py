"""What other plugins may ask for: the image that runs, and a rollout with another tag."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from oneclick.errors import NotFound
from oneclick_hooks.kubernetes import RolloutProposal, RunningImage
from oneclick_hooks.protocols import Record
from oneclick_kubernetes import phases, rendering
from oneclick_kubernetes.collections import DEPLOYMENTS, ROLLOUTS
from oneclick_kubernetes.intent import AUTHOR_LENGTH, Intent, NoLongerRunning, meaning


def running_image(app: Any, deployment: str) -> RunningImage | None:
    """Return the image of the deployment's running rollout with its credentials in plain text."""
    rollout = phases.running_rollout(app, deployment)
    if rollout is None:
        return None
    image: Mapping[str, Any] = rendering.plain_manifest(app, rollout)["spec"]["image"]
    return RunningImage(
        rollout=rollout.id,
        registry=str(image["registry"]),
        repository=str(image["repository"]),
        tag=str(image["tag"]),
        username=str(image.get("username") or ""),
        password=str(image.get("password") or ""),
    )


def propose(app: Any, proposal: RolloutProposal) -> Record | None:
    """Roll out the proposed tag through the write path; ``None`` when the expected rollout no longer runs."""
    rollout = phases.running_rollout(app, proposal.deployment)
    if rollout is None:
        if app.records.find(DEPLOYMENTS, proposal.deployment) is None:
            raise NotFound
        return None
    if proposal.expected_rollout and rollout.id != proposal.expected_rollout:
        return None
    # Sealed values stay sealed: they are the same deployment's.
    manifest = copy.deepcopy(rollout["manifest"])
    manifest["spec"]["image"]["tag"] = proposal.tag
    values = {name: rollout[name] for name in ("user", "project", "deployment")}
    record = app.records.new(ROLLOUTS, {**values, "manifest": manifest})
    intent = Intent(proposal.cause, proposal.author[:AUTHOR_LENGTH], expected=rollout.id)
    try:
        with meaning(intent):
            saved: Record = app.records.save(record)
    except NoLongerRunning:
        return None
    return saved
