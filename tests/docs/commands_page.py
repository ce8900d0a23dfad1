"""Renders docs/commands.md from the commands' own help. ``python tests/docs/commands_page.py`` writes it anew."""

from collections.abc import Iterator
from pathlib import Path

import click

from oneclick.cli.group import COMMANDS, Commands
from oneclick_demo_cluster.command import demo_cluster

PAGE = Path(__file__).parents[2] / "docs" / "commands.md"

HEAD = """# Commands

What `oneclick` does on a command line, in the words of `oneclick COMMAND --help`. The first ones run a server, the
later ones talk to one: `ONECLICK_URL` says which, `ONECLICK_TOKEN` or `oneclick login` says who asks.

This page is written from the commands themselves.
"""


def commands() -> Iterator[tuple[str, click.Command]]:
    """Return all commands and their subcommands with their full names, those of the built-in plugins last."""
    group = Commands(name="oneclick")
    found = [(name, group.get_command(click.Context(group), name)) for name in COMMANDS]
    for name, command in [*found, ("demo-cluster", demo_cluster)]:
        assert command is not None, name
        yield f"oneclick {name}", command
        if isinstance(command, click.Group):
            for part, inner in command.commands.items():
                yield f"oneclick {name} {part}", inner


def render() -> str:
    parts = [HEAD]
    for name, command in commands():
        text = command.get_help(click.Context(command, info_name=name, terminal_width=100, max_content_width=100))
        parts.append(f"## `{name}`\n\n```text\n{text.strip()}\n```\n")
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(render())
