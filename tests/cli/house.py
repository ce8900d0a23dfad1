"""``oneclick`` as a person calls it: commands in processes of their own, in a data folder of the test's."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import psutil

ROOT = Path(__file__).parents[2]
INHERITED = ("PATH", "LANG", "TMPDIR", "PYTHONDONTWRITEBYTECODE")


class House:
    """A data folder, the environment of its commands, and the ``oneclick serve`` that may run in it."""

    def __init__(self, folder: Path, python: str = sys.executable, cwd: str = str(ROOT), **environ: str) -> None:
        self.data = folder / "data"
        self.python, self.cwd = python, cwd
        self.environ = {name: os.environ[name] for name in INHERITED if name in os.environ}
        self.environ |= {"HOME": str(folder), "ONECLICK_DATA": str(self.data), **environ}
        self.folder, self.url, self.installer = folder, "", ""
        self.server: subprocess.Popen[str] | None = None
        self.family: list[psutil.Process] = []

    def run(self, *arguments: str, input: str | None = None, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            [self.python, "-m", "oneclick", *arguments],
            env={**self.environ, **environ},
            cwd=self.folder,
            capture_output=True,
            text=True,
            input=input or "",
            timeout=120,
            check=False,
        )

    def popen(self, *command: str, **environ: str) -> subprocess.Popen[str]:
        """Start a process that goes on."""
        with (self.folder / "log").open("a") as log:
            return subprocess.Popen(
                command, env={**self.environ, **environ}, cwd=self.cwd, stdout=subprocess.PIPE, stderr=log, text=True
            )

    def serve(self, *arguments: str) -> None:
        """Start ``oneclick serve`` on any free port and wait for its address."""
        self.server = self.popen(self.python, "-m", "oneclick", "serve", "--port", "0", *arguments)
        assert self.server.stdout is not None
        for line in self.server.stdout:
            if "is at http" in line:
                self.url = line.split()[-1]
            if "pbinstall" in line:
                self.installer = line.split()[-1]
            if "Ctrl-C" in line:
                break
        assert self.url, self.log()
        self.environ["ONECLICK_URL"] = self.url
        self.family = self.children()

    def children(self) -> list[psutil.Process]:
        """Return all processes below the server."""
        assert self.server is not None
        return psutil.Process(self.server.pid).children(recursive=True)

    def child(self, *words: str) -> psutil.Process:
        """Return the server's own child whose command line has all words."""
        assert self.server is not None
        for process in psutil.Process(self.server.pid).children():
            if all(word in " ".join(process.cmdline()) for word in words):
                return process
        raise AssertionError(f"no child {words}")

    def end(self, number: signal.Signals) -> float:
        """Send the server a signal; return how many seconds it took to end."""
        assert self.server is not None
        self.family += self.children()
        started = time.monotonic()
        self.server.send_signal(number)
        self.server.wait(60)
        return time.monotonic() - started

    def left(self) -> list[psutil.Process]:
        """Return what still runs of all processes there were."""
        return [process for process in self.family if is_running(process)]

    def log(self) -> str:
        path = self.folder / "log"
        return path.read_text() if path.exists() else ""

    def healthy(self) -> bool:
        try:
            return httpx2.get(f"{self.url}/api/health", timeout=5).status_code == 200
        except httpx2.HTTPError:
            return False

    def close(self) -> None:
        if self.server is not None and self.server.poll() is None:
            self.end(signal.SIGTERM)
        for process in self.left():
            process.kill()


def is_running(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def wait_for(condition: Callable[[], Any], seconds: float = 60) -> Any:
    """Wait for a condition to hold; return its value."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.1)
    raise AssertionError("waited in vain")
