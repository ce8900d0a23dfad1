"""What other plugins may ask for: the images that run, and a rollout with another tag."""

from __future__ import annotations

import copy
import logging
from collections.abc import Collection, Mapping
from typing import Any

from oneclick.errors import NotFound
from oneclick_hooks.kubernetes import RolloutProposal, RunningImage
from oneclick_hooks.protocols import Record
from oneclick_kubernetes import phases, rendering
from oneclick_kubernetes.collections import DEPLOYMENTS, ROLLOUTS
from oneclick_kubernetes.intent import AUTHOR_LENGTH, Intent, NoLongerRunning, meaning

log = logging.getLogger(__name__)

CHUNK = 500


def running_images(app: Any, deployments: Collection[str]) -> Mapping[str, RunningImage]:
    """Return the images of running rollouts by deployment, with their credentials in plain text.

    A manifest that cannot be read is logged and left out: it hides no other's image.
    """
    collection = app.collections.get(ROLLOUTS)
    wanted = list(dict.fromkeys(deployments))
    images: dict[str, RunningImage] = {}
    for start in range(0, len(wanted), CHUNK):
        query = app.records.query(collection)
        query.filter("endDate = ''")
        query.condition(collection.table.c.deployment.in_(wanted[start : start + CHUNK]))
        for rollout in query.records(CHUNK):
            try:
                images[rollout["deployment"]] = _image(app, rollout)
            except Exception:
                log.exception("the image of the rollout %s cannot be read", rollout.id)
    return images


def _image(app: Any, rollout: Record) -> RunningImage:
    image: Mapping[str, Any] = rendering.plain_manifest(app, rollout)["spec"]["image"]
    # A digest may also be written behind the tag.
    tag, _, digest = str(image["tag"]).partition("@")
    return RunningImage(
        rollout=rollout.id,
        registry=str(image["registry"]),
        repository=str(image["repository"]),
        tag=tag,
        digest=str(image.get("digest") or digest),
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
    image = manifest["spec"]["image"]
    image.pop("digest", None)
    image |= {"tag": proposal.tag} | ({"digest": proposal.digest} if proposal.digest else {})
    values = {name: rollout[name] for name in ("user", "project", "deployment")}
    record = app.records.new(ROLLOUTS, {**values, "manifest": manifest})
    intent = Intent(proposal.cause, proposal.author[:AUTHOR_LENGTH], expected=rollout.id)
    try:
        with meaning(intent):
            saved: Record = app.records.save(record)
    except NoLongerRunning:
        return None
    return saved
