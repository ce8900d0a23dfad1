"""A hundred viewers cost the API server what one costs."""

from __future__ import annotations

import json
import time

import pytest
import websocket
from cluster import Cluster
from installation import Client, Installation, manifest

SOCKETS = 50


pytestmark = pytest.mark.parametrize("kind", ["real"], indirect=True, scope="session")


def viewer(user: Client, project: str, deployment: str) -> websocket.WebSocket:
    connection = websocket.create_connection(
        f"{user.url.replace('http', 'ws')}/ws/k8s/rollouts", header=[f"Authorization: {user.token}"], timeout=30
    )
    connection.send(json.dumps({"projectId": project, "deploymentId": deployment}))
    return connection


def sees_pod(connection: websocket.WebSocket, name: str | None = None) -> str:
    while True:
        message = json.loads(connection.recv())
        if message["kind"] == "pod" and message["status"] != "DELETED" and name in (None, message["name"]):
            return str(message["name"])


def test_watches_and_lists_do_not_grow_with_sockets(installation: Installation, cluster: Cluster, user: Client) -> None:
    project, deployment = user.deployment()
    rollout = user.roll_out(project, deployment, manifest("1.27"))
    user.phase(rollout["id"], "healthy")
    first = viewer(user, project, deployment)
    pod = sees_pod(first)
    time.sleep(3)
    watches, lists = cluster.watches(), cluster.lists()
    others = [viewer(user, project, deployment) for _ in range(SOCKETS - 1)]
    for connection in others:
        sees_pod(connection, pod)
    assert user.http.delete(f"/pb/{project}/pod/{pod}").status_code == 200
    fresh = next(name for name in iter(lambda: sees_pod(first), None) if name != pod)
    for connection in others:
        sees_pod(connection, fresh)
    watches_with_all, lists_with_all = cluster.watches(), cluster.lists()
    for connection in (first, *others):
        connection.close()
    assert watches_with_all == watches
    assert lists_with_all - lists < SOCKETS
