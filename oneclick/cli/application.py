"""Building the application for a command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from oneclick import config as configuration
from oneclick import log

if TYPE_CHECKING:
    from oneclick.app import OneClick
    from oneclick.config import Config


def read_config() -> Config:
    """Read the settings and start logging."""
    config = configuration.load()
    log.configure(config.log_level.upper(), config.log_json)
    return config


@contextmanager
def application(config: Config | None = None) -> Iterator[OneClick]:
    """Build the application, and close it at the end. Reaches neither Redis nor a cluster by itself."""
    from oneclick.app import build

    one_click = build(config or read_config())
    try:
        yield one_click
    finally:
        one_click.close()
