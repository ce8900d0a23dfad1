from __future__ import annotations

from pathlib import Path

import pytest

from oneclick.config import Config, load
from oneclick.errors import ConfigError


def test_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    config = load({})
    assert config.data_dir == tmp_path / "oneclick_data"
    assert config.database == f"sqlite:///{tmp_path}/oneclick_data/data.db"
    assert (config.host, config.port, config.cron_tick) == ("127.0.0.1", 8090, "* * * * *")
    assert (config.signup, config.plugins_only, config.redis_url, config.secret_key) == (False, None, "", None)
    assert (config.threads, config.thread_reserve, config.guest_requests) == (512, 32, 256)


def test_environment_is_kept_for_plugins() -> None:
    assert load({"LOCAL": "true"}).environ["LOCAL"] == "true"


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        ({"DATABASE_URL": "mysql://root:pass@x"}, "DATABASE_URL must start"),
        ({"DATABASE_URL": "sqlite://data.db"}, "DATABASE_URL must be sqlite:///"),
        ({"DATABASE_URL": "postgresql://u:p@h/d"}, "ONECLICK_SECRET_KEY is required"),
        ({"REDIS_URL": "localhost:6379"}, "REDIS_URL must start"),
        ({"REDIS_URL": "redis://:pass@127.0.0.1:abc"}, "REDIS_URL names a port"),
        ({"REDIS_URL": "redis://:pass@127.0.0.1/0?db=x"}, "REDIS_URL cannot be read"),
        ({"REDIS_URL": "redis://127.0.0.1?pass=1"}, "REDIS_URL cannot be read"),
        ({"ONECLICK_SECRET_KEY": "short"}, "ONECLICK_SECRET_KEY is too short"),
        ({"ONECLICK_DATA": "/dev/null"}, "ONECLICK_DATA is /dev/null"),
        ({"ONECLICK_PUBLIC_DIR": "/does/not/exist"}, "ONECLICK_PUBLIC_DIR is /does/not/exist"),
        ({"ONECLICK_SIGNUP": "maybe"}, 'ONECLICK_SIGNUP is "maybe"'),
        ({"ONECLICK_TRACE_HOOKS": "2"}, "ONECLICK_TRACE_HOOKS"),
        ({"ONECLICK_THREADS": "7"}, "ONECLICK_THREADS"),
        ({"ONECLICK_THREADS": "12", "ONECLICK_THREAD_RESERVE": "12"}, "ONECLICK_THREAD_RESERVE"),
        ({"ONECLICK_GUEST_REQUESTS": "0"}, "ONECLICK_GUEST_REQUESTS"),
        ({"ONECLICK_WEB_WORKERS": "0"}, "ONECLICK_WEB_WORKERS"),
        ({"ONECLICK_JOB_WORKERS": "-1"}, "ONECLICK_JOB_WORKERS"),
        ({"ONECLICK_PORT": "70000"}, "ONECLICK_PORT"),
        ({"ONECLICK_PORT": "²"}, "ONECLICK_PORT"),
        ({"ONECLICK_LOG_LEVEL": "loud"}, "ONECLICK_LOG_LEVEL"),
        ({"ONECLICK_LOG_FORMAT": "xml"}, "ONECLICK_LOG_FORMAT"),
        ({"CronTick": "*/5 * * * *", "CRON_TICK": "* * * * *"}, "CronTick is"),
        ({"CronTick": "*/30 * * * * *"}, "six fields"),
        ({"CRON_TICK": "@every 30s"}, "five fields"),
        ({"CRON_TICK": "61 * * * *"}, "CRON_TICK is"),
        ({"CRON_TICK": "0 0 30 2 *"}, "CRON_TICK is"),
    ],
)
def test_a_wrong_value_is_named(environ: dict[str, str], sentence: str) -> None:
    with pytest.raises(ConfigError, match=sentence) as caught:
        load(environ)
    assert "pass" not in str(caught.value)


def test_both_ticks_may_agree() -> None:
    assert load({"CronTick": "*/5  * * * *", "CRON_TICK": "*/5 * * * *"}).cron_tick == "*/5 * * * *"
    assert load({"CRON_TICK": "*/5 * * * *"}).cron_tick == "*/5 * * * *"


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_urls_name_the_driver(scheme: str) -> None:
    config = load({"DATABASE_URL": f"{scheme}://u:p@h/d", "ONECLICK_SECRET_KEY": "k" * 32})
    assert config.database == "postgresql+psycopg://u:p@h/d"
    assert config.is_postgresql


def test_plugins_can_be_limited() -> None:
    assert load({"ONECLICK_PLUGINS": "kubernetes, blueprints"}).plugins_only == ("kubernetes", "blueprints")
    assert load({"ONECLICK_PLUGINS": "none"}).plugins_only == ()


def test_a_copy_with_other_values(tmp_path: Path) -> None:
    config = Config(data_dir=tmp_path)
    assert config.with_values(port=1).port == 1
    assert config.port == 8090
