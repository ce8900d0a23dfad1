"""``oneclick openapi``."""

from __future__ import annotations

import click
import orjson

from oneclick.cli.application import application


@click.command()
def openapi() -> None:
    """Print the OpenAPI document of this installation, as ``GET /api/openapi.json`` answers it."""
    from oneclick.app import create_app

    with application() as one_click:
        answer = create_app(one_click).test_client().get("/api/openapi.json")
        click.echo(orjson.dumps(answer.get_json(), option=orjson.OPT_INDENT_2).decode())
