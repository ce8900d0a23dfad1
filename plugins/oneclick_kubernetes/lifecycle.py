"""Projects and deployments: their namespace, and what goes with them when they are deleted."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import sqlalchemy as sa

from oneclick.errors import ValidationError, field_error
from oneclick_hooks import RecordEvent
from oneclick_hooks.protocols import Record
from oneclick_kubernetes import outbox, phases, reconcile
from oneclick_kubernetes.collections import DEPLOYMENTS, PROJECTS, ROLLOUTS

AUTO_UPDATES = "autoUpdates"
PAGE = 200
REQUEST_SECONDS = 3.0

# Compared in Python: the databases do not agree on small letters beyond ASCII.
_NAMES = sa.text(f'SELECT name FROM "{DEPLOYMENTS}" WHERE project = :project AND id <> :id')  # noqa: S608

Steps = Generator[None, Any, Any]


def around_project_insert(event: RecordEvent) -> Steps:
    """In the transaction: note that the project has no namespace yet."""
    # Its namespace, with another's data, may still be there.
    _refuse_id_in_removal(event.app, event.record.id, PROJECTS, "project")
    outbox.raise_project(event.app, event.record.id, delay=REQUEST_SECONDS)
    return (yield)


def around_deployment_insert(event: RecordEvent) -> Steps:
    """In the transaction: refuse an id whose objects are still to be removed, and a name that another has."""
    # The one row of this id would then speak of the new project, and nobody would know the old one's objects.
    _refuse_id_in_removal(event.app, event.record.id, DEPLOYMENTS, "deployment")
    _refuse_taken_name(event.app, event.record)
    return (yield)


def around_deployment_update(event: RecordEvent) -> Steps:
    """In the transaction: refuse a name that another has. Who has it already may keep it."""
    if event.record.changed("name") or event.record.changed("project"):
        _refuse_taken_name(event.app, event.record)
    return (yield)


def after_project(event: RecordEvent) -> None:
    """Make or remove the namespace, as far as it goes in the time of a request."""
    reconcile.reconcile(event.app, event.record.id, REQUEST_SECONDS, kind=PROJECTS)


def check_volumes(event: RecordEvent) -> None:
    """Refuse a misspelt ``?volumes=``: what it decides cannot be undone."""
    volumes = event.request.query.get("volumes", "") if event.request is not None else ""
    if volumes not in ("", "keep", "delete"):
        raise ValidationError({"volumes": field_error("validation_invalid_value", "Must be keep or delete.")})


def around_deployment_delete(event: RecordEvent) -> Steps:
    """In the transaction: delete what belongs to the deployment; its claims stay unless the request says otherwise."""
    app, record = event.app, event.record
    volumes = event.request is not None and event.request.query.get("volumes") == "delete"
    outbox.raise_deployment(app, record.id, record["project"], removed=True, volumes=volumes, delay=REQUEST_SECONDS)
    _delete_parts(app, record)
    return (yield)


def after_deployment_delete(event: RecordEvent) -> None:
    """Remove the deployment's objects, as far as it goes in the time of a request."""
    reconcile.reconcile(event.app, event.record.id, REQUEST_SECONDS)


def around_project_delete(event: RecordEvent) -> Steps:
    """In the transaction: delete all deployments with what is theirs, and note that the namespace has to go."""
    app, record = event.app, event.record
    outbox.raise_project(app, record.id, removed=True, delay=REQUEST_SECONDS)
    for deployment in _all(app, DEPLOYMENTS, "project", record.id):
        _delete_parts(app, deployment)
        with phases.ourselves():
            app.records.delete(deployment)
        # The namespace takes the objects with it.
        outbox.drop(app, deployment.id)
    for name in (ROLLOUTS, AUTO_UPDATES):
        _delete_all(app, name, "project", record.id)
    return (yield)


def _refuse_id_in_removal(app: Any, subject: str, kind: str, word: str) -> None:
    before = outbox.read(app, subject, kind)
    if before is not None and before.removed:
        error = field_error("validation_not_unique", f"A {word} of this id is being removed.")
        raise ValidationError({"id": error}, "Failed to create record.")


def _refuse_taken_name(app: Any, deployment: Record) -> None:
    """People and the command line say PROJECT/NAME, which must mean one deployment."""
    wanted = _as_said(deployment["name"])
    if not wanted:
        return
    # Two that take the same name at once wait for each other here.
    outbox.read_locked(app, deployment["project"], PROJECTS)
    with app.database.connection() as connection:
        others = connection.execute(_NAMES, {"project": deployment["project"], "id": deployment.id}).scalars()
        taken = any(_as_said(name) == wanted for name in others)
    if taken:
        error = field_error("validation_not_unique", "Another deployment of this project has this name.")
        raise ValidationError({"name": error}, f"Failed to {'create' if deployment.is_new else 'update'} record.")


def _as_said(name: str) -> str:
    return name.strip().casefold()


def _delete_parts(app: Any, deployment: Record) -> None:
    for name in (ROLLOUTS, AUTO_UPDATES):
        _delete_all(app, name, "deployment", deployment.id)


def _delete_all(app: Any, collection: str, field: str, value: str) -> None:
    # Another plugin's collection: it may not be there.
    if app.collection(collection) is None:
        return
    with phases.ourselves():
        for record in _all(app, collection, field, value):
            app.records.delete(record)


def _all(app: Any, collection: str, field: str, value: str) -> list[Record]:
    found: list[Record] = []
    while True:
        page = app.records.list(
            collection, f"{field} = {{:value}}", {"value": value}, sort="id", limit=PAGE, offset=len(found)
        )
        found.extend(page)
        if len(page) < PAGE:
            return found
