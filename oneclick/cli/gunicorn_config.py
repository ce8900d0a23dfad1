"""gunicorn's configuration, for ``oneclick serve`` and (through gunicorn.conf.py) for ``gunicorn wsgi:app``.

Threads, not events: a socket or stream holds a thread for its life, so that there must be more of them than sockets.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from typing import Any, NoReturn

from oneclick import config as configuration
from oneclick.cli.runtime import BOOT_FAILED, UNDER_SERVE, with_redis
from oneclick.errors import ConfigError
from oneclick.lifeline import die_with_parent

LISTENER = "ONECLICK_LISTEN_FD"
"""The descriptor of the socket that ``oneclick serve`` listens on, and keeps while gunicorn is started again."""


def _end(error: ConfigError, code: int = 1) -> NoReturn:
    sys.stderr.write(f"{error}\n")
    sys.stderr.flush()
    sys.exit(code)


try:
    _config = configuration.load()
except ConfigError as error:
    _end(error)

bind = f"fd://{os.environ[LISTENER]}" if LISTENER in os.environ else f"{_config.host}:{_config.port}"
worker_class = "oneclick.cli.gthread.Worker"
workers = _config.web_workers
threads = _config.threads
worker_connections = threads + 512
preload_app = False
keepalive = 5
timeout = 120
graceful_timeout = 10
max_requests = 0
loglevel = "warning" if UNDER_SERVE in os.environ else _config.log_level
proc_name = "oneclick-web"
control_socket_disable = True
# Python sends files without the time-out for clients that do not read.
sendfile = False
# Heartbeats are file times: on a disk that is busy they would stall.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108


def on_starting(server: Any) -> None:
    """Stop before anything is forked when there is no Redis."""
    try:
        with_redis(_config)
    except ConfigError as error:
        _end(error)


def post_fork(server: Any, worker: Any) -> None:
    """Tie the worker to its master, and let it open as many files as it may: each connection is one."""
    die_with_parent()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def post_worker_init(worker: Any) -> None:
    """Build the application in the worker, after the fork, and have it told when the worker ends."""
    try:
        worker.wsgi.start()
    except ConfigError as error:
        _end(error, BOOT_FAILED)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
        signal.signal(number, _closing(worker, signal.getsignal(number)))


def post_request(worker: Any, req: Any, environ: Any, resp: Any) -> None:
    """Close the connection of a client that asks too much: what it has sent already is not answered."""
    # A websocket has ended without an answer.
    if getattr(resp, "status_code", None) == HTTPStatus.TOO_MANY_REQUESTS:
        req.force_close()


def worker_exit(server: Any, worker: Any) -> None:
    """Close what is still open."""
    if worker.wsgi is not None:
        worker.wsgi.stop()


def _closing(worker: Any, handler: Any) -> Callable[[int, Any], None]:
    """Close sockets and streams at once: gunicorn waits for them, and they would wait for their clients."""

    def handle(number: int, frame: Any) -> None:
        # In a thread: the signal may have interrupted whoever holds a lock that closing needs.
        threading.Thread(target=worker.wsgi.hang_up, name="closing", daemon=True).start()
        if callable(handler):
            handler(number, frame)

    return handle
