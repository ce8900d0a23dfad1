"""Cron jobs (contracts/one-click.md §2.1)."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated

from cronsim import CronSim, CronSimError
from msgspec import Meta

from oneclick_kubernetes import names
from oneclick_kubernetes.model.container import Resources, Variable
from oneclick_kubernetes.model.image import Image
from oneclick_kubernetes.model.problems import Problem
from oneclick_kubernetes.model.scalars import Count, LooseText, Part, checked

_MACROS = ("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly")
_LONGEST = 500
# What Kubernetes reads: cronsim alone also knows L, W and #, and a seventh day of the week.
_FIELDS = re.compile(r"[0-9A-Za-z*/,?-]+", re.ASCII)
_NAMES = re.compile(r"SUN|MON|TUE|WED|THU|FRI|SAT|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC")


def schedule_problem(schedule: str) -> Problem | None:
    """Check a schedule: five fields as in crontab, or a word such as ``@daily``."""
    code = "validation_invalid_cron"
    if len(schedule) > _LONGEST:
        return code, f"is too long: at most {_LONGEST} characters"
    fields = schedule.upper().split()
    if schedule in _MACROS:
        return None
    if len(fields) != 5:
        return code, "must have five fields (minute, hour, day, month, weekday), such as 0 3 * * *"
    if not all(_FIELDS.fullmatch(field) for field in fields) or re.search(r"[A-Z]", _NAMES.sub("", " ".join(fields))):
        return code, "has a character that Kubernetes does not know in a schedule"
    if re.search(r"(^|[,-])7", fields[4]):
        return code, "has a weekday above 6; Sunday is 0"
    try:
        CronSim(" ".join(fields).replace("?", "*"), datetime(2026, 1, 1, tzinfo=UTC))
    except (CronSimError, ValueError) as error:
        return code, f"is no schedule: {error}"
    return None


class CronJob(Part, frozen=True, kw_only=True):
    """A container that runs by the clock."""

    name: Annotated[
        str,
        checked(
            "Its name, unique among the cron jobs: lower-case letters, digits and -.",
            names.composed_label(names.CRONJOB_LENGTH),
            maxLength=names.CRONJOB_LENGTH - names.ID_LENGTH - 1,
        ),
    ]
    suspend: Annotated[bool, checked("Whether it rests: no runs are started.", blank=True, default=False)]
    image: Annotated[Image, Meta(description="What it runs.")]
    schedule: Annotated[
        str,
        checked(
            "When it runs: minute, hour, day, month, weekday, as in crontab, or a word such as @daily; in UTC unless "
            "the cluster says otherwise.",
            schedule_problem,
            maxLength=_LONGEST,
        ),
    ]
    command: Annotated[
        tuple[LooseText, ...], Meta(description="The program and its first arguments; empty: the image's entrypoint.")
    ] = ()
    args: Annotated[tuple[LooseText, ...], Meta(description="Further arguments; empty: the image's.")] = ()
    max_retries: Annotated[
        Count | None, Meta(description="How often a failed run is tried again; does not count beside backoffLimit.")
    ] = None
    backoff_limit: Annotated[
        Count | None, Meta(description="How often a failed run is tried again. Without either the cluster decides: 6.")
    ] = None
    env: Annotated[
        tuple[Variable, ...], Meta(description="Plain variables of its own. It has neither the app's nor its secrets.")
    ] = ()
    resources: Annotated[Resources, Meta(description="What each run is promised and may use.")]
