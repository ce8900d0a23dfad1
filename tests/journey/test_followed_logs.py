"""A followed log ends with the rights of whoever follows it: at once when a record says so, else within a round."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest
from installation import PASSWORD, Client, Installation, eventually, installed, manifest

ROUND = """
from oneclick.api import socket_rights

socket_rights.ROUND_SECONDS = 1.0
"""
SILENT = """
from oneclick_hooks import hookimpl


@hookimpl
def on_before_serve(event):
    # As if the messages of changes were lost: the rounds alone must find out.
    event.app.broker.publish = lambda channel, message: None
"""


@pytest.fixture(scope="module", params=["told", "untold"])
def installation(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    folder: Path = tmp_path_factory.mktemp("followed") / "data"
    (folder / "plugins").mkdir(parents=True)
    if request.param == "untold":
        (folder / "plugins" / "rounds.py").write_text(ROUND + SILENT)
    with installed(folder, {"ONECLICK_CLUSTER": "demo"}) as running:
        running.serve()
        yield running


class Follower:
    """Follows a pod's log over HTTP."""

    def __init__(self, user: Client, project: str, pod: str) -> None:
        self.text, self.ended, self.began = "", threading.Event(), threading.Event()
        self._path = f"{user.url}/pb/{project}/{pod}/logs"
        self._headers = {"Authorization": user.token}
        threading.Thread(target=self._read, daemon=True).start()
        assert self.began.wait(20)

    def _read(self) -> None:
        with httpx2.stream("GET", self._path, headers=self._headers, timeout=60) as answer:
            assert answer.status_code == 200
            for part in answer.iter_text():
                self.text += part
                self.began.set()
        self.ended.set()


def password(user: Client, project: str, root: Client) -> None:
    body = {"oldPassword": PASSWORD, "password": "another horse", "passwordConfirm": "another horse"}
    assert user.http.patch(f"/api/collections/users/records/{user.id}", json=body).status_code == 200


def removal(user: Client, project: str, root: Client) -> None:
    # What the user owns goes elsewhere first, or the user could not go.
    other = root.list("users", filter=f"id != '{user.id}'")[0]["id"]
    for collection in ("rollouts", "deployments", "projects"):
        for record in root.list(collection, filter=f"user = '{user.id}'"):
            root.update(collection, record["id"], user=other)
    assert root.http.delete(f"/api/collections/users/records/{user.id}").status_code == 204


def giving_away(user: Client, project: str, root: Client) -> None:
    other = next(one["id"] for one in root.list("users") if one["id"] != user.id)
    root.update("projects", project, user=other)


@pytest.mark.parametrize("lose", [password, removal, giving_away])
def test_a_followed_log_ends_with_the_right_to_it(
    installation: Installation, lose: Callable[[Client, str, Client], None]
) -> None:
    user = installation.client(f"{lose.__name__}@example.com")
    installation.client(f"{lose.__name__}-other@example.com")
    project, deployment = user.deployment()
    rollout = user.roll_out(project, deployment, manifest())
    user.phase(rollout["id"], "healthy")
    status = user.http.get(f"/rollouts/{project}/{deployment}/status").json()
    pod = status["deployment"]["podNames"][0]
    follower = Follower(user, project, pod)
    assert not follower.ended.wait(4)
    lose(user, project, installation.superuser())
    assert follower.ended.wait(6), follower.text[-200:]
    known = follower.text
    eventually(lambda: follower.text == known, 1, "nothing more is read")
