"""Every row of the endpoint table: success, no token, a stranger, bad input; raw and ``Bearer`` tokens."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass

import httpx2
import pytest
import websocket
from installation import Client, Installation, eventually, manifest


@dataclass
class Scene:
    """One person's running deployment and blueprint, and a stranger."""

    owner: Client
    stranger: Client
    project: str
    deployment: str
    rollout: str
    pod: str
    blueprint: str
    auto_update: str
    webhook: str

    def path(self, pattern: str) -> str:
        return pattern.format(**vars(self))


@pytest.fixture(scope="module")
def scene(installation: Installation) -> Iterator[Scene]:
    owner = installation.client(f"owner-{installation.port}@example.com")
    stranger = installation.client(f"stranger-{installation.port}@example.com")
    project, deployment = owner.deployment()
    rollout = owner.roll_out(project, deployment, manifest("1.27"))
    owner.phase(rollout["id"], "healthy")
    blueprint = owner.create("blueprints", name="nginx", owner=owner.id, manifest=manifest(), private=True)
    auto_update = owner.create(
        "autoUpdates",
        user=owner.id,
        project=project,
        deployment=deployment,
        interval="1h",
        policy="semver",
        pattern="",
    )
    pod = owner.http.get(f"/pb/{project}/{deployment}/status").json()["deployment"]["podNames"][0]
    yield Scene(
        owner,
        stranger,
        project,
        deployment,
        rollout["id"],
        pod,
        blueprint["id"],
        auto_update["id"],
        auto_update["webhookToken"],
    )
    owner.http.delete(f"/api/collections/projects/records/{project}")


ROWS = [
    ("GET", "/rollouts/{project}/{rollout}/status"),
    ("GET", "/rollouts/{project}/{deployment}/status"),
    ("GET", "/pb/{project}/{deployment}/status"),
    ("GET", "/pb/{project}/{rollout}/status"),
    ("GET", "/rollouts/{project}/{rollout}/metrics"),
    ("GET", "/pb/{project}/{deployment}/metrics"),
    ("GET", "/rollouts/{project}/{rollout}/events"),
    ("GET", "/pb/{project}/{deployment}/events"),
    ("GET", "/rollouts/{project}/{pod}/logs?tail=1"),
    ("GET", "/pb/{project}/{pod}/logs?tail=1&follow=false"),
    ("GET", "/pb/blueprints/{blueprint}"),
    ("POST", "/pb/blueprints/shared/{blueprint}"),
    ("POST", "/auto-update/{auto_update}"),
    ("POST", "/pb/auto-update/{auto_update}"),
    ("GET", "/cluster-info"),
    ("GET", "/pb/cluster-info"),
]
FOR_EVERYONE = ("/cluster-info", "/pb/cluster-info")
BAD = [
    ("GET", "/rollouts/{project}/{pod}/logs?tail=abc", 400, "tail"),
    ("GET", "/rollouts/{project}/{pod}/logs?since=yesterday", 400, "since"),
    ("GET", "/rollouts/{project}/{pod}/logs?follow=perhaps", 400, "follow"),
    ("GET", "/pb/{project}/{pod}/logs?tail=-1&follow=false", 400, "tail"),
    ("GET", "/rollouts/{project}/no-such-pod/logs", 404, ""),
    ("GET", "/rollouts/{project}/unknown00000000/status", 404, ""),
    ("GET", "/pb/{project}/unknown00000000/metrics", 404, ""),
    ("GET", "/pb/{project}/unknown00000000/events", 404, ""),
    ("GET", "/pb/blueprints/unknown00000000", 404, ""),
    ("POST", "/pb/blueprints/shared/unknown00000000", 404, ""),
    ("POST", "/auto-update/unknown00000000", 404, ""),
    ("DELETE", "/rollouts/{project}/no-such-pod", 404, ""),
    ("DELETE", "/rollouts/{project}/%2e%2e", 404, ""),
    ("DELETE", "/rollouts/{project}/%2e", 404, ""),
    ("DELETE", "/pb/{project}/pod/%2e%2e", 404, ""),
    ("GET", "/rollouts/{project}/%2e%2e/logs", 404, ""),
    ("DELETE", "/pb/{project}/pod/no-such-pod", 404, ""),
    ("DELETE", "/pb/{project}/job/no-such-job", 404, ""),
]
DELETES = ["/rollouts/{project}/{pod}", "/pb/{project}/pod/{pod}", "/pb/{project}/job/{pod}"]


@pytest.mark.parametrize(("method", "pattern"), ROWS)
def test_owner_gets_an_answer_with_either_form_of_token(scene: Scene, method: str, pattern: str) -> None:
    url = scene.owner.url + scene.path(pattern)
    for header in (scene.owner.token, f"Bearer {scene.owner.token}"):
        answer = httpx2.request(method, url, headers={"Authorization": header}, timeout=30)
        assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(("method", "pattern"), ROWS + [("DELETE", pattern) for pattern in DELETES])
