"""The settings of a process, read once from its environment. Plugins read their own in ``check_environment``."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
from cronsim import CronSim, CronSimError

from oneclick.errors import ConfigError

EVERY_MINUTE = "* * * * *"
LOG_LEVELS = ("info", "debug", "warning", "error")
LOG_FORMATS = ("text", "json")
REDIS_SCHEMES = ("redis", "rediss", "unix")
DRIVERS = {
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
    "sqlite": "sqlite",
}
SECRET_KEY_LENGTH = 16


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """What a process was told. ``environ`` is kept for the plugins' own settings."""

    data_dir: Path
    database_url: str = ""
    redis_url: str = ""
    secret_key: str | None = None
    public_dir: Path | None = None
    cron_tick: str = EVERY_MINUTE
    signup: bool = False
    plugins_only: tuple[str, ...] | None = None
    trace_hooks: bool = False
    host: str = "127.0.0.1"
    port: int = 8090
    web_workers: int = 1
    threads: int = 512
    thread_reserve: int = 32
    guest_requests: int = 256
    job_workers: int = 1
    log_level: str = "info"
    log_json: bool = False
    environ: Mapping[str, str] = msgspec.field(default_factory=dict)

    @property
    def database(self) -> str:
        """The database's URL as SQLAlchemy reads it: ``DATABASE_URL``, or a SQLite file in the data folder."""
        return self.database_url or f"sqlite:///{self.data_dir / 'data.db'}"

    @property
    def is_postgresql(self) -> bool:
        """Whether records live in PostgreSQL."""
        return self.database_url.startswith("postgresql")

    def make_data_dir(self) -> None:
        """Make the data folder, readable for its owner alone. Raises ``ConfigError`` when it cannot be written to."""
        try:
            self.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise ConfigError(
                f"ONECLICK_DATA is {self.data_dir}: that folder cannot be made ({error.strerror})."
            ) from error
        if not os.access(self.data_dir, os.R_OK | os.W_OK | os.X_OK):
            raise ConfigError(f"ONECLICK_DATA is {self.data_dir}: that folder cannot be written to.")

    def with_values(self, **changes: Any) -> Config:
        """Return a copy with other values."""
        return msgspec.structs.replace(self, **changes)


