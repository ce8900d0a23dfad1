"""The compose file, the Dockerfile and the release workflow: parsed, and each service's command run as it stands.

No container is started here: hosts and folders of the containers are replaced by this machine's.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.cli.house import House, wait_for
from tests.db.postgresql import new_postgresql
from tests.packaging.conftest import missing

ROOT = Path(__file__).parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
RELEASE = yaml.safe_load((ROOT / ".github" / "workflows" / "release.yml").read_text())
SERVICES = COMPOSE["services"]
OURS = [name for name, service in SERVICES.items() if service["image"].startswith("${ONECLICK_IMAGE")]
GIVEN = {"POSTGRES_PASSWORD": "secret", "ONECLICK_SECRET_KEY": "a secret key for the tests alone"}


def substituted(text: str) -> str:
    """Replace ``${NAME:-default}`` and ``${NAME:?error}`` as compose does."""

    def value(match: re.Match[str]) -> str:
        name, kind, rest = match.groups()
        if kind == ":?":
            return GIVEN[name]
        return GIVEN.get(name, rest or "")

    return re.sub(r"\$\{([A-Za-z_]+)(?:(:-|:\?)([^}]*))?\}", value, text)


def instructions() -> list[tuple[str, str]]:
    """Return the Dockerfile's instructions, continued lines joined."""
    text = re.sub(r"\\\n\s*", " ", (ROOT / "Dockerfile").read_text())
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(word.upper(), rest) for word, _, rest in (line.partition(" ") for line in lines)]


def test_compose_has_what_the_installation_needs() -> None:
    assert set(OURS) == {"web", "worker", "scheduler", "migrate", "demo"}
    assert {"redis", "postgres", "k3s"} <= set(SERVICES)
    assert SERVICES["k3s"]["profiles"] == ["cluster"]
    volumes = {volume.partition(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])}
    assert volumes == set(COMPOSE["volumes"])
    for service in SERVICES.values():
        assert set(service.get("depends_on", {})) <= set(SERVICES)


def test_every_variable_of_compose_is_documented() -> None:
    page = (ROOT / "docs" / "settings.md").read_text()
    for name in SERVICES["web"]["environment"]:
        assert f"`{name}`" in page


@pytest.fixture
def compose_house(tmp_path: Path, redis_url: str) -> House:
    """A place where the services' commands run, with the environment that compose gives them."""
    house = House(tmp_path)
    port = free_port()
    environ = {name: substituted(str(value)) for name, value in SERVICES["web"]["environment"].items()}
    environ |= {"DATABASE_URL": new_postgresql(), "REDIS_URL": redis_url}
    house.environ |= environ | {"ONECLICK_HOST": "127.0.0.1", "ONECLICK_PORT": str(port)}
    house.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{house.environ['PATH']}"
    house.url = f"http://127.0.0.1:{port}"
    return house


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.slow
@pytest.mark.postgresql
def test_each_service_s_command_runs(compose_house: House) -> None:
    demo_port = str(free_port())
    here = {"/data": str(compose_house.data), "0.0.0.0": "127.0.0.1", "8001": demo_port, "//demo": "//127.0.0.1"}

    def command(name: str) -> list[str]:
        words = list(SERVICES[name]["command"])
        for there, local in here.items():
            words = [word.replace(there, local) for word in words]
        return words

    migrated = compose_house.popen(*command("migrate"))
    assert migrated.wait(60) == 0, compose_house.log()
    started = {name: compose_house.popen(*command(name)) for name in ("demo", "web", "worker", "scheduler")}
    try:
        wait_for(compose_house.healthy)
        wait_for(lambda: "this scheduler leads" in compose_house.log())
        assert {name: process.poll() for name, process in started.items()} == dict.fromkeys(started)
        done = compose_house.run("superuser", "upsert", "root@example.com", "correct horse")
        assert done.returncode == 0, done.stderr
    finally:
        for process in reversed(started.values()):
            process.terminate()
        codes = {name: process.wait(30) for name, process in started.items()}
    assert codes == dict.fromkeys(started, 0), compose_house.log()


def test_redis_takes_its_command(tmp_path: Path) -> None:
    if shutil.which("redis-server") is None:
        missing("redis", "there is no redis-server on the PATH")
    words = [*SERVICES["redis"]["command"], "--port", "0", "--unixsocket", str(tmp_path / "s")]
    server = subprocess.Popen(words, stdout=subprocess.DEVNULL, cwd=tmp_path)
    with pytest.raises(subprocess.TimeoutExpired):
        server.wait(1)
    server.terminate()
    assert server.wait(10) == 0


def test_the_kubeconfig_of_k3s_is_rewritten(tmp_path: Path) -> None:
    (tmp_path / "k3s.yaml").write_text("server: https://127.0.0.1:6443\n")
    words = [
        word.replace("/kubeconfig", str(tmp_path)).replace("chown", "true")
        for word in SERVICES["kubeconfig"]["command"]
    ]
    subprocess.run(words, check=True)
    assert (tmp_path / "config").read_text() == "server: https://k3s:6443\n"
    assert (tmp_path / "config").stat().st_mode & 0o777 == 0o600
    assert SERVICES["web"]["environment"]["LOCAL_KUBECONFIG_FILE"] == "/kubeconfig/config"


def test_the_image_is_built_in_stages_and_does_not_run_as_root() -> None:
    steps = instructions()
    assert len([rest for word, rest in steps if word == "FROM"]) == 3
    last = steps[max(index for index, (word, _) in enumerate(steps) if word == "FROM") :]
    user = next(rest for word, rest in last if word == "USER")
    assert user.split(":")[0] not in ("root", "0")
    assert any(word == "CMD" and rest == '["oneclick", "serve"]' for word, rest in last)
    # What it copies from the tree is there and is not ignored.
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    for word, rest in steps:
        if word == "COPY" and "--from" not in rest:
            for source in rest.split()[:-1]:
                assert (ROOT / source).exists(), source
                assert source not in ignored
    assert all("--require-hashes" in rest or "--no-deps" in rest for word, rest in steps if "pip install" in rest)


def test_the_release_builds_an_image_for_a_tag(tmp_path: Path) -> None:
    # YAML 1.1 reads the key `on` as true.
    assert RELEASE[True]["push"]["tags"] == ["v*.*.*"]
    assert RELEASE["permissions"] == {"contents": "read", "packages": "write"}
    steps = RELEASE["jobs"]["image"]["steps"]
    build = next(step for step in steps if step.get("uses", "").startswith("docker/build-push-action"))
    assert build["with"]["push"] is True
    login = next(step for step in steps if step.get("uses", "").startswith("docker/login-action"))
    assert login["with"]["registry"] == "ghcr.io"
    for step in steps:
        assert ("uses" in step) != ("run" in step)


def test_the_release_refuses_a_tag_that_is_not_the_version() -> None:
    script = next(step["run"] for step in RELEASE["jobs"]["image"]["steps"] if "run" in step)
    version = re.search(r'^version = "(.*)"$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert version
    for tag, code in [(f"v{version[1]}", 0), ("v0.0.0", 1)]:
        environ = {"PATH": os.environ["PATH"], "GITHUB_REF_NAME": tag}
        done = subprocess.run(["bash", "-e", "-c", script], cwd=ROOT, env=environ, capture_output=True, check=False)
        assert done.returncode == code