def test_nothing_without_a_token(scene: Scene, method: str, pattern: str) -> None:
    for headers in ({}, {"Authorization": "Bearer junk"}):
        answer = httpx2.request(method, scene.owner.url + scene.path(pattern), headers=headers, timeout=30)
        assert answer.status_code == 401, answer.text
        assert answer.json()["status"] == 401


@pytest.mark.parametrize(("method", "pattern"), ROWS + [("DELETE", pattern) for pattern in DELETES])
def test_a_stranger_finds_nothing(scene: Scene, method: str, pattern: str) -> None:
    answer = scene.stranger.http.request(method, scene.path(pattern))
    assert answer.status_code == (200 if pattern in FOR_EVERYONE else 404), answer.text


@pytest.mark.parametrize(("method", "pattern", "status", "named"), BAD)
def test_bad_input_is_named(scene: Scene, method: str, pattern: str, status: int, named: str) -> None:
    answer = scene.owner.http.request(method, scene.path(pattern))
    assert answer.status_code == status, answer.text
    assert answer.json()["message"].endswith(".")
    if named:
        assert named in answer.json()["data"]


def test_webhook_token_starts_a_check_of_its_own_record_alone(scene: Scene) -> None:
    bearer = {"Authorization": f"Bearer {scene.webhook}"}
    url = scene.owner.url
    assert httpx2.post(f"{url}/auto-update/{scene.auto_update}", headers=bearer).status_code == 200
    assert httpx2.post(f"{url}/auto-update/unknown00000000", headers=bearer).status_code in (401, 404)
    wrong = {"Authorization": "Bearer ocw_wrong"}
    assert httpx2.post(f"{url}/auto-update/{scene.auto_update}", headers=wrong).status_code == 401
    shown = scene.owner.view("autoUpdates", scene.auto_update)
    assert "webhookToken" not in shown
    assert "webhookTokenHash" not in shown


@pytest.mark.parametrize("pattern", DELETES[:2])
def test_owner_deletes_a_pod_and_it_comes_back(scene: Scene, pattern: str) -> None:
    status = f"/pb/{scene.project}/{scene.deployment}/status"
    pods = eventually(lambda: scene.owner.http.get(status).json()["deployment"]["podNames"], 30, "a pod")
    answer = scene.owner.http.delete(pattern.format(project=scene.project, pod=pods[0]))
    assert (answer.status_code, answer.json()) == (200, "Pod deleted")
    eventually(
        lambda: set(scene.owner.http.get(status).json()["deployment"]["podNames"]).isdisjoint(pods), 60, "other pods"
    )
    eventually(lambda: scene.owner.http.get(status).json()["phase"] == "healthy", 60, "healthy again")


SOCKETS = {
    "/ws/k8s/rollouts": {"projectId": "{project}", "deploymentId": "{deployment}"},
    "/ws/k8s/deployments": {"projectId": "{project}", "deploymentId": ""},
    "/ws/k8s/logs": {"rolloutId": "{project}", "podName": "{pod}"},
    "/ws/k8s/events": {"rolloutId": "{project}", "kind": "Deployment", "name": "{deployment}"},
}
BAD_MESSAGES = ["not json", "[]", "{}", '{"projectId": 5}']


def first_message(scene: Scene, path: str) -> dict[str, str]:
    status = f"/pb/{scene.project}/{scene.deployment}/status"
    pod = eventually(lambda: scene.owner.http.get(status).json()["deployment"]["podNames"], 30, "a pod")[0]
    values = {**vars(scene), "pod": pod}
    return {key: value.format(**values) for key, value in SOCKETS[path].items()}


def connect(scene: Scene, path: str, header: str = "") -> websocket.WebSocket:
    headers = [f"Authorization: {header}"] if header else []
    return websocket.create_connection(scene.owner.url.replace("http", "ws") + path, header=headers, timeout=20)


def closing_code(connection: websocket.WebSocket) -> int:
    """Read to the end and return the code that the server closes with."""
    while True:
        opcode, data = connection.recv_data(control_frame=True)
        if opcode == websocket.ABNF.OPCODE_CLOSE:
            return int.from_bytes(data[:2], "big")


@pytest.mark.parametrize("path", SOCKETS)
@pytest.mark.parametrize("way", ["raw header", "bearer header", "first message"])
def test_socket_speaks_to_the_owner(scene: Scene, kind: str, path: str, way: str) -> None:
    if kind == "real" and path == "/ws/k8s/logs":
        pytest.skip("simulated pods of the real control plane write no log of their own; tests/cluster has the case")
    token = {"raw header": scene.owner.token, "bearer header": f"Bearer {scene.owner.token}"}.get(way, "")
    connection = connect(scene, path, token)
    message = first_message(scene, path)
    if not token:
        message["token"] = scene.owner.token
    connection.send(json.dumps(message))
    text = connection.recv()
    assert text
    assert "error" not in text.lower()[:20]
    connection.close()


