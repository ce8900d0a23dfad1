"""The example plugin, as one dropped-in file and as an installed wheel; a broken one beside it is named."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
import websocket
from installation import ROOT, Client, Installation, eventually, installed

EXAMPLE = ROOT / "examples" / "plugins" / "guestbook.py"
PROJECT = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[project]
name = "oneclick-guestbook"
version = "1.0"
[project.entry-points."oneclick.plugins"]
guestbook = "guestbook"
[tool.hatch.build.targets.wheel]
only-include = ["guestbook.py"]
"""

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def install_wheel(folder: Path) -> Path:
    """Build the example as a wheel and install it into a folder of its own; return the folder."""
    source, target = folder / "source", folder / "site"
    source.mkdir()
    shutil.copy(EXAMPLE, source)
    (source / "pyproject.toml").write_text(PROJECT)
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(source)]
    subprocess.run(build, check=True, capture_output=True)
    wheel = next(folder.glob("*.whl"))
    shutil.unpack_archive(wheel, target, "zip")
    return target


@pytest.fixture(scope="module", params=["file", "wheel"])
def extended(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    folder = tmp_path_factory.mktemp("plugin")
    data = folder / "data"
    (data / "plugins").mkdir(parents=True)
    (data / "plugins" / "broken.py").write_text("import no_such_module_anywhere\n")
    environment = {"ONECLICK_CLUSTER": "none"}
    if request.param == "file":
        shutil.copy(EXAMPLE, data / "plugins")
    else:
        environment["PYTHONPATH"] = str(install_wheel(folder))
    with installed(data, environment) as running:
        running.serve()
        yield running


@pytest.fixture(scope="module")
def guest(extended: Installation) -> Client:
    return extended.client("guest@example.com", name="Grace")


def test_collection_and_route(guest: Client) -> None:
    before = guest.http.get("/api/guestbook/count").json()["entries"]
    guest.create("guestbook", message="Good morning")
    assert guest.http.get("/api/guestbook/count").json()["entries"] == before + 1
    assert httpx2.get(f"{guest.url}/api/guestbook/count").status_code == 401


def test_veto_with_its_own_sentence(guest: Client) -> None:
    before = len(guest.list("guestbook"))
    answer = guest.http.post("/api/collections/guestbook/records", json={"message": "GOOD MORNING"})
    assert answer.status_code == 400
    assert answer.json()["message"] == "Please do not shout in the guestbook."
    assert len(guest.list("guestbook")) == before


def test_websocket(guest: Client) -> None:
    url = guest.url.replace("http", "ws") + "/ws/guestbook"
    connection = websocket.create_connection(url, header=[f"Authorization: {guest.token}"], timeout=20)
    assert json.loads(connection.recv()) == {"greeting": "Welcome, Grace"}
    connection.close()


def test_scheduled_job_is_enqueued_by_hand_and_by_schedule(extended: Installation) -> None:
    superuser = extended.superuser()
    crons = superuser.http.get("/api/crons").json()
    assert {"id": "guestbook.tidy", "expression": "0 3 * * *"} in crons
    assert superuser.http.post("/api/crons/guestbook.tidy").status_code == 204
    redis = extended.redis()

    def finished() -> bool:
        jobs = redis.zrange("rq:finished:oneclick", 0, -1)
        return any(b"guestbook.tidy" in (redis.hget(f"rq:job:{job.decode()}", "description") or b"") for job in jobs)

    eventually(finished, 30, "a worker has run the job")


def test_broken_one_is_named_and_the_rest_runs(extended: Installation) -> None:
    answer = extended.run("plugins", check=False)
    listed = answer.stdout
    assert answer.returncode == 1
    assert "broken" in listed
    assert "no_such_module_anywhere" in listed
    assert "guestbook" in listed
    assert httpx2.get(f"{extended.url}/api/health").status_code == 200
