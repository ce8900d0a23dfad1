"""Deploying, looking and reading logs from the command line, on the demo cluster."""

from __future__ import annotations

import json
import re
import signal
import stat
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
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
    answer = httpx2.post(f"{house.url}/api/collections/users/records", json=user)
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
    assert done.stderr == "The email address or the password is wrong. Superusers sign in with --superuser.\n"


def test_not_signed_in_and_nothing_there_are_sentences(served: House, tmp_path: Path) -> None:
    done = served.run("projects", HOME=str(tmp_path))
    assert (done.returncode, "run `oneclick login EMAIL`" in done.stderr) == (1, True)
    done = served.run("projects", ONECLICK_URL="http://127.0.0.1:1", ONECLICK_TOKEN=token(served))
    assert done.stderr.startswith("Nothing answers at http://127.0.0.1:1")
    assert served.run("projects", ONECLICK_URL="ftp://x").stderr.startswith('ONECLICK_URL is "ftp://x"')


def token(served: House) -> str:
    stored = json.loads((served.folder / ".config" / "oneclick" / "tokens.json").read_text())
    return str(stored[served.url])


def test_a_token_that_is_not_valid_does_not_look_like_an_empty_house(served: House) -> None:
    good = token(served)
    head, payload, signature = good.split(".")
    forged = ".".join([head, payload, signature[::-1]])
    for bad in ("garbage", "🚀", "a.🚀.b", "a.b.c", forged):
        for command in (["status"], ["projects"], ["logs", "web"], ["deploy", "nginx", "--project", "shop"]):
            done = served.run(*command, ONECLICK_TOKEN=bad)
            assert (done.returncode, done.stdout) == (1, "")
            assert done.stderr == "The token is not valid: run `oneclick login EMAIL`.\n"
    assert served.run("projects", ONECLICK_TOKEN=good).returncode == 0


def test_empty_names_are_sentences(served: House) -> None:
    for command, about in [
        (["deploy", "nginx", "--project", ""], "The project's name is empty"),
        (
            ["deploy", "nginx", "--project", "empty", "--create-project", "--name", " "],
            "The deployment's name is empty",
        ),
        (["status", ""], "The deployment's name is empty"),
        (["logs", "shop/"], "The deployment's name is empty"),
    ]:
        done = served.run(*command)
        assert (done.returncode, done.stderr.startswith(about)) == (1, True), done.stderr
    assert served.run("status", "--project", "nowhere").stderr == "There is no project nowhere.\n"
    assert " empty" not in served.run("projects").stdout


def test_a_refused_first_rollout_leaves_nothing_behind(served: House) -> None:
    bad = ("--env", "A B=1", "--name", "web", "--port", "80")
    done = served.run("deploy", "nginx", "--project", "refused", "--create-project", *bad)
    assert (done.returncode, "manifest.spec.env" in done.stderr) == (1, True)
    assert "refused" not in served.run("projects").stdout
    served.run("deploy", "nginx", "--project", "refused", "--create-project", "--name", "kept", "--port", "80")
    assert served.run("deploy", "nginx", "--project", "refused", *bad).returncode == 1
    assert served.run("deploy", "nginx", "--project", "refused", "--name", "kept", *bad[:2]).returncode == 1
    names = [line.split()[0] for line in served.run("status", "--project", "refused").stdout.splitlines()[1:]]
    assert names == ["refused/kept"]


def test_a_superuser_deploys_for_the_projects_owner(served: House) -> None:
    assert served.run("superuser", "upsert", "root@example.com", PASSWORD).returncode == 0
    home = served.folder / "root"
    home.mkdir()
    login = ("login", "root@example.com", "--password-stdin", "--superuser")
    assert served.run(*login, input=PASSWORD + "\n", HOME=str(home)).returncode == 0
    served.run("deploy", "nginx", "--project", "theirs", "--create-project", "--name", "web", "--port", "80")
    done = served.run("deploy", "nginx:2", "--project", "theirs", "--name", "other", "--port", "80", HOME=str(home))
    assert done.returncode == 0, done.stderr
    assert "theirs/other" in served.run("status").stdout
    done = served.run("deploy", "nginx", "--project", "mine", "--create-project", HOME=str(home))
    assert (done.returncode, done.stderr.startswith("Superusers own no projects")) == (1, True)


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
    known = re.search(r"\((\w{15})\)", status)
    assert known, status
    again = served.run("deploy", "nginx:1.28", "--project", "shop", "--name", known[1], "--wait")
    assert again.stdout.startswith("shop/web: rollout "), again.stderr
    row = served.run("status", "--project", "shop").stdout.splitlines()[1]
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


def test_followed_logs_end_properly_when_the_server_stops(served: House) -> None:
    served.run("deploy", "nginx:1", "--project", "end", "--create-project", "--name", "web", "--port", "80", "--wait")
    shown = served.run("status", "end/web").stdout
    pod, deployment = re.search(r"^pod +(\S+)$", shown, re.MULTILINE), re.search(r"web \((\w+)\)", shown)
    assert pod, shown
    assert deployment, shown
    authorized = {"Authorization": token(served)}
    record = httpx2.get(f"{served.url}/api/collections/deployments/records/{deployment[1]}", headers=authorized).json()
    began, ended = threading.Event(), []

    def follow() -> None:
        path = f"{served.url}/pb/{record['project']}/{pod[1]}/logs"
        with httpx2.stream("GET", path, headers=authorized, timeout=60) as answer:
            # Raises when the answer is cut off.
            for _part in answer.iter_bytes():
                began.set()
        ended.append(time.monotonic())

    threading.Thread(target=follow, daemon=True).start()
    command = served.popen(sys.executable, "-m", "oneclick", "logs", "-f", "end/web")
    assert command.stdout is not None
    assert command.stdout.readline()
    assert began.wait(20)
    started = time.monotonic()
    seconds = served.end(signal.SIGINT)
    assert command.wait(20) == 1
    assert served.log().splitlines()[-1] == f"The server at {served.url} has stopped or is out of reach."
    wait_for(lambda: ended, 5)
    assert ended[0] - started < 3
    # gunicorn would wait ten seconds for the streams.
    assert seconds < 8
