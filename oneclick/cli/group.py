"""The group of all commands. Each command's module is imported when it is used, plugins' commands after the core's."""

from __future__ import annotations

import importlib
from importlib import metadata
from typing import Any

import click

from oneclick.errors import ConfigError

COMMANDS = {
    "serve": "serve",
    "worker": "processes",
    "scheduler": "processes",
    "superuser": "superuser",
    "plugins": "plugins",
    "migrate": "migrate",
    "openapi": "openapi",
    "login": "login",
    "projects": "projects",
    "deploy": "deploy",
    "status": "status",
    "logs": "logs",
}
"""The core's commands and the modules beside this one that hold them."""


class CommandError(click.ClickException):
    """Ends a command with a sentence on stderr."""

    def show(self, file: Any = None) -> None:
        """Print the sentence."""
        click.echo(self.message, err=True, file=file)


class Commands(click.Group):
    """The core's commands, and those of plugins when there is no such command of the core."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._of_plugins: dict[str, click.Command] | None = None

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return all names, the core's first."""
        try:
            found = sorted(self._plugin_commands())
        except ConfigError:
            # `oneclick --help` must work while a setting is wrong.
            found = []
        return [*COMMANDS, *found]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command called ``cmd_name``."""
        module = COMMANDS.get(cmd_name)
        if module is None:
            return self._plugin_commands().get(cmd_name)
        command: click.Command = getattr(importlib.import_module(f"oneclick.cli.{module}"), cmd_name)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a wrong setting ends it with its sentence alone."""
        try:
            return super().invoke(ctx)
        except ConfigError as error:
            raise CommandError(str(error)) from error

    def _plugin_commands(self) -> dict[str, click.Command]:
        if self._of_plugins is None:
            from oneclick import config, plugins

            loaded = plugins.load_plugins(config.load())
            self._of_plugins = {command.name: command for _, command in loaded.collect("register_commands")}
        return self._of_plugins


def _version() -> str:
    try:
        return metadata.version("oneclick")
    except metadata.PackageNotFoundError:
        return "unknown"


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(_version(), prog_name="oneclick")
def main() -> None:
    """Put container images into production on Kubernetes, and watch them live."""
