"""``oneclick migrate``."""

from __future__ import annotations

import click

from oneclick.cli.application import application


@click.command()
def migrate() -> None:
    """Create or upgrade the database: system tables, then the collections of all plugins.

    Every process does this when it starts; run it first where several start at once.
    """
    with application() as one_click:
        count = len(one_click.collections.all())
        where = one_click.database.engine.url.render_as_string(hide_password=True)
    click.echo(f"{where} is up to date: {count} collections.")
