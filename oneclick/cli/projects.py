"""``oneclick projects``, and finding projects and deployments by what people call them."""

from __future__ import annotations

import click

from oneclick.cli.client import Client, Row, signed_in
from oneclick.cli.group import CommandError


@click.command()
def projects() -> None:
    """List your projects."""
    client = signed_in()
    rows = [[row["id"], row["name"], row.get("description") or ""] for row in client.records("projects", sort="name")]
    table(["ID", "NAME", "DESCRIPTION"], rows)


def find_project(client: Client, name_or_id: str) -> Row | None:
    """Return the project of this name or id; ``None`` without one."""
    if not name_or_id.strip():
        raise CommandError("The project's name is empty: say which with --project.")
    found = list(client.records("projects", "id = {key} || name = {key}", key=name_or_id))
    if len(found) > 1:
        found = [row for row in found if row["id"] == name_or_id] or found
    if len(found) > 1:
        raise CommandError(f"{len(found)} projects are called {name_or_id}: use an id ({ids(found)}).")
    return found[0] if found else None


def find_deployment(client: Client, name: str, project: str = "") -> Row:
    """Return the deployment of this name or id; ``project/name`` says in which project."""
    inside, _, own = name.rpartition("/")
    project = project or inside
    if not own.strip():
        raise CommandError("The deployment's name is empty: say NAME, PROJECT/NAME or an id.")
    found = list(client.records("deployments", "id = {key} || name = {key}", key=own))
    if project:
        owner = find_project(client, project)
        if owner is None:
            raise CommandError(f"There is no project {project}.")
        found = [row for row in found if row["project"] == owner["id"]]
    if not found:
        raise CommandError(f"There is no deployment {name}.")
    if len(found) > 1:
        way = "an id" if project else f"PROJECT/{own} or an id"
        raise CommandError(f"{len(found)} deployments are called {own}: use {way} ({ids(found)}).")
    return found[0]


def table(header: list[str], rows: list[list[str]]) -> None:
    """Print columns as wide as they need to be."""
    widths = [max(len(row[column]) for row in [header, *rows]) for column in range(len(header))]
    for row in [header, *rows]:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        click.echo("  ".join(cells).rstrip())


def ids(rows: list[Row]) -> str:
    """Return records' ids for a sentence."""
    return ", ".join(row["id"] for row in rows)
