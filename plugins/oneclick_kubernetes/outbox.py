"""What is still to be brought into the cluster: one row a project or deployment, written in the same transaction as the
change itself.

A row counts *generations*: each change of what should run raises it, and ``applied`` follows once the cluster has it.
The row is raised first in its transaction, so that two writers of one deployment wait for each other there.

Clients choose the ids of records, so a project and somebody else's deployment can have the same one: a row is found by
kind and id together.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from oneclick import clock
from oneclick.ids import new_id
from oneclick_kubernetes.collections import DEPLOYMENTS, OUTBOX, PROJECTS

CHANNEL = "oneclick_kubernetes:outbox"
FIRST_RETRY = 1.0
LONGEST_RETRY = 60.0
LONGEST_REFUSED_RETRY = 600.0
MESSAGE_LENGTH = 2000

_COLUMNS = "id, subject, kind, project, generation, applied, attempts, due, force, removed, volumes, refused, problem"
_THIS = "kind = :kind AND subject = :subject"
_RAISE = sa.text(
    f"""
    INSERT INTO "{OUTBOX}" ({_COLUMNS})
    VALUES (:id, :subject, :kind, :project, 1, 0, 0, :due, :force, :removed, :volumes, :no, '')
    ON CONFLICT (kind, subject) DO UPDATE SET generation = "{OUTBOX}".generation + 1, project = :project,
        attempts = 0, due = :due, force = :force, removed = :removed, volumes = :volumes, refused = :no,
        problem = ''
    RETURNING generation
    """  # noqa: S608 - the names are constants
)
_READ = sa.text(f'SELECT {_COLUMNS} FROM "{OUTBOX}" WHERE {_THIS}')  # noqa: S608
# Writing nothing new is how both databases' transactions take a row for themselves.
_LOCK = sa.text(f'UPDATE "{OUTBOX}" SET kind = kind WHERE {_THIS}')  # noqa: S608
_DUE = sa.text(
    f"""
    SELECT {_COLUMNS} FROM "{OUTBOX}" WHERE applied < generation AND due <= :now ORDER BY due, id LIMIT :limit
    """  # noqa: S608
)
_DONE = sa.text(
    f"""
    UPDATE "{OUTBOX}" SET applied = :generation, attempts = 0, refused = :no, problem = '', force = :no
    WHERE {_THIS} AND generation = :generation
    """  # noqa: S608
)
_FAILED = sa.text(
    f"""
    UPDATE "{OUTBOX}" SET attempts = attempts + 1, due = :due, refused = :refused, problem = :problem
    WHERE {_THIS} AND generation = :generation
    """  # noqa: S608
)
_COMPLAIN = sa.text(
    f'UPDATE "{OUTBOX}" SET problem = :problem WHERE {_THIS} AND generation = :generation'  # noqa: S608
)
_FORGET = sa.text(f'DELETE FROM "{OUTBOX}" WHERE {_THIS} AND generation = :generation')  # noqa: S608
_FORGET_ANY = sa.text(f'DELETE FROM "{OUTBOX}" WHERE {_THIS}')  # noqa: S608
_ALL = sa.text(
    f'SELECT {_COLUMNS} FROM "{OUTBOX}" WHERE id > :after ORDER BY id LIMIT :limit'  # noqa: S608
)


@dataclass(frozen=True, slots=True)
class Row:
    """One row: ``subject`` is the id of the project or deployment (``kind``) that it stands for."""

    id: str
    subject: str
    kind: str
    project: str
    generation: int
    applied: int = 0
    attempts: int = 0
    due: str = ""
    force: bool = False
    removed: bool = False
    volumes: bool = False
    refused: bool = False
    problem: str = ""

    @property
    def pending(self) -> bool:
        """Whether the cluster does not have this generation yet."""
        return self.applied < self.generation


def raise_deployment(
    app: Any,
    deployment: str,
    project: str,
    force: bool = False,
    removed: bool = False,
    volumes: bool = False,
    delay: float = 0.0,
) -> int:
    """Note that what should run of a deployment has changed; return its new generation.

    With ``delay`` (seconds) the scheduler leaves it for so long to the process that makes the change.
    """
    return _raise(app, deployment, DEPLOYMENTS, project, delay, force=force, removed=removed, volumes=volumes)


def raise_project(app: Any, project: str, removed: bool = False, delay: float = 0.0) -> int:
    """Note that a project's namespace is to be made, or removed."""
    return _raise(app, project, PROJECTS, project, delay, force=False, removed=removed, volumes=False)


