"""Blueprints: reusable manifests, and sharing them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from oneclick_blueprints import collections, documentation, ownership, routes, secrets
from oneclick_hooks import Mount, RecordEvent, hookimpl, on


@hookimpl
def register_collections() -> Iterable[Mapping[str, Any]]:
    """Add the collection ``blueprints``."""
    return (collections.BLUEPRINTS,)


@hookimpl
def extend_collections() -> Mapping[str, Mapping[str, Any]]:
    """Add ``deployments.blueprint``, and let owners see name and avatar of their subscribers."""
    return collections.EXTENSIONS


@hookimpl
def register_blueprints() -> Iterable[Mount]:
    """Add the routes under ``/pb/blueprints``."""
    return (Mount(routes.blueprint, "/pb/blueprints"),)


@hookimpl
def register_openapi() -> Mapping[str, Any]:
    """Describe the routes."""
    return documentation.OPENAPI


@hookimpl(specname="on_record_create_request")
@on("blueprints")
def on_blueprint_create_request(event: RecordEvent) -> None:
    """Let nobody begin with subscribers."""
    ownership.check_create(event)


@hookimpl
@on("blueprints")
def on_record_update_request(event: RecordEvent) -> None:
    """Hold subscribers to leaving, and owners to keeping what they own."""
    ownership.check_update(event)


@hookimpl
@on("rollouts")
def on_record_create_request(event: RecordEvent) -> None:
    """Fill a deployment's first rollout with its blueprint's secrets."""
    secrets.fill_first_rollout(event)
