"""Projects and deployments: the namespace that comes with one, and what goes with each."""

from __future__ import annotations

import pytest
from kit_app import VOLUME, Installation, image, manifest

from oneclick.errors import ValidationError
from oneclick_kubernetes import outbox
from oneclick_kubernetes.cluster.client import Client
from oneclick_kubernetes.cluster.kinds import CLAIMS, NAMESPACES, SERVICE_ACCOUNTS


def test_a_project_gets_its_namespace(installation: Installation, client: Client) -> None:
    project = installation.project()
    found = client.get(NAMESPACES, project)
    assert found is not None
    assert found["metadata"]["labels"]["one-click.dev/projectId"] == project
    assert found["metadata"]["labels"]["one-click.dev/userId"] == installation.user.id
    assert not outbox.read(installation.app, project, "projects").pending


@pytest.mark.parametrize("volumes", ["", "delete"])
def test_deleting_a_deployment(installation: Installation, client: Client, volumes: str) -> None:
    project, deployment = installation.deployment()
    installation.roll_out(project, deployment, manifest(volumes=[VOLUME]))
    installation.delete("deployments", deployment, {"volumes": volumes} if volumes else None)
    assert image(client, project, deployment) is None
    claim = client.get(CLAIMS, f"data-{deployment}", project)
    gone = claim is None or claim["metadata"].get("deletionTimestamp")
    assert bool(gone) == (volumes == "delete")
    assert installation.rollouts(deployment) == []
    assert outbox.read(installation.app, deployment) is None


def test_a_misspelt_volumes_parameter_deletes_nothing(installation: Installation) -> None:
    _, deployment = installation.deployment()
    with pytest.raises(ValidationError) as caught:
        installation.delete("deployments", deployment, {"volumes": "delet"})
    assert "volumes" in caught.value.data
    assert installation.app.records.find("deployments", deployment) is not None


def test_deleting_a_project_takes_everything(installation: Installation, client: Client) -> None:
    """Fault 9: the original failed half-way when there was an auto-update."""
    project, deployment = installation.deployment()
    rollout = installation.roll_out(project, deployment, manifest(volumes=[VOLUME]))
    values = {"user": installation.user.id, "project": project, "deployment": deployment}
    update = installation.create("autoUpdates", **values, interval="5m", policy="semver")
    installation.delete("projects", project)
    records = installation.app.records
    for collection, record_id in (
        ("projects", project),
        ("deployments", deployment),
        ("rollouts", rollout.id),
        ("autoUpdates", update.id),
    ):
        assert records.find(collection, record_id) is None
    found = client.get(NAMESPACES, project)
    assert found is None or found["metadata"]["deletionTimestamp"]
    assert outbox.read(installation.app, project) is None
    assert outbox.read(installation.app, deployment) is None


def test_deployments_share_an_account_that_outlives_each_of_them(installation: Installation, client: Client) -> None:
    """Fault 12: the account went with the deployment that happened to have made it."""
    project, first = installation.deployment()
    _, second = installation.deployment(project)
    for deployment in (first, second):
        installation.roll_out(project, deployment, manifest(serviceAccountName="one-click"))
    installation.delete("deployments", first)
    assert client.get(SERVICE_ACCOUNTS, "one-click", project) is not None
    assert image(client, project, second) == "1.27"