def _raise(app: Any, subject: str, kind: str, project: str, delay: float, **marks: bool) -> int:
    values = {
        "id": new_id(),
        "subject": subject,
        "kind": kind,
        "project": project,
        "due": clock.to_text(clock.now() + timedelta(seconds=delay)),
        "no": False,
        **marks,
    }
    with app.database.transaction() as transaction:
        generation = int(transaction.connection.execute(_RAISE, values).scalar_one())
        if not delay:
            transaction.after_commit(lambda: app.publish(CHANNEL, subject.encode()))
    return generation


def read(app: Any, subject: str, kind: str = DEPLOYMENTS) -> Row | None:
    """Return the row of a deployment, or of a project."""
    with app.database.connection() as connection:
        found = connection.execute(_READ, {"kind": kind, "subject": subject}).mappings().first()
    return _row(found) if found is not None else None


def read_locked(app: Any, subject: str, kind: str = DEPLOYMENTS) -> Row | None:
    """Return a deployment's or project's row and keep others from raising it until the open transaction ends."""
    with app.database.transaction() as transaction:
        transaction.connection.execute(_LOCK, {"kind": kind, "subject": subject})
        return read(app, subject, kind)


def due(app: Any, limit: int = 100) -> list[Row]:
    """Return the rows whose time has come, oldest first."""
    with app.database.connection() as connection:
        found = connection.execute(_DUE, {"now": clock.now_text(), "limit": limit}).mappings().all()
    return [_row(one) for one in found]


def is_waiting(app: Any, subject: str) -> bool:
    """Tell whether the cluster lacks something of a deployment that has not been tried yet."""
    row = read(app, subject)
    return row is not None and row.pending and row.attempts == 0


def page(app: Any, after: str = "", limit: int = 200) -> list[Row]:
    """Return the rows with ids above ``after``."""
    with app.database.connection() as connection:
        found = connection.execute(_ALL, {"after": after, "limit": limit}).mappings().all()
    return [_row(one) for one in found]


def done(app: Any, row: Row) -> None:
    """Note that the cluster has the row's generation; a younger one stays to be done."""
    _write(app, _DONE, {"kind": row.kind, "subject": row.subject, "generation": row.generation, "no": False})


def failed(app: Any, row: Row, problem: str, refused: bool) -> None:
    """Note why the row's generation could not be brought into the cluster, and when to try again."""
    longest = LONGEST_REFUSED_RETRY if refused else LONGEST_RETRY
    delay = min(longest, FIRST_RETRY * 2 ** min(row.attempts, 16)) * random.uniform(0.5, 1.0)  # noqa: S311 - jitter
    values = {
        "kind": row.kind,
        "subject": row.subject,
        "generation": row.generation,
        "due": clock.to_text(clock.now() + timedelta(seconds=delay)),
        "refused": refused,
        "problem": problem[:MESSAGE_LENGTH],
    }
    _write(app, _FAILED, values)


def complain(app: Any, row: Row, problem: str) -> None:
    """Note what keeps the cluster from staying as it was brought there; an empty text when nothing does."""
    if row.problem != problem:
        values = {
            "kind": row.kind,
            "subject": row.subject,
            "generation": row.generation,
            "problem": problem[:MESSAGE_LENGTH],
        }
        _write(app, _COMPLAIN, values)


def forget(app: Any, row: Row) -> None:
    """Drop the row of what is deleted and gone from the cluster, unless it was raised meanwhile."""
    _write(app, _FORGET, {"kind": row.kind, "subject": row.subject, "generation": row.generation})


def drop(app: Any, subject: str) -> None:
    """Drop a deployment's row whatever its generation: its project goes as a whole."""
    _write(app, _FORGET_ANY, {"kind": DEPLOYMENTS, "subject": subject})


def _write(app: Any, statement: sa.TextClause, values: Mapping[str, Any]) -> None:
    with app.database.transaction() as transaction:
        transaction.connection.execute(statement, dict(values))


def _row(found: Mapping[Any, Any]) -> Row:
    return Row(
        id=str(found["id"]),
        subject=str(found["subject"]),
        kind=str(found["kind"]),
        project=str(found["project"]),
        generation=int(found["generation"]),
        applied=int(found["applied"]),
        attempts=int(found["attempts"]),
        due=str(found["due"]),
        force=bool(found["force"]),
        removed=bool(found["removed"]),
        volumes=bool(found["volumes"]),
        refused=bool(found["refused"]),
        problem=str(found["problem"]),
    )