def load(environ: Mapping[str, str] | None = None) -> Config:
    """Read and check the settings. Raises ``ConfigError`` with a sentence that names the wrong one."""
    environ = dict(os.environ if environ is None else environ)
    threads = _integer(environ, "ONECLICK_THREADS", 512, least=8, most=4096)
    config = Config(
        data_dir=_data_dir(environ),
        database_url=_database_url(environ),
        redis_url=_redis_url(environ),
        secret_key=_secret_key(environ),
        public_dir=_public_dir(environ),
        cron_tick=_cron_tick(environ),
        signup=_boolean(environ, "ONECLICK_SIGNUP"),
        plugins_only=_plugins_only(environ),
        trace_hooks=_boolean(environ, "ONECLICK_TRACE_HOOKS"),
        host=_text(environ, "ONECLICK_HOST") or "127.0.0.1",
        port=_integer(environ, "ONECLICK_PORT", 8090, least=0, most=65535),
        web_workers=_integer(environ, "ONECLICK_WEB_WORKERS", 1, least=1, most=64),
        threads=threads,
        thread_reserve=_integer(environ, "ONECLICK_THREAD_RESERVE", min(32, threads // 2), least=1, most=threads - 1),
        guest_requests=_integer(environ, "ONECLICK_GUEST_REQUESTS", threads // 2, least=1, most=threads),
        job_workers=_integer(environ, "ONECLICK_JOB_WORKERS", 1, least=1, most=64),
        log_level=_choice(environ, "ONECLICK_LOG_LEVEL", LOG_LEVELS),
        log_json=_choice(environ, "ONECLICK_LOG_FORMAT", LOG_FORMATS) == "json",
        environ=environ,
    )
    if config.is_postgresql and config.secret_key is None:
        raise ConfigError(
            "ONECLICK_SECRET_KEY is required when DATABASE_URL names a PostgreSQL server: "
            "all processes must encrypt secrets with the same key."
        )
    return config


def check_cron(line: str, name: str) -> str:
    """Return a cron line of five fields with single spaces, or raise ``ConfigError`` naming ``name``."""
    fields = line.split()
    if len(fields) == 6:
        raise ConfigError(f'{name} is "{line}": six fields (seconds) are refused, the shortest interval is a minute.')
    if len(fields) != 5:
        raise ConfigError(f'{name} is "{line}": a cron line has five fields (minute hour day month weekday).')
    try:
        next(CronSim(" ".join(fields), datetime.now(UTC)))
    except (CronSimError, StopIteration) as error:
        raise ConfigError(f'{name} is "{line}": {error or "it never fires"}.') from error
    return " ".join(fields)


def _text(environ: Mapping[str, str], name: str) -> str:
    return environ.get(name, "").strip()


def _boolean(environ: Mapping[str, str], name: str) -> bool:
    text = _text(environ, name).lower()
    if text in ("1", "true", "yes", "on"):
        return True
    if text in ("", "0", "false", "no", "off"):
        return False
    raise ConfigError(f'{name} is "{text}": it must be true or false.')


def _integer(environ: Mapping[str, str], name: str, default: int, *, least: int, most: int) -> int:
    text = _text(environ, name)
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
        raise ConfigError(f'{name} is "{text}": it must be a whole number from {least} to {most}.')
    return int(text)


def _data_dir(environ: Mapping[str, str]) -> Path:
    path = Path(_text(environ, "ONECLICK_DATA") or "oneclick_data").expanduser().absolute()
    if path.exists() and not path.is_dir():
        raise ConfigError(f"ONECLICK_DATA is {path}: that is not a folder.")
    return path


def _database_url(environ: Mapping[str, str]) -> str:
    text = _text(environ, "DATABASE_URL")
    if not text:
        return ""
    scheme, separator, rest = text.partition("://")
    driver = DRIVERS.get(scheme)
    if not separator or driver is None:
        # The URL itself may hold a password, so that the sentence does not repeat it.
        raise ConfigError("DATABASE_URL must start with postgresql:// or sqlite:///.")
    if driver == "sqlite" and not rest.startswith("/"):
        raise ConfigError("DATABASE_URL must be sqlite:/// followed by a file's path.")
    return f"{driver}://{rest}"


def _redis_url(environ: Mapping[str, str]) -> str:
    text = _text(environ, "REDIS_URL")
    if text and ("://" not in text or urlsplit(text).scheme not in REDIS_SCHEMES):
        raise ConfigError("REDIS_URL must start with redis://, rediss:// or unix://.")
    if text:
        from redis import ConnectionPool

        try:
            # A wrong port is an error of the standard library's, wherever it is read first.
            _ = urlsplit(text).port
        except ValueError as error:
            raise ConfigError("REDIS_URL names a port that is not a number from 0 to 65535.") from error
        try:
            ConnectionPool.from_url(text).make_connection()
        except (TypeError, ValueError) as error:
            # The library's reason may repeat a part of a password.
            raise ConfigError(
                "REDIS_URL cannot be read: it must be like redis://:PASSWORD@HOST:6379/0, then options after a ?."
            ) from error
    return text


def _secret_key(environ: Mapping[str, str]) -> str | None:
    text = _text(environ, "ONECLICK_SECRET_KEY")
    if text and len(text) < SECRET_KEY_LENGTH:
        raise ConfigError(f"ONECLICK_SECRET_KEY is too short: at least {SECRET_KEY_LENGTH} characters are needed.")
    return text or None


def _public_dir(environ: Mapping[str, str]) -> Path | None:
    text = _text(environ, "ONECLICK_PUBLIC_DIR")
    if not text:
        return None
    path = Path(text).expanduser().absolute()
    if not path.is_dir():
        raise ConfigError(f"ONECLICK_PUBLIC_DIR is {path}: there is no such folder.")
    return path


def _cron_tick(environ: Mapping[str, str]) -> str:
    # The original's documentation says CronTick, its code CRON_TICK; both exist in people's deployments.
    documented, real = _text(environ, "CronTick"), _text(environ, "CRON_TICK")
    if documented and real and documented.split() != real.split():
        raise ConfigError(f'CronTick is "{documented}" and CRON_TICK is "{real}": set only one of them.')
    return check_cron(documented or real or EVERY_MINUTE, "CronTick" if documented else "CRON_TICK")


def _plugins_only(environ: Mapping[str, str]) -> tuple[str, ...] | None:
    text = _text(environ, "ONECLICK_PLUGINS")
    if not text:
        return None
    if text.lower() == "none":
        return ()
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _choice(environ: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    text = _text(environ, name).lower() or choices[0]
    if text not in choices:
        raise ConfigError(f'{name} is "{text}": it must be one of {", ".join(choices)}.')
    return text
