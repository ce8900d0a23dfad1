"""A web process's life: before it serves, and when it ends."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx2

from oneclick.core import SCHEMA_CHANNEL, OneClick
from oneclick.testing import TestApi
from tests.conftest import ROOT, LiveServer

PLUGIN = """
import os
from oneclick_hooks import hookimpl


def note(event, line):
    with open(event.app.data_dir / "diary", "a") as diary:
        diary.write(f"{line} {os.getpid()} {type(getattr(event, 'web', None)).__name__}\\n")


@hookimpl
def on_bootstrap(event):
    note(event, "bootstrap")


@hookimpl
def on_before_serve(event):
    note(event, "serve")


@hookimpl
def on_terminate(event):
    note(event, "terminate")
"""


def test_before_serve_and_terminate_fire_once_in_each_web_process(make_server: Callable[..., LiveServer]) -> None:
    server = make_server({"diary.py": PLUGIN}, ONECLICK_WEB_WORKERS="2")
    for _ in range(4):
        assert httpx2.get(f"{server.url}/api/health").status_code == 200
    assert server.stop() == 0
    lines = [line.split() for line in (server.app.data_dir / "diary").read_text().splitlines()]
    served = [pid for line, pid, web in lines if line == "serve" and web == "Flask"]
    assert len(served) == len(set(served)) == 2
    for pid in served:
        assert [line for line, own, _ in lines if own == pid] == ["bootstrap", "serve", "terminate"]
    # This process is built, and serves nothing.
    assert [line for line, own, _ in lines if own not in served] == ["bootstrap"]


def test_importing_wsgi_opens_nothing(tmp_path: Path) -> None:
    code = (
        "import threading, os, wsgi\n"
        "assert threading.active_count() == 1\n"
        f"assert not os.path.exists({str(tmp_path / 'data')!r})\n"
        "assert 'sqlalchemy' not in __import__('sys').modules\n"
    )
    environ = {"ONECLICK_DATA": str(tmp_path / "data"), "PATH": "/usr/bin:/bin"}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environ, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_wrong_setting_ends_the_server_with_a_sentence(
    make_server: Callable[..., LiveServer], tmp_path: Path
) -> None:
    environ = {"ONECLICK_DATA": str(tmp_path / "data"), "ONECLICK_SIGNUP": "perhaps", "PATH": "/usr/bin:/bin"}
    command = [sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", "127.0.0.1:0"]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60)
    assert done.returncode != 0
    assert 'ONECLICK_SIGNUP is "perhaps": it must be true or false.' in done.stderr


def test_another_process_s_change_of_a_rule_holds_at_once(plugged: Callable[..., OneClick], redis_url: str) -> None:
    here, there = plugged(REDIS_URL=redis_url), plugged(REDIS_URL=redis_url)
    told: list[bytes] = []
    here.follow_schema()
    here.subscribe(SCHEMA_CHANNEL, told.append)
    api = TestApi(here)
    made = there.collections.create({"name": "notes", "type": "base", "listRule": ""})
    _wait(lambda: len(told) == 1)
    assert api.get("/api/collections/notes/records").status_code == 200
    there.collections.update(made, {"listRule": None})
    _wait(lambda: len(told) == 2)
    assert api.get("/api/collections/notes/records").status_code == 403


def test_without_redis_it_holds_soon(plugged: Callable[..., OneClick]) -> None:
    here, there = plugged(), plugged()
    api = TestApi(here)
    there.collections.create({"name": "notes", "type": "base", "listRule": ""})
    here._looked = time.monotonic()
    assert api.get("/api/collections/notes/records").status_code == 404
    here._looked -= 10
    assert api.get("/api/collections/notes/records").status_code == 200


def _wait(look: Callable[[], bool]) -> None:
    end = time.monotonic() + 5
    while not look():
        assert time.monotonic() < end
        time.sleep(0.02)
