"""Clients choose the ids of records: a project and somebody else's deployment of the same id are not one thing."""

from __future__ import annotations

from kit_app import Installation, manifest

from oneclick.testing import TestApi
from oneclick_kubernetes import outbox
from oneclick_kubernetes.cluster.client import Client
from oneclick_kubernetes.cluster.kinds import DEPLOYMENTS, NAMESPACES
from oneclick_kubernetes.reconcile import reconcile


def is_there(client: Client, namespace: str) -> bool:
    found = client.get(NAMESPACES, namespace)
    return found is not None and not found["metadata"].get("deletionTimestamp")


def test_a_deployment_with_a_projects_id_takes_nothing_along(installation: Installation, client: Client) -> None:
    anns, _ = installation.deployment()
    bobs = installation.project("other")
    installation.create("deployments", id=anns, name="web", user=installation.user.id, project=bobs)
    installation.roll_out(bobs, anns, manifest())
    assert client.get(DEPLOYMENTS, anns, bobs)
    installation.delete("deployments", anns, {"volumes": "delete"})
    assert client.get(DEPLOYMENTS, anns, bobs) is None
    assert is_there(client, anns)
    assert is_there(client, bobs)


def test_a_project_with_a_deployments_id_takes_nothing_along(installation: Installation, client: Client) -> None:
    project, deployment = installation.deployment()
    installation.roll_out(project, deployment, manifest())
    row = outbox.read(installation.app, deployment)
    installation.create("projects", id=deployment, name="other", user=installation.user.id)
    assert is_there(client, deployment)
    installation.delete("projects", deployment)
    assert not is_there(client, deployment)
    assert is_there(client, project)
    assert client.get(DEPLOYMENTS, deployment, project)
    assert outbox.read(installation.app, deployment) == row


def test_a_namespace_stays_while_its_project_is_in_the_database(installation: Installation, client: Client) -> None:
    project = installation.project()
    outbox.raise_project(installation.app, project, removed=True)
    assert reconcile(installation.app, project, kind="projects")
    assert is_there(client, project)


def test_an_id_is_free_again_once_the_cluster_is_rid_of_what_had_it(installation: Installation, client: Client) -> None:
    api = TestApi(installation.app).acting(installation.user)
    here, deployment = installation.deployment()
    there = installation.project("other")
    installation.roll_out(here, deployment, manifest())
    records = "/api/collections/deployments/records"
    assert api.delete(f"{records}/{deployment}").status_code == 204
    assert client.get(DEPLOYMENTS, deployment, here) is None
    body = {"id": deployment, "name": "web", "user": installation.user.id, "project": there}
    again = api.post(records, body)
    assert again.status_code == 200, again.text
    installation.roll_out(there, deployment, manifest())
    assert client.get(DEPLOYMENTS, deployment, there)
    assert client.get(DEPLOYMENTS, deployment, here) is None
