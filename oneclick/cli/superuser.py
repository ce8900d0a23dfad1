"""``oneclick superuser``: superusers without the API."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from oneclick.cli.application import application, read_config
from oneclick.cli.group import CommandError
from oneclick.errors import ApiError, ConfigError

if TYPE_CHECKING:
    from oneclick.app import OneClick

COLLECTION = "_superusers"


@click.group()
def superuser() -> None:
    """Create, update and delete superusers. Needs neither Redis nor a cluster."""


@superuser.command()
@click.argument("email")
@click.argument("password")
def upsert(email: str, password: str) -> None:
    """Create a superuser, or set the password of the one with this address."""
    with _house() as one_click:
        _save(one_click, _find(one_click, email) or one_click.records.new(COLLECTION, {"email": email}), password)
    click.echo(f"Successfully saved superuser {email!r}.")


@superuser.command()
@click.argument("email")
@click.argument("password")
def create(email: str, password: str) -> None:
    """Create a superuser."""
    with _house() as one_click:
        _save(one_click, one_click.records.new(COLLECTION, {"email": email}), password)
    click.echo(f"Successfully created superuser {email!r}.")


@superuser.command()
@click.argument("email")
@click.argument("password")
def update(email: str, password: str) -> None:
    """Set a superuser's password. All its tokens end."""
    with _house() as one_click:
        _save(one_click, _known(one_click, email), password)
    click.echo(f"Successfully changed the password of superuser {email!r}.")


@superuser.command()
@click.argument("email")
def delete(email: str) -> None:
    """Delete a superuser."""
    with _house() as one_click:
        record = _find(one_click, email)
        if record is None:
            click.echo(f"There is no superuser {email!r}.")
            return
        try:
            one_click.records.delete(record)
        except ApiError as error:
            raise CommandError(sentences(error)) from error
    click.echo(f"Successfully deleted superuser {email!r}.")


@contextmanager
def _house() -> Iterator[OneClick]:
    """Build the application of a house that is there: in a wrong folder a new one would be made without a word."""
    config = read_config()
    if not config.is_postgresql and not config.data_dir.exists():
        raise ConfigError(
            f"There is no data folder {config.data_dir} (ONECLICK_DATA): run this where `oneclick serve` runs, "
            "or set ONECLICK_DATA; `oneclick migrate` makes a new one."
        )
    with application(config) as one_click:
        yield one_click


def sentences(error: ApiError) -> str:
    """Return an error's message and those of its fields."""
    fields = [f"{name}: {leaf['message']}" for name, leaf in error.data.items() if "message" in leaf]
    return " ".join([error.message, *fields])


def _find(one_click: OneClick, email: str) -> Any:
    return one_click.records.first(COLLECTION, "email = {:email}", {"email": email})


def _known(one_click: OneClick, email: str) -> Any:
    record = _find(one_click, email)
    if record is None:
        raise CommandError(f"There is no superuser {email!r}.")
    return record


def _save(one_click: OneClick, record: Any, password: str) -> None:
    record["password"] = password
    try:
        one_click.records.save(record)
    except ApiError as error:
        raise CommandError(sentences(error)) from error
