"""Commands that need neither Redis nor a cluster, and those that say that they do."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from oneclick.cli.group import COMMANDS


def test_help_lists_every_command(house: Any) -> None:
    done = house.run("--help", CRON_TICK="wrong")
    assert done.returncode == 0
    for name in COMMANDS:
        assert f"  {name} " in done.stdout


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_explains_itself(house: Any, command: str) -> None:
    done = house.run(command, "--help")
    assert done.returncode == 0
    assert "Usage:" in done.stdout


def test_an_unknown_command(house: Any) -> None:
    done = house.run("nothing")
    assert done.returncode == 2
    assert "No such command 'nothing'" in done.stderr


@pytest.mark.parametrize("command", ["serve", "worker", "scheduler", "migrate"])
def test_a_wrong_setting_is_one_sentence(house: Any, command: str) -> None:
    done = house.run(command, ONECLICK_THREADS="many")
    assert done.returncode == 1
    assert done.stderr == 'ONECLICK_THREADS is "many": it must be a whole number from 8 to 4096.\n'


@pytest.mark.parametrize("command", ["worker", "scheduler"])
def test_without_redis_is_a_sentence(house: Any, command: str) -> None:
    done = house.run(command)
    assert done.returncode == 1
    assert done.stderr.startswith("REDIS_URL is not set, and no `oneclick serve`")
    assert len(done.stderr.splitlines()) == 1


def test_gunicorn_without_redis_is_a_sentence(house: Any) -> None:
    process = house.popen(sys.executable, "-m", "gunicorn", "-b", "127.0.0.1:0", "wsgi:app")
    assert process.wait(60) == 1
    assert house.log().splitlines()[-1].startswith("REDIS_URL is not set, and no `oneclick serve`")
    assert "Traceback" not in house.log()


def test_gunicorn_with_a_wrong_setting_is_a_sentence(house: Any) -> None:
    process = house.popen(sys.executable, "-m", "gunicorn", "-b", "127.0.0.1:0", "wsgi:app", CRON_TICK="x")
    assert process.wait(60) == 1
    assert house.log().startswith('CRON_TICK is "x"')
    assert "Traceback" not in house.log()


def test_importing_wsgi_opens_nothing(house: Any) -> None:
    script = "import wsgi, threading, sys; sys.exit(threading.active_count() - 1 + ('sqlalchemy' in sys.modules))"
    assert house.popen(sys.executable, "-c", script).wait(60) == 0
    assert not house.data.exists()


@pytest.mark.parametrize("command", ["serve", "migrate", "plugins"])
def test_plugins_that_are_not_there_are_named(house: Any, command: str) -> None:
    done = house.run(command, ONECLICK_PLUGINS="kubernets,blueprints")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("ONECLICK_PLUGINS names plugins that are not there: kubernets (there are ")
    assert " kubernetes)" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("command", ["serve", "migrate"])
def test_a_data_folder_that_cannot_be_made_is_a_sentence(house: Any, command: str) -> None:
    done = house.run(command, ONECLICK_DATA="/proc/oneclick")
    assert done.returncode == 1
    assert done.stderr == ("ONECLICK_DATA is /proc/oneclick: that folder cannot be made (No such file or directory).\n")


@pytest.mark.parametrize("command", ["serve", "worker", "scheduler"])
def test_a_redis_that_does_not_answer_is_a_sentence(house: Any, command: str) -> None:
    done = house.run(command, REDIS_URL="redis://:secret@127.0.0.1:1")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("The Redis of REDIS_URL cannot be used: ")
    assert "127.0.0.1:1" in done.stderr
    assert "secret" not in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("name", ["ONECLICK_OIDC_AUTH_URL", "ONECLICK_MICROSOFT_TENANT"])
def test_a_setting_of_a_login_provider_that_is_not_there_is_a_sentence(house: Any, name: str) -> None:
    done = house.run("migrate", ONECLICK_PLUGINS="auth_providers", **{name: "https://id.example.com/authorize"})
    assert done.returncode == 1
    assert done.stderr.startswith(f"{name} has no effect without ")
    assert len(done.stderr.splitlines()) == 1


def test_a_superuser_makes_no_data_folder(house: Any) -> None:
    for arguments in (("upsert", "a@example.com", "short"), ("delete", "a@example.com")):
        done = house.run("superuser", *arguments)
        assert done.returncode == 1
        assert done.stderr.startswith(f"There is no data folder {house.data} (ONECLICK_DATA)")
        assert not house.data.exists()


def test_superusers(house: Any) -> None:
    house.data.mkdir()
    assert "1" not in house.run("superuser", "upsert", "root@example.com", "correct horse").stderr
    assert house.run("superuser", "upsert", "root@example.com", "battery staple").returncode == 0
    for arguments, sentence in [
        (("create", "root@example.com", "correct horse"), "email: "),
        (("create", "two@example.com", "short"), "password: "),
        (("update", "nobody@example.com", "correct horse"), "There is no superuser 'nobody@example.com'."),
    ]:
        done = house.run("superuser", *arguments)
        assert done.returncode == 1
        assert sentence in done.stderr
        assert "Traceback" not in done.stderr
    assert house.run("superuser", "create", "two@example.com", "correct horse").returncode == 0
    assert house.run("superuser", "update", "two@example.com", "battery staple").returncode == 0
    assert house.run("superuser", "delete", "two@example.com").returncode == 0
    assert "There is no superuser" in house.run("superuser", "delete", "two@example.com").stdout


def test_migrate_and_openapi(house: Any) -> None:
    done = house.run("migrate")
    assert (done.returncode, "is up to date" in done.stdout) == (0, True), done.stderr
    assert "is up to date" in house.run("migrate").stdout
    document = json.loads(house.run("openapi").stdout)
    assert "/api/health" in document["paths"]


def test_broken_plugins_are_listed_with_their_traceback(house: Any) -> None:
    folder = house.data / "plugins"
    folder.mkdir(parents=True)
    (folder / "good.py").write_text("X = 1\n")
    (folder / "bad.py").write_text("import nothing_of_that_name\n")
    (folder / "late.py").write_text(
        "from oneclick_hooks import hookimpl\n@hookimpl\ndef register_jobs():\n    raise ValueError('on purpose')\n"
    )
    done = house.run("plugins", ONECLICK_PLUGINS="good,bad,late")
    assert done.returncode == 1
    assert house.run("plugins", ONECLICK_PLUGINS="good").returncode == 0
    lines = done.stdout.splitlines()
    assert lines[0].split() == ["good", "on", str(Path(folder, "good.py"))]
    assert any(line.startswith("bad   off") and "nothing_of_that_name" in line for line in lines)
    assert any(line.startswith("late  off") and "on purpose" in line for line in lines)
    assert "Traceback (most recent call last)" in done.stdout


def test_a_plugin_adds_a_command(house: Any) -> None:
    folder = house.data / "plugins"
    folder.mkdir(parents=True)
    (folder / "hello.py").write_text(
        "import click\nfrom oneclick_hooks import hookimpl\n"
        "@click.command()\ndef hello():\n    'Greet.'\n    click.echo('hello')\n"
        "@hookimpl\ndef register_commands():\n    return [hello]\n"
    )
    assert house.run("hello", ONECLICK_PLUGINS="hello").stdout == "hello\n"
    assert "Greet." in house.run("--help", ONECLICK_PLUGINS="hello").stdout
