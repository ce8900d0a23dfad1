"""Read by gunicorn when it is started in this folder; the same as `oneclick serve` uses."""

from oneclick.cli.gunicorn_config import *  # noqa: F403
