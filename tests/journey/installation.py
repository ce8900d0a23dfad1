"""A whole One-Click in processes of its own, as an operator runs it, for tests that look at it from outside."""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import httpx2
import psutil
from redis import Redis

T = TypeVar("T")
ROOT = Path(__file__).parents[2]
START_SECONDS = 90.0
PASSWORD = "correct horse battery"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def eventually(look: Callable[[], T | bool | None], seconds: float, what: str) -> T:
    """Return the first true answer of ``look``; fail with the last one after ``seconds``."""
    end, last = time.monotonic() + seconds, None
    while time.monotonic() < end:
        last = look()
        if last:
            return last  # type: ignore[return-value]
        time.sleep(0.1)
    raise AssertionError(f"{what}: not within {seconds} s, last {last!r}")


class Installation:
    """One data folder and the processes that serve it."""

    def __init__(self, data: Path, environment: Mapping[str, str] | None = None) -> None:
        self.data = data
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = data.parent / f"{data.name}.log"
        inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
        self.environment = {**inherited, "ONECLICK_DATA": str(data), "ONECLICK_URL": self.url, **(environment or {})}
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def run(self, *arguments: str, check: bool = True, timeout: float = 120) -> subprocess.CompletedProcess[str]:
        """Run one ``oneclick`` command to its end."""
        done = subprocess.run(
            [sys.executable, "-m", "oneclick", *arguments],
            env=self.environment,
            cwd=self.data.parent,
            capture_output=True,
            text=True,
            timeout=timeout,
            stdin=subprocess.DEVNULL,
        )
        if check and done.returncode:
            raise AssertionError(f"oneclick {' '.join(arguments)}: {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done

    def start(self, name: str, *command: str) -> subprocess.Popen[bytes]:
        """Start a process of the installation that goes on."""
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                command, env=self.environment, cwd=ROOT, stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )
        self.processes[name] = process
        return process

    def serve(self) -> None:
        """Start everything in one process tree, and wait until it answers."""
        self.start("serve", sys.executable, "-m", "oneclick", "serve", "--port", str(self.port))
        self.wait()

    def wait(self) -> None:
        """Wait until the API answers."""
        eventually(self._answers, START_SECONDS, f"{self.url} answers")

    def _answers(self) -> bool:
        for name, process in self.processes.items():
            if process.poll() is not None:
                raise AssertionError(f"{name} has ended with {process.returncode}:\n{self.tail()}")
        try:
            return httpx2.get(f"{self.url}/api/health", timeout=5).status_code == 200
        except httpx2.HTTPError:
            return False

    def tail(self, lines: int = 80) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:]) if self.log.exists() else ""

    def redis(self) -> Redis:
        """Return a client of the installation's Redis."""
        url = self.environment.get("REDIS_URL") or json.loads((self.data / "runtime.json").read_text())["redis_url"]
        return Redis.from_url(url)

    def descendants(self, name: str) -> list[psutil.Process]:
        """Return all processes below the one that was started as ``name``."""
        try:
            return psutil.Process(self.processes[name].pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return []

    def stop(self) -> None:
        """End all processes as Ctrl-C does; kill what stays."""
        for process in reversed(self.processes.values()):
            if process.poll() is None:
                process.send_signal(signal.SIGINT if process is self.processes.get("serve") else signal.SIGTERM)
        for process in self.processes.values():
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
        self.processes.clear()

    def client(self, email: str, name: str = "Ada") -> Client:
        """Return a client signed in as a new user."""
        superuser = self.superuser()
        answer = superuser.http.post(
            "/api/collections/users/records",
            json={"email": email, "password": PASSWORD, "passwordConfirm": PASSWORD, "name": name},
        )
        assert answer.status_code == 200, answer.text
        return self.sign_in("users", email)

    def superuser(self) -> Client:
        """Return a client signed in as a superuser (made when missing)."""
        if not (self.data / ".superuser-made").exists():
            self.run("superuser", "upsert", "root@example.com", PASSWORD)
            (self.data / ".superuser-made").touch()
        return self.sign_in("_superusers", "root@example.com")

    def sign_in(self, collection: str, identity: str) -> Client:
        answer = httpx2.post(
            f"{self.url}/api/collections/{collection}/auth-with-password",
            json={"identity": identity, "password": PASSWORD},
            timeout=30,
        )
        assert answer.status_code == 200, answer.text
        return Client(self.url, answer.json()["token"], answer.json()["record"])


class Client:
    """One person's view of the API."""

    def __init__(self, url: str, token: str, record: dict[str, Any]) -> None:
        self.token, self.record, self.url = token, record, url
        self.http = httpx2.Client(base_url=url, headers={"Authorization": token}, timeout=60)

    @property
    def id(self) -> str:
        return str(self.record["id"])

    def create(self, collection: str, **values: Any) -> dict[str, Any]:
        answer = self.http.post(f"/api/collections/{collection}/records", json=values)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def update(self, collection: str, record: str, **values: Any) -> dict[str, Any]:
        answer = self.http.patch(f"/api/collections/{collection}/records/{record}", json=values)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def view(self, collection: str, record: str) -> dict[str, Any]:
        answer = self.http.get(f"/api/collections/{collection}/records/{record}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def list(self, collection: str, **query: str) -> list[dict[str, Any]]:
        answer = self.http.get(f"/api/collections/{collection}/records", params=query)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["items"])

    def deployment(self, name: str = "", project: str | None = None) -> tuple[str, str]:
        """Make a project (unless given) and a deployment in it, ``web`` or a name of its own; return both ids."""
        name = name or (f"web-{secrets.token_hex(4)}" if project else "web")
        project = project or self.create("projects", name="shop", user=self.id)["id"]
        made = self.create("deployments", name=name, user=self.id, project=project)
        return project, str(made["id"])

    def roll_out(self, project: str, deployment: str, manifest: dict[str, Any]) -> dict[str, Any]:
        return self.create("rollouts", user=self.id, project=project, deployment=deployment, manifest=manifest)

    def phase(self, rollout: str, phase: str, seconds: float = 60) -> dict[str, Any]:
        """Wait until the rollout has reached ``phase`` and return its record."""

        def look() -> dict[str, Any] | None:
            record = self.view("rollouts", rollout)
            return record if record["phase"] == phase else None

        return eventually(look, seconds, f"rollout {rollout} becomes {phase}")


def manifest(tag: str = "1.27", **spec: Any) -> dict[str, Any]:
    """Return a small manifest that runs nginx."""
    return {
        "apiVersion": "one-click.dev/v1alpha1",
        "kind": "Rollout",
        "spec": {
            "image": {"registry": "docker.io", "repository": "library/nginx", "tag": tag},
            "horizontalScale": {"minReplicas": 1, "maxReplicas": 2, "targetCPUUtilizationPercentage": 80},
            "resources": {
                "requests": {"cpu": "10m", "memory": "16Mi"},
                "limits": {"cpu": "100m", "memory": "64Mi"},
            },
            "interfaces": [{"name": "http", "port": 80}],
            "serviceAccountName": "",
            **spec,
        },
    }


@contextmanager
def installed(data: Path, environment: Mapping[str, str] | None = None) -> Iterator[Installation]:
    """An installation that is stopped at the end, whatever happens."""
    data.mkdir(parents=True, exist_ok=True)
    installation = Installation(data, environment)
    try:
        yield installation
    finally:
        installation.stop()
