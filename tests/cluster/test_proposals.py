"""What other plugins ask for: the image that runs, and a rollout with another tag."""

from __future__ import annotations

import copy

from kit_app import Installation, image, manifest

from oneclick_hooks.kubernetes import RolloutProposal
from oneclick_kubernetes.cluster.client import Client


def test_an_update_proposes_a_tag_through_the_same_path(installation: Installation, client: Client) -> None:
    app = installation.app
    project, deployment = installation.deployment()
    image_of = {"registry": "docker.io", "repository": "library/nginx", "tag": "1.27", "username": "u", "password": "p"}
    first = installation.roll_out(project, deployment, manifest(image=image_of))
    _, nothing = installation.deployment()
    images = app.plugins.hook.rollout_images(app=app, deployments=[deployment, nothing, "unknown"])
    assert list(images) == [deployment]
    running = images[deployment]
    assert "'p'" not in repr(running)
    assert (running.rollout, running.tag, running.password) == (first.id, "1.27", "p")
    proposal = RolloutProposal(deployment, "1.28", "auto-update", expected_rollout=first.id)
    second = app.plugins.hook.rollout_propose(app=app, proposal=proposal)
    assert second["cause"] == "auto-update"
    assert second["phase"] in ("progressing", "healthy")
    assert image(client, project, deployment) == "1.28"
    assert app.secrets.open(second, "manifest")["spec"]["image"]["password"] == "p"
    # Somebody was quicker: nothing happens.
    assert app.plugins.hook.rollout_propose(app=app, proposal=proposal) is None
    assert image(client, project, deployment) == "1.28"


def test_an_update_may_fix_the_content_of_a_tag(installation: Installation, client: Client) -> None:
    app, digest = installation.app, "sha256:" + "ab" * 32
    project, deployment = installation.deployment()
    installation.roll_out(project, deployment, manifest("1.27"))
    proposal = RolloutProposal(deployment, "1.27", "auto-update", digest=digest)
    fixed = app.plugins.hook.rollout_propose(app=app, proposal=proposal)
    assert image(client, project, deployment) == f"1.27@{digest}"
    assert app.plugins.hook.rollout_images(app=app, deployments=[deployment])[deployment].digest == digest
    # A page sends the manifest as it is: what is fixed stays so, until the tag is another.
    same = installation.roll_out(project, deployment, fixed["manifest"])
    assert same["manifest"]["spec"]["image"]["digest"] == digest
    changed = copy.deepcopy(fixed["manifest"])
    changed["spec"]["image"]["tag"] = "1.28"
    other = installation.roll_out(project, deployment, changed)
    assert "digest" not in other["manifest"]["spec"]["image"]
    assert image(client, project, deployment) == "1.28"
    # Who names a digest of their own gets it.
    changed["spec"]["image"]["digest"] = "sha256:" + "cd" * 32
    installation.roll_out(project, deployment, changed)
    assert image(client, project, deployment) == "1.28@sha256:" + "cd" * 32
