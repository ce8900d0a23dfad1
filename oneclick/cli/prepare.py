"""What ``oneclick serve`` needs to know of the application before it starts it: ``python -m oneclick.cli.prepare``.

In a process of its own, which migrates the database and ends, so that the supervisor stays small.
"""

from __future__ import annotations

import sys

import msgspec

from oneclick.cli.application import application, read_config
from oneclick.errors import ConfigError


class Service(msgspec.Struct, frozen=True):
    """A process that a plugin wants beside the others."""

    name: str
    argv: list[str]


class Preparation(msgspec.Struct, frozen=True):
    """The services to start first, and the token of the first superuser's link (empty: there is a superuser)."""

    services: list[Service]
    installer: str


def prepare() -> Preparation:
    """Migrate the database and return what the supervisor needs."""
    from oneclick.app import installer_token

    with application(read_config()) as one_click:
        services = one_click.plugins.collect("register_services", app=one_click)
        return Preparation(
            [Service(name, list(argv)) for _, (name, argv) in services],
            installer_token(one_click),
        )


if __name__ == "__main__":
    try:
        sys.stdout.buffer.write(msgspec.json.encode(prepare()))
    except ConfigError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(1)
