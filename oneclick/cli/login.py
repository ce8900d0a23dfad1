"""``oneclick login``."""

from __future__ import annotations

import sys

import click

from oneclick.cli.client import SUPERUSERS, Client, Refused, remember, server_url
from oneclick.cli.group import CommandError

FAILED = "Failed to authenticate."


@click.command()
@click.argument("email")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.option("--superuser", is_flag=True, help="Sign in as a superuser.")
def login(email: str, password_stdin: bool, superuser: bool) -> None:
    """Sign in at the server of ONECLICK_URL and keep the token for later commands."""
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else click.prompt("Password", hide_input=True)
    client = Client(server_url())
    collection = SUPERUSERS if superuser else "users"
    try:
        answer = client.ask(
            "POST",
            f"/api/collections/{collection}/auth-with-password",
            json={"identity": email, "password": password},
        )
    except Refused as error:
        # With a field's sentence (an empty password) the answer says enough; alone, this one says nothing.
        if error.message != FAILED:
            raise
        hint = "" if superuser else " Superusers sign in with --superuser."
        raise CommandError(f"The email address or the password is wrong.{hint}") from error
    path = remember(client.url, answer["token"])
    click.echo(f"Signed in at {client.url} as {email}; the token is in {path}.")
