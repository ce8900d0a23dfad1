"""``oneclick deploy``: an image into a project, as a new deployment or as the next rollout of one."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from typing import Any

import click

from oneclick.cli.client import Client, Refused, Row, signed_in
from oneclick.cli.group import CommandError
from oneclick.cli.projects import find_project, ids
from oneclick.cli.status import follow, latest_rollout

DEFAULT_REGISTRY, DEFAULT_NAMESPACE, DEFAULT_TAG = "docker.io", "library", "latest"
RESOURCES = {
    "requests": {"cpu": "100m", "memory": "128Mi"},
    "limits": {"cpu": "500m", "memory": "512Mi"},
}
CPU_TARGET = 80


@click.command()
@click.argument("image")
@click.option("--project", required=True, help="The project's name or id.")
@click.option("--create-project", is_flag=True, help="Create the project if there is none of that name.")
@click.option("--name", help="The deployment's name or id (the image's last part).")
@click.option("--port", type=click.IntRange(1, 65535), help="The port the container listens on.")
@click.option("--env", "variables", multiple=True, metavar="NAME=VALUE", help="An environment variable (repeatable).")
@click.option("--replicas", type=click.IntRange(0, 1000), help="How many pods (1).")
@click.option("--wait", is_flag=True, help="Wait until the rollout is healthy; fail when it fails.")
def deploy(
    image: str,
    project: str,
    create_project: bool,
    name: str | None,
    port: int | None,
    variables: tuple[str, ...],
    replicas: int | None,
    wait: bool,
) -> None:
    """Roll IMAGE out in a project.

    A deployment of that name gets its next rollout: its manifest with this image, and with what the options say. Else
    the deployment is created; then a port is needed by whatever wants to reach it.
    """
    parsed, environment = parse_image(image), dict(parse_variable(text) for text in variables)
    own_name = name if name is not None else parsed["repository"].rpartition("/")[2]
    if not own_name.strip():
        raise CommandError("The deployment's name is empty: say which with --name.")
    client = signed_in()
    with _taken_back(client) as made:
        owner = _project(client, project, create_project, made)
        deployment, manifest = _deployment(client, owner, own_name, made)
        change(manifest["spec"], parsed, port, environment, replicas)
        rollout = client.create(
            "rollouts",
            {
                "user": _acting_user(client, owner),
                "project": owner["id"],
                "deployment": deployment["id"],
                "manifest": manifest,
            },
        )
    click.echo(f"{owner['name']}/{deployment['name']}: rollout {rollout['id']} of {image} is {rollout['phase']}.")
    if rollout.get("message"):
        click.echo(rollout["message"])
    if wait:
        sys.exit(0 if follow(client, rollout) == "healthy" else 1)
    click.echo(f"oneclick status {owner['name']}/{deployment['name']} --watch")


def parse_image(text: str) -> dict[str, str]:
    """Take an image's name apart as Docker does: ``nginx`` is ``docker.io/library/nginx:latest``."""
    name, at, digest = text.partition("@")
    first, slash, rest = name.partition("/")
    # Docker's rule: the first part is a registry if it could not be a user's name.
    if not slash or not ("." in first or ":" in first or first == "localhost"):
        first, rest = DEFAULT_REGISTRY, name
    repository, _, tag = rest.partition(":")
    if first == DEFAULT_REGISTRY and repository and "/" not in repository:
        repository = f"{DEFAULT_NAMESPACE}/{repository}"
    if not repository or not re.fullmatch(r"[^\s:]+", repository) or (at and not digest):
        raise CommandError(f"{text} is not an image such as nginx:1.27 or ghcr.io/acme/app:1.0.")
    return {"registry": first, "repository": repository, "tag": (tag or DEFAULT_TAG) + at + digest}


def parse_variable(text: str) -> tuple[str, str]:
    """Take ``NAME=VALUE`` apart."""
    name, separator, value = text.partition("=")
    if not separator or not name:
        raise CommandError(f"--env {text}: it must be NAME=VALUE.")
    return name, value


def change(
    spec: dict[str, Any], image: dict[str, str], port: int | None, variables: dict[str, str], replicas: int | None
) -> None:
    """Put what the options say into a manifest's spec; everything else in it stays."""
    before = dict(spec.get("image", {}))
    # It fixes the content of the image that ran; this one is to be pulled as it is named.
    before.pop("digest", None)
    # Credentials are for the registry they were given for, and no other.
    spec["image"] = {**before, **image} if before.get("registry") == image["registry"] else image
    if port is not None:
        interfaces = spec.setdefault("interfaces", [])
        if interfaces:
            interfaces[0]["port"] = port
        else:
            interfaces.append({"name": "http", "port": port})
    if variables:
        kept = [entry for entry in spec.get("env", []) if entry["name"] not in variables]
        spec["env"] = kept + [{"name": name, "value": value} for name, value in variables.items()]
    if replicas is not None:
        most = max(replicas, spec["horizontalScale"]["maxReplicas"] if replicas else 1)
        spec["horizontalScale"].update(minReplicas=replicas, maxReplicas=most)


def new_manifest() -> dict[str, Any]:
    """Return the manifest of a new deployment, but for its image."""
    return {
        "apiVersion": "one-click.dev/v1alpha1",
        "kind": "Rollout",
        "spec": {
            "horizontalScale": {"minReplicas": 1, "maxReplicas": 1, "targetCPUUtilizationPercentage": CPU_TARGET},
            "resources": {kind: dict(amounts) for kind, amounts in RESOURCES.items()},
            "env": [],
            "interfaces": [],
            "serviceAccountName": "",
        },
    }


@contextmanager
def _taken_back(client: Client) -> Iterator[list[tuple[str, Row]]]:
    """Give a list for ``(collection, record)`` of what is made; when the server refuses what follows, delete it."""
    made: list[tuple[str, Row]] = []
    try:
        yield made
    except Refused as error:
        # Anything else (nobody answers, a proxy's time-out) may have made the rollout all the same.
        if error.status < HTTPStatus.INTERNAL_SERVER_ERROR:
            for collection, record in reversed(made):
                with suppress(CommandError):
                    client.delete(collection, record["id"])
        raise


def _acting_user(client: Client, project: Row) -> str:
    """Return whose the new records are: ours, or the project's owner's when a superuser acts for him."""
    return str(project["user"]) if client.is_superuser else client.user_id


def _project(client: Client, name: str, create: bool, made: list[tuple[str, Row]]) -> Row:
    found = find_project(client, name)
    if found is not None:
        return found
    if not create:
        raise CommandError(f"There is no project {name}: add --create-project to create it.")
    if client.is_superuser:
        raise CommandError("Superusers own no projects: sign in as a user to create one, or name an existing project.")
    project = client.create("projects", {"name": name, "user": client.user_id})
    made.append(("projects", project))
    return project


def _deployment(client: Client, project: Row, name: str, made: list[tuple[str, Row]]) -> tuple[Row, dict[str, Any]]:
    """Return the deployment of this name, made when missing, and the manifest that its next rollout starts from."""
    key = "project = {project} && (id = {name} || name = {name})"
    found = list(client.records("deployments", key, project=project["id"], name=name))
    if len(found) > 1:
        raise CommandError(
            f"{len(found)} deployments in {project['name']} are called {name}: use --name with an id ({ids(found)})."
        )
    if found:
        rollout = latest_rollout(client, found[0])
        return found[0], rollout["manifest"] if rollout else new_manifest()
    values = {"name": name, "project": project["id"], "user": _acting_user(client, project)}
    deployment = client.create("deployments", values)
    made.append(("deployments", deployment))
    return deployment, new_manifest()
