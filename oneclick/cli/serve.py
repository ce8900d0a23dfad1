"""``oneclick serve``: web, worker, scheduler, an embedded Redis and the plugins' services in one process tree."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import click

from oneclick import config as configuration
from oneclick import log
from oneclick.cli import runtime
from oneclick.cli.supervisor import POLL_SECONDS, Child, Program, Supervisor
from oneclick.config import Config
from oneclick.errors import ConfigError
from oneclick.jobs import embedded
from oneclick.lifeline import tied_to_this_process

REDIS_SECONDS = 20.0
SERVICE_SECONDS = 20.0
BACKLOG = 512
INSTALLER_PAGE = "/_/#/pbinstall/"
READY_FILE = "ONECLICK_READY_FILE"
"""Names a file that a service makes when it can be used; ``oneclick serve`` waits for it."""


@click.command()
@click.option("--host", help="The address to listen on (ONECLICK_HOST, 127.0.0.1).")
@click.option("--port", type=click.IntRange(0, 65535), help="The port to listen on (ONECLICK_PORT, 8090; 0: any).")
def serve(host: str | None, port: int | None) -> None:
    """Run everything: web, worker, scheduler, Redis unless REDIS_URL is set, a demo cluster where there is no other."""
    config = configuration.load()
    log.configure(config.log_level.upper(), config.log_json)
    config = config.with_values(
        host=host if host is not None else config.host, port=port if port is not None else config.port
    )
    with _told_to_stop() as stop, ExitStack() as stack:
        stack.enter_context(runtime.sole_server(config))
        server = Server(config, stop)
        stack.callback(server.close)
        server.run()


class Stop:
    """Whether a signal asked for the end."""

    def __init__(self) -> None:
        self.asked = False

    def __call__(self, *_: Any) -> None:
        """Note the signal."""
        self.asked = True

    def wait(self, seconds: float) -> None:
        """Sleep; a signal ends the sleep early."""
        end = time.monotonic() + seconds
        while not self.asked and (left := end - time.monotonic()) > 0:
            time.sleep(min(left, POLL_SECONDS))


class Server:
    """The process tree and what it holds."""

    def __init__(self, config: Config, stop: Stop) -> None:
        self.config, self.stop = config, stop
        self.supervisor = Supervisor()
        self.folder = Path(tempfile.mkdtemp(prefix="oneclick-"))
        self.environ = {**config.environ, "ONECLICK_DATA": str(config.data_dir), runtime.UNDER_SERVE: "1"}
        self.listener: socket.socket | None = None
        self.web: Child | None = None

    def run(self) -> None:
        """Start everything, then look after it until a signal comes."""
        self._remove_leftovers()
        self.listener = listen(self.config.host, self.config.port)
        self._start_redis()
        prepared = self._prepare()
        for service in prepared["services"]:
            self._start_service(service["name"], service["argv"])
        self._start_processes(self.listener)
        self._announce(prepared["installer"])
        while not self.stop.asked:
            self._watch()
            self.stop.wait(POLL_SECONDS)
        click.echo("Stopping…")

    def close(self) -> None:
        """End everything and leave nothing behind."""
        self.supervisor.stop()
        runtime.remove(self.config.data_dir)
        shutil.rmtree(self.folder, ignore_errors=True)
        if self.listener is not None:
            self.listener.close()

    @property
    def address(self) -> str:
        """The address to open in a browser."""
        assert self.listener is not None
        host, port = self.listener.getsockname()[:2]
        shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
        return f"http://{shown}:{port}"

    def _remove_leftovers(self) -> None:
        """Remove the temporary folder of a server that was killed."""
        left = runtime.read(self.config.data_dir).get("folder", "")
        if Path(left).name.startswith("oneclick-") and Path(left) != self.folder:
            shutil.rmtree(left, ignore_errors=True)

    def _start_redis(self) -> None:
        url = self.config.redis_url
        if url:
            runtime.reach_redis(self.config)
        else:
            url = embedded.url(self.folder)
            self.supervisor.start(Program("redis", embedded.command(self.folder), self.environ, grace=0))
            self._wait_for(lambda: embedded.answers(self.folder), REDIS_SECONDS)
            if not embedded.answers(self.folder) and not self.stop.asked:
                raise ConfigError(f"The embedded Redis does not start: {embedded.last_words(self.folder)}")
        self.environ["REDIS_URL"] = url
        runtime.write(self.config.data_dir, url, str(self.folder))

    def _prepare(self) -> dict[str, Any]:
        if self.stop.asked:
            return {"services": [], "installer": ""}
        done = subprocess.run(
            [sys.executable, "-m", "oneclick.cli.prepare"],
            env=self.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            start_new_session=True,
            preexec_fn=tied_to_this_process(),
            check=False,
        )
        if done.returncode:
            # It has said what is wrong.
            sys.exit(done.returncode)
        return dict(json.loads(done.stdout))

    def _start_service(self, name: str, argv: list[str]) -> None:
        if self.stop.asked:
            return
        ready = self.folder / f"{name}.ready"
        self.supervisor.start(Program(name, argv, {**self.environ, READY_FILE: str(ready)}, grace=0))
        self._wait_for(ready.exists, SERVICE_SECONDS)
        if not ready.exists() and not self.stop.asked:
            click.echo(f"{name} is not ready after {SERVICE_SECONDS:.0f} s; starting the rest all the same.", err=True)

    def _start_processes(self, listener: socket.socket) -> None:
        if self.stop.asked:
            return
        number = listener.fileno()
        web = [sys.executable, "-m", "gunicorn", "-c", "python:oneclick.cli.gunicorn_config", "oneclick.cli.web:app"]
        environ = {**self.environ, "ONECLICK_LISTEN_FD": str(number)}
        self.web = self.supervisor.start(Program("web", web, environ, files=(number,)))
        oneclick = [sys.executable, "-m", "oneclick"]
        self.supervisor.start(Program("scheduler", [*oneclick, "scheduler"], self.environ))
        for index in range(self.config.job_workers):
            name = "worker" if self.config.job_workers == 1 else f"worker {index + 1}"
            self.supervisor.start(Program(name, [*oneclick, "worker"], self.environ))

    def _announce(self, installer: str) -> None:
        while not self.stop.asked and not _answers(self.address):
            if self.web is not None and self.web.process.poll() == runtime.BOOT_FAILED:
                # It has said which setting is wrong.
                sys.exit(1)
            self._watch()
            self.stop.wait(POLL_SECONDS)
        if self.stop.asked:
            return
        click.echo(f"One-Click is at {self.address}")
        if installer:
            click.echo(
                f"Create the first superuser (once, within 30 minutes): {self.address}{INSTALLER_PAGE}{installer}"
            )
        click.echo("Ctrl-C stops it.")

    def _watch(self) -> None:
        for sentence in self.supervisor.watch():
            click.echo(sentence, err=True)

    def _wait_for(self, condition: Any, seconds: float) -> None:
        end = time.monotonic() + seconds
        while not condition() and not self.stop.asked and time.monotonic() < end:
            self._watch()
            self.stop.wait(POLL_SECONDS / 2)


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket. It stays open while gunicorn is started again: nobody is refused meanwhile."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        # A resolver's errors have numbers of their own.
        own = isinstance(error, socket.gaierror)
        reason = os.strerror(error.errno) if error.errno and not own else error.strerror
        raise ConfigError(
            f"Cannot listen on {host}:{port} ({reason}): choose another with --host and --port "
            "(ONECLICK_HOST, ONECLICK_PORT)."
        ) from error
    return listener


@contextmanager
def _told_to_stop() -> Iterator[Stop]:
    """Turn SIGINT, SIGTERM and SIGHUP (the terminal is closed) into a flag."""
    stop = Stop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    yield stop


def _answers(address: str) -> bool:
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=5)
    try:
        connection.request("GET", "/api/health")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
