"""``oneclick login``."""

from __future__ import annotations

import sys

import click

from oneclick.cli.client import Client, remember, server_url


@click.command()
@click.argument("email")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.option("--superuser", is_flag=True, help="Sign in as a superuser.")
def login(email: str, password_stdin: bool, superuser: bool) -> None:
    """Sign in at the server of ONECLICK_URL and keep the token for later commands."""
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else click.prompt("Password", hide_input=True)
    client = Client(server_url())
    collection = "_superusers" if superuser else "users"
    answer = client.ask(
        "POST",
        f"/api/collections/{collection}/auth-with-password",
        json={"identity": email, "password": password},
    )
    path = remember(client.url, answer["token"])
    click.echo(f"Signed in at {client.url} as {email}; the token is in {path}.")
