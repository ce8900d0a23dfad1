"""Deploying, looking and reading logs from the command line, on the demo cluster."""

from __future__ import annotations

import re
import stat
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.cli.house import House, wait_for

PASSWORD = "correct horse battery"
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A whole installation with a user who is signed in."""
    house = House(tmp_path_factory.mktemp("client"), ONECLICK_CLUSTER="demo", ONECLICK_SIGNUP="true")
    house.serve()
    user = {"email": "ada@example.com", "password": PASSWORD, "passwordConfirm": PASSWORD}
    answer = httpx.post(f"{house.url}/api/collections/users/records", json=user)
    assert answer.status_code == 200, answer.text
    done = house.run("login", "ada@example.com", "--password-stdin", input=PASSWORD + "\n")
    assert done.returncode == 0, done.stderr
    yield house
    house.close()


def test_the_token_is_kept_for_its_owner_alone(served: House) -> None:
    stored = served.folder / ".config" / "oneclick" / "tokens.json"
    assert stat.S_IMODE(stored.stat().st_mode) == 0o600
    assert served.url in stored.read_text()


def test_a_wrong_password_is_a_sentence(served: House) -> None:
    done = served.run("login", "ada@example.com", "--password-stdin", input="wrong\n")
    assert (done.returncode, done.stdout) == (1, "")
    assert "Failed to authenticate" in done.stderr
    assert "Traceback" not in done.stderr


def test_not_signed_in_and_nothing_there_are_sentences(served: House, tmp_path: Path) -> None:
    done = served.run("projects", HOME=str(tmp_path))
    assert (done.returncode, "run `oneclick login EMAIL`" in done.stderr) == (1, True)
    done = served.run("projects", ONECLICK_URL="http://127.0.0.1:1", ONECLICK_TOKEN="x")
    assert done.stderr.startswith("Nothing answers at http://127.0.0.1:1")
    assert served.run("projects", ONECLICK_URL="ftp://x").stderr.startswith('ONECLICK_URL is "ftp://x"')
    assert (
        "sign in"
        in served.run("deploy", "nginx", "--project", "x", "--create-project", ONECLICK_TOKEN="x").stderr.lower()
    )


def test_from_nothing_to_a_running_image_and_its_next_one(served: House) -> None:
    done = served.run("deploy", "nginx:1.27", "--project", "shop", "--name", "web", "--port", "80")
    assert done.returncode == 1
    assert done.stderr == "There is no project shop: add --create-project to create it.\n"
    done = served.run(
        "deploy", "nginx:1.27", "--project", "shop", "--create-project", "--name", "web", "--port", "80",
        "--env", "COLOUR=green", "--wait",
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "healthy" in done.stdout.splitlines()[-1]
    assert re.search(r"^\S{15}  shop$", served.run("projects").stdout, re.MULTILINE)

    done = served.run("deploy", "nginx:1.28", "--project", "shop", "--name", "web", "--replicas", "2", "--wait")
    assert done.returncode == 0, done.stdout + done.stderr
    status = served.run("status", "shop/web").stdout
    assert re.search(r"^phase +healthy$", status, re.MULTILINE)
    assert re.search(r"^image +docker.io/library/nginx:1.28$", status, re.MULTILINE)
    assert len(re.findall(r"^pod ", status, re.MULTILINE)) == 2
    assert "-svc:80" in status
    row = served.run("status").stdout.splitlines()[1]
    assert row.split()[:3] == ["shop/web", "healthy", "docker.io/library/nginx:1.28"]


def test_a_rollout_that_cannot_run_is_explained(served: House) -> None:
    arguments = ("--project", "broken", "--create-project", "--name", "web", "--port", "80")
    served.run("deploy", "nginx:missing", *arguments)
    shown = served.run("status", "broken/web").stdout
    assert "missing" in shown
    done = served.run("deploy", "nginx:1", *arguments, "--env", "1 BAD=x")
    assert done.returncode == 1
    assert "manifest.spec.env" in done.stderr
    assert served.run("status", "nothing").stderr == "There is no deployment nothing.\n"


def test_logs_and_following_them(served: House) -> None:
    served.run("deploy", "nginx:1", "--project", "logs", "--create-project", "--name", "web", "--port", "80", "--wait")
    done = served.run("logs", "logs/web", "--tail", "3")
    assert done.returncode == 0, done.stderr
    assert 1 <= len(done.stdout.splitlines()) <= 3
    following = served.popen(sys.executable, "-m", "oneclick", "logs", "-f", "logs/web", "--tail", "1")
    lines: list[str] = []
    assert following.stdout is not None
    threading.Thread(target=lambda: lines.extend(following.stdout or ()), daemon=True).start()
    try:
        wait_for(lambda: len(lines) >= 3)
    finally:
        following.kill()
        following.wait()
