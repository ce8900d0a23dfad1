"""The history: a row for each period in which a rollout was the running one."""

from __future__ import annotations

from typing import Any

from oneclick import clock
from oneclick_hooks.protocols import Record
from oneclick_kubernetes import phases
from oneclick_kubernetes.collections import ROLLOUTS, RUNS
from oneclick_kubernetes.intent import Intent

ENDED = "ended"


def begin(app: Any, rollout: Record, intent: Intent) -> None:
    """Note, in the open transaction, that ``rollout`` runs from its start date on."""
    run = app.records.new(
        RUNS,
        {
            "rollout": rollout.id,
            "deployment": rollout["deployment"],
            "project": rollout["project"],
            "start": rollout["startDate"],
            "cause": intent.cause,
            "author": intent.author,
        },
    )
    app.records.save(run)


def close(app: Any, rollout: Record, moment: str) -> None:
    """Note, in the open transaction, that ``rollout`` ran until ``moment``, and how it was when it ended."""
    run = app.records.first(RUNS, "rollout = {:rollout} && end = ''", {"rollout": rollout.id}, sort="-start")
    if run is None:
        return
    run["end"], run["outcome"], run["message"] = moment, rollout.original("phase"), rollout.original("message")
    app.records.save(run)


def end_running(app: Any, deployment: str, moment: str, but: str = "") -> list[Record]:
    """End the deployment's running rollouts, in the open transaction; return them."""
    found = app.records.list(
        ROLLOUTS, "deployment = {:deployment} && endDate = '' && id != {:but}", {"deployment": deployment, "but": but}
    )
    for rollout in found:
        close(app, rollout, moment)
        mark_ended(rollout, moment)
        with phases.ourselves():
            app.records.save(rollout)
    return list(found)


def mark_ended(rollout: Record, moment: str) -> None:
    """Set what an ended rollout's record says."""
    rollout["endDate"], rollout["phase"], rollout["message"] = moment, ENDED, ""


def now() -> str:
    """Return the current time, for what is asked before the transaction."""
    return clock.now_text()


def moment(app: Any, deployment: str) -> str:
    """Return the moment at which one rollout ends and the next begins, in the transaction that has the deployment's
    outbox row: never before the last one began, however long a request waited and whatever its clock says."""
    last = app.records.first(RUNS, "deployment = {:deployment}", {"deployment": deployment}, sort="-start")
    return max(now(), str(last["start"])) if last is not None else now()
