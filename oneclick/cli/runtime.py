"""What a running ``oneclick serve`` tells the other processes of its data folder: where its Redis is."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from oneclick.config import Config
from oneclick.errors import ConfigError

RUNTIME_FILE = "runtime.json"
LOCK_FILE = "serve.lock"
BOOT_FAILED = 3
"""gunicorn's exit code of a worker that cannot boot: the master gives up, rather than start it again and again."""
REDIS_SECONDS = 3.0
"""How long a Redis that was started at the same time may take to answer."""

UNDER_SERVE = "ONECLICK_SERVE"
"""Set to ``1`` for each process that belongs to an ``oneclick serve``."""


@contextlib.contextmanager
def sole_server(config: Config) -> Iterator[None]:
    """Hold the data folder, made if need be: the kernel frees it when the process ends, however it ends."""
    config.make_data_dir()
    data_dir = config.data_dir
    with _open_lock(data_dir) as file:
        # A process that looks whether a server runs holds the lock for a moment.
        for _ in range(20):
            if _try_lock(file, fcntl.LOCK_EX):
                break
            time.sleep(0.05)
        else:
            raise ConfigError(f"Another `oneclick serve` is using the data folder {data_dir} (ONECLICK_DATA).")
        yield


def write(data_dir: Path, redis_url: str, folder: str) -> None:
    """Write the runtime file, readable for its owner alone. ``folder`` is the server's temporary one."""
    path = data_dir / RUNTIME_FILE
    temporary = path.with_suffix(".new")
    temporary.unlink(missing_ok=True)
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump({"redis_url": redis_url, "folder": folder}, file)
    temporary.replace(path)


def read(data_dir: Path) -> dict[str, str]:
    """Return what the last server wrote, be it running or not; empty when there is nothing."""
    try:
        found = json.loads((data_dir / RUNTIME_FILE).read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def remove(data_dir: Path) -> None:
    """Remove the runtime file."""
    (data_dir / RUNTIME_FILE).unlink(missing_ok=True)


def is_served(data_dir: Path) -> bool:
    """Tell whether an ``oneclick serve`` holds the data folder."""
    if not (data_dir / LOCK_FILE).exists():
        return False
    with _open_lock(data_dir) as file:
        return not _try_lock(file, fcntl.LOCK_SH)


def with_redis(config: Config) -> Config:
    """Return the configuration with a Redis: the one it names, or that of a running ``oneclick serve``."""
    if config.redis_url:
        return config
    url = read(config.data_dir).get("redis_url") if is_served(config.data_dir) else None
    if not url:
        raise ConfigError(
            "REDIS_URL is not set, and no `oneclick serve` with an embedded Redis is running "
            f"in the data folder {config.data_dir} (ONECLICK_DATA): set REDIS_URL, or start `oneclick serve`."
        )
    return config.with_values(redis_url=url, environ={**config.environ, "REDIS_URL": url, UNDER_SERVE: "1"})


def reach_redis(config: Config) -> Config:
    """Return the configuration with a Redis that answers. Raises ``ConfigError`` when none does within seconds."""
    config = with_redis(config)
    from oneclick.jobs.connection import reach

    reach(config.redis_url, REDIS_SECONDS)
    return config


def _open_lock(data_dir: Path) -> IO[str]:
    return os.fdopen(os.open(data_dir / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o600), "r+")


def _try_lock(file: IO[str], kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
