"""What docs/api.md says of the websockets is what they do: first messages, messages, and how a bad token ends."""

from __future__ import annotations

import contextlib
import json
import struct
from collections.abc import Iterator
from typing import Any

import pytest
import websocket

from tests.journey.installation import Client, Installation, manifest

PATHS = ("/ws/k8s/rollouts", "/ws/k8s/deployments", "/ws/k8s/logs", "/ws/k8s/events")


class Watched:
    """A healthy deployment, and what the OpenAPI document says of the websockets that show it."""

    def __init__(self, installation: Installation, user: Client) -> None:
        self.user, self.url = user, installation.url.replace("http", "ws", 1)
        self.description = user.http.get("/api/openapi.json").json()
        self.project, self.deployment = user.deployment()
        secrets = [{"name": "PASSWORD", "value": "hunter2"}]
        rollout = user.roll_out(self.project, self.deployment, manifest("1.27", secrets=secrets))
        user.phase(rollout["id"], "healthy")
        status = user.http.get(f"/rollouts/{self.project}/{self.deployment}/status").json()
        self.pod = status["deployment"]["podNames"][0]

    def schema(self, path: str, key: str) -> dict[str, Any]:
        """Return the schema of a websocket's first message or of what it sends."""
        name = self.description["paths"][path]["get"][key]["$ref"].rpartition("/")[2]
        found: dict[str, Any] = self.description["components"]["schemas"][name]
        return found

    def values(self, path: str) -> dict[str, Any]:
        """Return a first message with every documented field."""
        known = {
            "projectId": self.project,
            "rolloutId": self.project,
            "deploymentId": self.deployment,
            "kinds": ["hpa", "replicaset", "deployment"],
            "podName": self.pod,
            "container": self.deployment,
            "tail": 5,
            "since": 3600,
            "previous": False,
            "kind": "Pod",
            "name": self.pod,
            "token": self.user.token,
        }
        return {name: known[name] for name in self.schema(path, "x-first-message")["properties"]}

    @contextlib.contextmanager
    def connect(self, path: str, message: Any, **options: Any) -> Iterator[websocket.WebSocket]:
        """Open a websocket and send its first message."""
        connection = websocket.create_connection(self.url + path, timeout=20, **options)
        try:
            connection.send(json.dumps(message))
            yield connection
        finally:
            connection.close()


@pytest.fixture(scope="module")
def watched(installation: Installation, user: Client) -> Watched:
    return Watched(installation, user)


def closing(connection: websocket.WebSocket) -> tuple[str, int]:
    """Return the error that is told and the code that follows it."""
    error = json.loads(connection.recv())["error"]
    _, content = connection.recv_data()
    return str(error), int(struct.unpack("!H", content[:2])[0])


@pytest.mark.parametrize("path", PATHS)
def test_message_is_as_described(watched: Watched, path: str) -> None:
    described = watched.schema(path, "x-messages")
    with watched.connect(path, watched.values(path)) as connection:
        message = connection.recv()
    if described["type"] == "string":
        assert message.endswith("\n")
        return
    found = json.loads(message)
    assert found.keys() == described["properties"].keys()
    for name, field in described["properties"].items():
        assert found[name] in field.get("enum", [found[name]])


def test_all_usual_kinds_and_those_asked_for_are_described(watched: Watched) -> None:
    described = watched.schema("/ws/k8s/rollouts", "x-messages")["properties"]["kind"]["enum"]
    wanted, seen = {"deployment", "replicaset", "hpa", "pod", "service", "sa", "secret"}, set()
    # Service accounts are the project's.
    message = {name: value for name, value in watched.values("/ws/k8s/rollouts").items() if name != "deploymentId"}
    with watched.connect("/ws/k8s/rollouts", message) as connection:
        while not wanted <= seen:
            found = json.loads(connection.recv())
            seen.add(found["kind"])
            if found["kind"] == "secret":
                assert found["object"].keys() == {"metadata", "type"}
    assert seen <= set(described)


@pytest.mark.parametrize("path", PATHS)
def test_missing_field_is_refused(watched: Watched, path: str) -> None:
    described, values = watched.schema(path, "x-first-message"), watched.values(path)
    either = {name for one in described.get("anyOf", ()) for name in one["required"]}
    for missing in [{name} for name in described["required"]] + ([either] if either else []):
        rest = {name: value for name, value in values.items() if name not in missing}
        with watched.connect(path, rest) as connection:
            error, code = closing(connection)
        assert code == 4400
        assert all(name in error for name in missing if name != "rolloutId")


@pytest.mark.parametrize("name", ["projectId", "rolloutId"])
@pytest.mark.parametrize("path", ["/ws/k8s/logs", "/ws/k8s/events"])
def test_either_name_of_the_project_will_do(watched: Watched, path: str, name: str) -> None:
    other = {"projectId", "rolloutId"} - {name}
    message = {key: value for key, value in watched.values(path).items() if key not in other}
    with watched.connect(path, message) as connection:
        assert "error" not in connection.recv()[:10]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("where", ["header", "cookie"])
def test_bad_token_at_the_handshake_is_a_401(watched: Watched, path: str, where: str) -> None:
    origin = watched.url.replace("ws", "http", 1)
    bad: dict[str, Any] = (
        {"header": ["Authorization: junk"]} if where == "header" else {"cookie": "oneclick_session=junk"}
    )
    with (
        pytest.raises(websocket.WebSocketBadStatusException) as refused,
        watched.connect(path, watched.values(path), origin=origin, **bad),
    ):
        pass
    assert refused.value.status_code == 401
    assert "401" in watched.description["paths"][path]["get"]["responses"]


@pytest.mark.parametrize("path", PATHS)
def test_bad_token_in_the_first_message_closes_with_4401(watched: Watched, path: str) -> None:
    with watched.connect(path, {**watched.values(path), "token": "junk"}) as connection:
        assert closing(connection)[1] == 4401
    with watched.connect(path, {"projectId": watched.project}) as connection:
        assert closing(connection)[1] == 4401


def test_pod_that_is_not_there_closes_with_4404(watched: Watched) -> None:
    values = {**watched.values("/ws/k8s/logs"), "podName": "nobody"}
    with watched.connect("/ws/k8s/logs", values) as connection:
        assert closing(connection)[1] == 4404
