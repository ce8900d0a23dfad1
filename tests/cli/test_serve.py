"""``oneclick serve``: everything starts from nothing, survives its children's deaths, and leaves nothing behind."""

from __future__ import annotations

import json
import signal
import socket
import stat
import subprocess
import sys
import threading
from pathlib import Path

import httpx2
import psutil
import pytest

from tests.cli.house import House, wait_for

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def stream(house: House) -> threading.Event:
    """Open a stream that the server must close; the event tells that it did."""
    opened, closed = threading.Event(), threading.Event()

    def read() -> None:
        with httpx2.stream("GET", f"{house.url}/api/realtime", timeout=60) as answer:
            try:
                for _line in answer.iter_lines():
                    opened.set()
            except httpx2.HTTPError:
                pass
            closed.set()

    threading.Thread(target=read, daemon=True).start()
    assert opened.wait(20)
    return closed


def test_ctrl_c_ends_everything_with_streams_open(house: House) -> None:
    house.serve()
    assert house.healthy()
    runtime = house.data / "runtime.json"
    assert stat.S_IMODE(runtime.stat().st_mode) == 0o600
    folder = Path(json.loads(runtime.read_text())["folder"])
    assert folder.exists()
    closed = stream(house)
    seconds = house.end(signal.SIGINT)
    assert house.server.returncode == 0
    assert closed.wait(5)
    assert house.left() == []
    assert not runtime.exists()
    assert not folder.exists()
    # A quick end: without the streams being closed gunicorn waits for ten seconds.
    assert seconds < 9


def test_nothing_survives_kill_9(house: House) -> None:
    house.serve()
    stream(house)
    folder = Path(json.loads((house.data / "runtime.json").read_text())["folder"])
    house.end(signal.SIGKILL)
    wait_for(lambda: house.left() == [], 10)
    # What it could not remove goes with the next start.
    house.serve()
    assert not folder.exists()
    assert house.healthy()


def test_a_child_that_dies_is_started_again(house: House) -> None:
    house.serve()
    for word in ("redis-server", "gunicorn", "scheduler", "worker"):
        before = house.child(word)
        grandchildren = before.children(recursive=True)
        before.kill()
        wait_for(lambda before=before, word=word: replaced(house, before, word))
        assert not any(process.is_running() and process.status() != "zombie" for process in grandchildren)
        assert "was ended by SIGKILL; it starts again" in house.log()
    assert house.end(signal.SIGHUP) < 20
    assert house.left() == []


def replaced(house: House, before: psutil.Process, word: str) -> bool:
    try:
        return bool(house.child(word).pid != before.pid and house.healthy())
    except (AssertionError, psutil.NoSuchProcess):
        return False


def one_sentence(house: House, **environ: str) -> str:
    """Return what a ``serve`` that must not start says: one line, and no child ever ran."""
    done = house.run("serve", "--port", "0", ONECLICK_PLUGINS="kubernetes,demo_cluster", **environ)
    assert (done.returncode, done.stdout) == (1, "")
    assert len(done.stderr.splitlines()) == 1, done.stderr
    return done.stderr


@pytest.mark.parametrize("content", ["foo: [", "", "hello", "\x00\x01", "kind: Config\n"])
def test_a_kubeconfig_that_is_none_is_a_sentence(house: House, content: str) -> None:
    file = house.folder / "kubeconfig"
    file.write_text(content)
    sentence = one_sentence(house, LOCAL="true", LOCAL_KUBECONFIG_FILE=str(file))
    assert sentence.startswith("LOCAL is true, but the kubeconfig of LOCAL_KUBECONFIG_FILE cannot be used.")
    assert str(file) in sentence


def test_without_a_cluster_nothing_is_started(house: House) -> None:
    for environ in ({"DATABASE_URL": f"sqlite:///{house.folder}/x.db"}, {"KUBERNETES_SERVICE_HOST": "10.0.0.1"}):
        assert one_sentence(house, **environ).startswith("No Kubernetes cluster is configured.")


def test_a_host_that_nobody_knows_is_a_sentence(house: House) -> None:
    done = house.run("serve", "--host", "nosuch.invalid", "--port", "0")
    assert done.returncode == 1
    assert done.stderr.startswith("Cannot listen on nosuch.invalid:0 (")
    assert "Unknown error" not in done.stderr


def test_a_taken_port_is_a_sentence(house: House) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = house.run("serve", "--port", str(port))
    assert done.returncode == 1
    assert done.stderr.startswith(f"Cannot listen on 127.0.0.1:{port} (Address already in use)")
    assert len(done.stderr.splitlines()) == 1


def test_one_server_a_data_folder_and_workers_that_join_it(house: House) -> None:
    house.serve()
    done = house.run("serve", "--port", "0")
    assert (done.returncode, "Another `oneclick serve` is using the data folder" in done.stderr) == (1, True)
    worker = house.popen(sys.executable, "-m", "oneclick", "worker")
    scheduler = house.popen(sys.executable, "-m", "oneclick", "scheduler")
    try:
        with pytest.raises(subprocess.TimeoutExpired):
            worker.wait(5)
        assert scheduler.poll() is None
    finally:
        for process in (worker, scheduler):
            process.terminate()
            assert process.wait(20) == 0


def test_the_first_superuser_is_made_by_the_link_once(house: House) -> None:
    house.serve()
    token = house.installer.rpartition("/")[2]
    values = {"email": "root@example.com", "password": "correct horse", "passwordConfirm": "correct horse"}
    path = f"{house.url}/api/collections/_superusers/records"
    answer = httpx2.post(path, json=values, headers={"Authorization": token})
    assert answer.status_code == 200, answer.text
    assert httpx2.post(path, json=values, headers={"Authorization": token}).status_code in (401, 403)
    house.end(signal.SIGTERM)
    house.installer = ""
    house.serve()
    assert house.installer == ""
