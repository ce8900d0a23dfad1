"""``oneclick plugins``."""

from __future__ import annotations

import inspect
import sys

import click

from oneclick import config
from oneclick import plugins as discovery
from oneclick_hooks import SPECIFICATIONS


@click.command()
def plugins() -> None:
    """List the plugins, and those that are switched off with the reason; fail when there are such.

    Needs no database, Redis or cluster.
    """
    found = discovery.load_plugins(config.load())
    for hook in _registrations():
        found.collect(hook)
    names = [plugin.name for plugin in found.loaded] + [plugin.name for plugin in found.broken]
    width = max(map(len, names), default=0)
    for plugin in found.loaded:
        click.echo(f"{plugin.name:<{width}}  on   {plugin.source}")
    for broken in found.broken:
        click.echo(f"{broken.name:<{width}}  off  {broken.source}: {broken.error}")
    for broken in found.broken:
        click.echo(f"\n{broken.name}:\n{broken.traceback.rstrip()}")
    if not names:
        click.echo("There are no plugins.")
    if found.broken:
        sys.exit(1)


def _registrations() -> list[str]:
    """Return the registration hooks that need no application: a plugin that raises in one would be switched off."""
    return [
        name
        for module in SPECIFICATIONS
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if name.startswith("register_") and not inspect.signature(function).parameters
    ]