@pytest.mark.parametrize("path", SOCKETS)
def test_socket_without_a_token_is_closed_with_4401(scene: Scene, path: str) -> None:
    for token in (None, "junk"):
        connection = connect(scene, path)
        message = first_message(scene, path) | ({"token": token} if token else {})
        connection.send(json.dumps(message))
        assert closing_code(connection) == 4401


@pytest.mark.parametrize("path", SOCKETS)
def test_socket_with_a_bad_header_is_refused_at_the_handshake(scene: Scene, path: str) -> None:
    with pytest.raises(websocket.WebSocketBadStatusException) as refused:
        connect(scene, path, "Bearer junk")
    assert refused.value.status_code == 401


@pytest.mark.parametrize("path", SOCKETS)
def test_socket_closes_with_4404_for_a_stranger(scene: Scene, path: str) -> None:
    connection = connect(scene, path)
    connection.send(json.dumps(first_message(scene, path) | {"token": scene.stranger.token}))
    assert closing_code(connection) == 4404


@pytest.mark.parametrize("path", SOCKETS)
@pytest.mark.parametrize("text", BAD_MESSAGES)
def test_socket_closes_with_4400_for_bad_input(scene: Scene, path: str, text: str) -> None:
    connection = connect(scene, path, scene.owner.token)
    connection.send(text)
    assert closing_code(connection) == 4400


@pytest.mark.parametrize(
    ("path", "more", "sentence"),
    [
        ("/ws/k8s/rollouts", {"deploymentId": "{deployment}"}, "The first message must name projectId."),
        ("/ws/k8s/events", {}, "The first message must name projectId or rolloutId."),
        ("/ws/k8s/events", {"projectId": "{project}"}, "The first message must name kind and name."),
        ("/ws/k8s/events", {"rolloutId": "{project}", "kind": "Pod"}, "The first message must name name."),
        ("/ws/k8s/events", {"projectId": "{project}", "kind": 5}, "kind must be a text."),
        ("/ws/k8s/logs", {"projectId": "{project}", "podName": "é" * 200}, "Error getting logs: There is no pod é"),
    ],
)
def test_socket_says_why_it_closes_as_message_and_as_reason(
    scene: Scene, path: str, more: dict[str, object], sentence: str
) -> None:
    connection = connect(scene, path, scene.owner.token)
    connection.send(json.dumps({key: scene.path(one) if isinstance(one, str) else one for key, one in more.items()}))
    error = json.loads(connection.recv())["error"]
    assert error.startswith(sentence)
    opcode, data = connection.recv_data(control_frame=True)
    assert opcode == websocket.ABNF.OPCODE_CLOSE
    # A closing frame holds 123 bytes of reason.
    reason = data[2:].decode()
    assert reason
    assert error.startswith(reason)
    assert len(reason) == len(error) or len(data) > 120


@pytest.mark.parametrize("path", ["/ws/k8s/rollouts", "/ws/k8s/deployments"])
def test_socket_tells_no_secret_data(scene: Scene, path: str) -> None:
    connection = connect(scene, path, scene.owner.token)
    connection.send(json.dumps(first_message(scene, path)))
    kinds = set()
    connection.settimeout(3)
    try:
        while True:
            message = json.loads(connection.recv())
            kinds.add(message["kind"])
            if message["kind"] == "secret":
                assert "data" not in message["object"]
            assert "managedFields" not in message["object"].get("metadata", {})
    except websocket.WebSocketTimeoutException:
        pass
    assert {"pod", "service"} <= kinds
    connection.close()


def test_clients_that_stay_on_the_line_hold_up_nobody(scene: Scene) -> None:
    lingering = []
    for _ in range(5):
        connection = connect(scene, "/ws/k8s/rollouts", scene.owner.token)
        connection.send("not json")
        assert closing_code(connection) == 4400
        lingering.append(connection)
    began = time.monotonic()
    assert httpx2.get(f"{scene.owner.url}/api/health").status_code == 200
    assert time.monotonic() - began < 2
    assert len(lingering) == 5


def test_public_routes_need_no_token(scene: Scene) -> None:
    for path in ("/", "/_/", "/api/health", "/api/collections/users/auth-methods"):
        assert httpx2.get(scene.owner.url + path).status_code == 200
    redirect = httpx2.get(f"{scene.owner.url}/_")
    assert (redirect.status_code, redirect.headers["location"]) == (307, "/_/")
