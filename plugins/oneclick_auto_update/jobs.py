"""The work on RQ: a tick finds what is due, a check looks into one repository, a roll-out proposes one tag.

A tick and whoever asks by hand mark records with the key of their repository and enqueue its check: one job a
repository, however many deployments use it. The marks are in the database, so that a check that dies, or a Redis that
forgets it, is made up for by the next tick.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from oneclick import clock
from oneclick.errors import ApiError, ValidationError
from oneclick_auto_update import book, checking, shared
from oneclick_auto_update.book import Note
from oneclick_auto_update.registry import Repository
from oneclick_hooks.kubernetes import RolloutProposal, RunningImage
from oneclick_hooks.protocols import App, Record

log = logging.getLogger(__name__)

TICK = "auto_update.tick"
CHECK = "auto_update.check"
ROLL_OUT = "auto_update.roll_out"
CAUSE = "auto-update"

NOTHING = "nothing"
"""The key of what has no repository: no rollout runs."""
PER_SECOND = 50
SPREAD = 20.0
"""Checks of one tick begin within as many seconds as their number needs at ``PER_SECOND``, at most these: each
repository always at the same point, so that no second meets all."""
HASH = 1 << 32


def tick(app: App) -> int:
    """Enqueue the checks of all that is due; return how many repositories."""
    now = clock.now()
    due: dict[str, str] = {}
    waiting: dict[str, str] = {}
    for record in book.all_records(app):
        if book.is_due(record, now):
            due[record.id], waiting[record.id] = str(record["deployment"]), record["queued"]
    keys = _keys(app, due)
    book.mark(app, {record: key for record, key in keys.items() if waiting[record] != key})
    repositories = set(keys.values())
    spread = min(SPREAD, len(repositories) / PER_SECOND)
    for key in sorted(repositories, key=_point):
        delay = _point(key) * spread
        # The scheduler looks for delayed jobs each second: less is not worth the way.
        enqueue(app, key, delay if delay >= 1 else 0.0)
    return len(repositories)


def ask(app: App, record: Record) -> str:
    """Check a record now, whether it is due or not; return the job's id."""
    (key,) = _keys(app, {record.id: str(record["deployment"])}).values()
    book.mark(app, {record.id: key})
    return enqueue(app, key)


def enqueue(app: App, key: str, delay: float = 0.0) -> str:
    """Enqueue the check of a repository, or find the one that waits or runs; return the job's id."""
    return app.jobs.enqueue(CHECK, key, unique=f"auto-update-{key}", delay=delay)


def repository_of(image: RunningImage) -> Repository:
    """Return the repository of a running image."""
    return Repository(image.registry, image.repository, image.username, image.password)


def images_of(app: App, deployments: list[str]) -> Mapping[str, RunningImage]:
    """Return the images that run."""
    found: Mapping[str, RunningImage] | None = app.plugins.hook.rollout_images(app=app, deployments=deployments)
    return found or {}


def key_of(app: App, image: RunningImage | None) -> str:
    """Return the key of an image's repository."""
    return shared.key(app, repository_of(image)) if image is not None else NOTHING


def _keys(app: App, deployments: Mapping[str, str]) -> dict[str, str]:
    """Return the key of each record's repository. ``deployments`` are the records' deployments by their ids."""
    images = images_of(app, list(deployments.values()))
    known = {deployment: key_of(app, images.get(deployment)) for deployment in set(deployments.values())}
    return {record: known[deployment] for record, deployment in deployments.items()}


def _point(key: str) -> float:
    """Return where in the spread a repository stands, from 0 to 1: always at the same place."""
    return int(key[:8], 16) / HASH if key != NOTHING else 0.0


def check(app: App, key: str) -> int:
    """Check the records that wait for a repository; return how many. What came of it is written on them."""
    reading: checking.Reading | None = None
    count = 0
    try:
        for page in book.waiting(app, key):
            images = images_of(app, [str(record["deployment"]) for record in page])
            moved, notes, updates = {}, [], []
            for record in page:
                if reading is not None and reading.is_over:
                    break
                count += 1
                image = images.get(str(record["deployment"]))
                if (other := key_of(app, image)) != key:
                    # Another image runs since.
                    moved[record.id] = other
                elif image is None:
                    notes.append((record, Note("No rollout is running.")))
                else:
                    reading = reading or checking.Reading(app, repository_of(image), key)
                    note, update = checking.check(record, image, reading)
                    if update is None:
                        notes.append((record, note))
                    else:
                        updates.append(update)
            book.write(app, notes)
            book.mark(app, moved)
            for other in set(moved.values()):
                enqueue(app, other)
            for update in updates:
                app.jobs.enqueue(ROLL_OUT, *update, unique=f"auto-update-roll-out-{update[0]}")
            if reading is not None and reading.is_over:
                break
    finally:
        if reading is not None:
            reading.close()
    return count


def roll_out(app: App, auto_update: str, rollout: str, tag: str, digest: str, reason: str) -> str:
    """Propose a tag in place of the running ``rollout``; return what came of it.

    Until that is written down the record goes on waiting: a job that dies is made up for by the next check, which
    finds the new rollout, if it was made, and then nothing newer.
    """
    record = app.records.find(book.COLLECTION, auto_update)
    if record is None:
        return "The auto-update is gone."
    proposal = RolloutProposal(str(record["deployment"]), tag, CAUSE, expected_rollout=rollout, digest=digest)
    try:
        made = app.plugins.hook.rollout_propose(app=app, proposal=proposal)
    except ApiError as error:
        note = Note(reason, f"{tag} was refused: {_sentences(error)}")
    except Exception:
        _write(app, auto_update, Note(reason, f"{tag} cannot be rolled out; the server's log says why."))
        raise
    else:
        overtaken = "Another rollout has begun meanwhile; the next check looks again."
        note = Note(reason if made is not None else overtaken)
    _write(app, auto_update, note)
    return note.error or note.verdict


def _write(app: App, auto_update: str, note: Note) -> None:
    # Fresh: it may have been changed while the cluster was asked.
    record = app.records.find(book.COLLECTION, auto_update)
    if record is not None:
        book.write(app, [(record, note)])


def _sentences(error: ApiError) -> str:
    """Return what a refusal says, field by field where it names fields."""
    found: list[str] = []
    todo: list[tuple[str, Any]] = [("", error.data)] if isinstance(error, ValidationError) else []
    while todo:
        path, value = todo.pop(0)
        if not isinstance(value, Mapping):
            continue
        if isinstance(value.get("message"), str):
            found.append(f"{path}: {value['message']}")
        else:
            todo.extend((f"{path}.{name}" if path else str(name), child) for name, child in value.items())
    return " ".join(found[:5]) or str(error)
