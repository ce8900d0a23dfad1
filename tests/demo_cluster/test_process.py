"""The process: its kubeconfig, its end, its place under ``oneclick serve``."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import threading
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import oneclick_demo_cluster
from oneclick_demo_cluster import choice
from tests.demo_cluster.kit import http_for, start, wait_for_kubeconfig


def end(process: subprocess.Popen[bytes]) -> float:
    started = time.monotonic()
    process.send_signal(signal.SIGTERM)
    assert process.wait(5) == 0
    return time.monotonic() - started


def test_the_kubeconfig_is_private_and_goes_at_the_end(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    process = start(tmp_path / "new" / "folder", ONECLICK_READY_FILE=str(ready))
    try:
        path = wait_for_kubeconfig(tmp_path / "new" / "folder")
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        with http_for(path) as http:
            assert str(http.base_url).startswith("http://127.0.0.1:")
            assert http.get("/version").status_code == 200
        assert ready.exists()
    finally:
        assert end(process) < 2
    assert list(path.parent.iterdir()) == []


def test_it_ends_at_once_with_open_watches(tmp_path: Path) -> None:
    process = start(tmp_path)
    path = wait_for_kubeconfig(tmp_path)
    done: list[int] = []
    opened = threading.Barrier(6)

    def watch() -> None:
        query = {"watch": "1", "resourceVersion": "0"}
        with http_for(path) as http, http.stream("GET", "/api/v1/pods", params=query) as answer:
            opened.wait(20)
            done.append(sum(1 for _ in answer.iter_lines()))

    threads = [threading.Thread(target=watch) for _ in range(5)]
    for thread in threads:
        thread.start()
    opened.wait(20)
    assert end(process) < 2
    for thread in threads:
        thread.join(5)
    assert done == [0] * 5


def test_a_killed_one_comes_back_where_it_was(tmp_path: Path) -> None:
    process = start(tmp_path)
    path = wait_for_kubeconfig(tmp_path)
    with http_for(path) as http:
        old = http.get("/api/v1/pods").json()["metadata"]["resourceVersion"]
        process.kill()
        process.wait()
        before = path.read_bytes()
        process = start(tmp_path)
        try:
            assert choice.connection(app(tmp_path, ONECLICK_CLUSTER="demo")) is not None
            assert path.read_bytes() == before
            answer = http.get("/api/v1/pods", params={"watch": "1", "resourceVersion": old})
            assert answer.status_code == 410
        finally:
            end(process)


def test_address_and_port_can_be_given(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    arguments = ("--port", str(port), "--advertise", "http://demo:8001/", "--host", "0.0.0.0")
    process = start(tmp_path, *arguments)
    try:
        path = wait_for_kubeconfig(tmp_path)
        assert json.loads(path.read_text())["clusters"][0]["cluster"]["server"] == "http://demo:8001"
        with socket.create_connection(("127.0.0.1", port), timeout=5):
            pass
        taken = start(tmp_path / "other", "--port", str(port))
        assert taken.wait(10) == 1
    finally:
        end(process)
    assert start(tmp_path, "--advertise", "demo:8001").wait(10) == 2


def app(data: Path, **environ: str) -> Any:
    return SimpleNamespace(data_dir=data, config=SimpleNamespace(environ=environ))


@pytest.mark.parametrize(
    ("environ", "chosen"),
    [
        ({}, True),
        ({"ONECLICK_CLUSTER": "auto"}, True),
        ({"ONECLICK_CLUSTER": "demo", "DATABASE_URL": "postgresql://x"}, True),
        ({"ONECLICK_CLUSTER": "none"}, False),
        ({"LOCAL": "true"}, False),
        ({"LOCAL": "false"}, True),
        ({"DATABASE_URL": "postgresql://x"}, False),
        ({"KUBERNETES_SERVICE_HOST": "10.0.0.1"}, False),
    ],
)
def test_when_it_is_chosen(tmp_path: Path, environ: dict[str, str], chosen: bool) -> None:
    services = list(oneclick_demo_cluster.register_services(app(tmp_path, **environ)))
    assert bool(services) is chosen
    if chosen:
        name, argv = services[0]
        assert (name, argv[-1]) == ("demo-cluster", str(tmp_path))


def test_connections_wait_for_a_start_only_where_one_is_expected(tmp_path: Path) -> None:
    started = time.monotonic()
    assert oneclick_demo_cluster.kubernetes_connect(app(tmp_path)) is None
    assert oneclick_demo_cluster.kubernetes_connect(app(tmp_path, ONECLICK_CLUSTER="none", ONECLICK_SERVE="1")) is None
    assert time.monotonic() - started < 1
    process: list[subprocess.Popen[bytes]] = []
    timer = threading.Timer(0.3, lambda: process.append(start(tmp_path)))
    timer.start()
    try:
        connection = oneclick_demo_cluster.kubernetes_connect(app(tmp_path, ONECLICK_SERVE="1"))
        assert connection is not None
        assert "nothing really runs" in connection.notice
        assert connection.kubeconfig == str(tmp_path / "demo-cluster.kubeconfig")
    finally:
        timer.join()
        end(process[0])


def test_the_command_is_offered() -> None:
    (command,) = oneclick_demo_cluster.register_commands()
    assert command.name == "demo-cluster"
    assert {option.name for option in command.params} == {"data", "host", "port", "advertise"}
    assert os.environ.get("ONECLICK_DATA") is None or command.params[0].envvar == "ONECLICK_DATA"
