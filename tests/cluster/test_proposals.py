"""What other plugins ask for: the image that runs, and a rollout with another tag."""

from __future__ import annotations

from kit_app import Installation, image, manifest

from oneclick_hooks.kubernetes import RolloutProposal
from oneclick_kubernetes.cluster.client import Client


def test_an_update_proposes_a_tag_through_the_same_path(installation: Installation, client: Client) -> None:
    app = installation.app
    project, deployment = installation.deployment()
    image_of = {"registry": "docker.io", "repository": "library/nginx", "tag": "1.27", "username": "u", "password": "p"}
    first = installation.roll_out(project, deployment, manifest(image=image_of))
    running = app.plugins.hook.rollout_image(app=app, deployment=deployment)
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
