"""``oneclick status``."""

from __future__ import annotations

import sys
import time

import click

from oneclick.cli.client import Client, Row, signed_in
from oneclick.cli.group import CommandError
from oneclick.cli.projects import find_deployment, find_project, table

WATCH_SECONDS = 1.0
SETTLED = ("healthy", "failed", "ended")


@click.command()
@click.argument("deployment", required=False)
@click.option("--project", default="", help="The project's name or id.")
@click.option("--watch", is_flag=True, help="Go on until it is healthy, failed or ended.")
def status(deployment: str | None, project: str, watch: bool) -> None:
    """Show how a deployment (NAME, PROJECT/NAME or an id) is, or all of them."""
    client = signed_in()
    if deployment is None:
        if watch:
            raise click.UsageError("--watch needs a deployment.")
        _list(client, project)
        return
    found = find_deployment(client, deployment, project)
    rollout = latest_rollout(client, found)
    if watch and rollout is not None:
        phase = follow(client, rollout)
        _show(client, found, latest_rollout(client, found))
        sys.exit(0 if phase in ("healthy", "ended") else 1)
    _show(client, found, rollout)


def latest_rollout(client: Client, deployment: Row) -> Row | None:
    """Return the running rollout of a deployment, or the one that ran last."""
    rollouts = client.records("rollouts", "deployment = {id}", sort="-startDate,-created", id=deployment["id"])
    found: Row | None = None
    for rollout in rollouts:
        if not rollout["endDate"]:
            return rollout
        found = found or rollout
    return found


def follow(client: Client, rollout: Row) -> str:
    """Print each change of a rollout's phase or message until it has settled; return the phase."""
    path, shown = f"/api/collections/rollouts/records/{rollout['id']}", ("", "")
    while True:
        now = client.ask("GET", path)
        if (now["phase"], now["message"]) != shown:
            shown = (now["phase"], now["message"])
            click.echo(f"{time.strftime('%H:%M:%S')}  {': '.join(part for part in shown if part)}")
        if now["phase"] in SETTLED:
            return str(now["phase"])
        time.sleep(WATCH_SECONDS)


def image_of(rollout: Row) -> str:
    """Return a rollout's image as people write it."""
    image = rollout["manifest"]["spec"]["image"]
    return f"{image['registry']}/{image['repository']}:{image['tag']}"


def _list(client: Client, project: str) -> None:
    if project and find_project(client, project) is None:
        raise CommandError(f"There is no project {project}.")
    names = {row["id"]: row["name"] for row in client.records("projects")}
    running = {row["deployment"]: row for row in client.records("rollouts", "endDate = ''")}
    rows = []
    for deployment in client.records("deployments", sort="project,name"):
        owner = deployment["project"]
        if project and project not in (owner, names.get(owner)):
            continue
        rollout = running.get(deployment["id"])
        rows.append(
            [
                f"{names.get(owner, owner)}/{deployment['name'] or deployment['id']}",
                rollout["phase"] if rollout else "ended",
                image_of(rollout) if rollout else "",
                (rollout["message"] if rollout else "") or "",
            ]
        )
    table(["DEPLOYMENT", "PHASE", "IMAGE", "MESSAGE"], rows)


def _show(client: Client, deployment: Row, rollout: Row | None) -> None:
    now = client.ask("GET", f"/rollouts/{deployment['project']}/{deployment['id']}/status")
    lines = [("deployment", f"{deployment['name']} ({deployment['id']})"), ("phase", now["phase"])]
    if now["message"]:
        lines.append(("message", now["message"]))
    if rollout is not None:
        lines += [("image", image_of(rollout)), ("rollout", f"{rollout['id']}, started {rollout['startDate']}")]
    lines.append(("replicas", str(now["deployment"]["replicas"])))
    lines += [("pod", name) for name in now["deployment"]["podNames"]]
    lines += [("service", f"{row['name']}:{','.join(map(str, row['ports']))}") for row in now["services"]]
    lines += [("ingress", f"{', '.join(row['hosts'])} ({row['status']})") for row in now["ingresses"]]
    lines += [("volume", f"{row['name']} ({row['status']})") for row in now["volumes"]]
    for label, value in lines:
        click.echo(f"{label:<11} {value}")
