"""CronJobs: jobs at their time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim

from oneclick_demo_cluster.controllers.base import OPTIONS, Controller, Key, owner_key
from oneclick_demo_cluster.controllers.jobs import is_finished
from oneclick_demo_cluster.machinery import kinds
from oneclick_demo_cluster.machinery.deletion import delete
from oneclick_demo_cluster.machinery.errors import StatusError
from oneclick_demo_cluster.machinery.kinds import Kind
from oneclick_demo_cluster.machinery.objects import (
    Obj,
    condition_of,
    copy_of,
    dig,
    is_terminating,
    name_of,
    namespace_of,
    now,
    owner_reference,
    parse_time,
    time_text,
)
from oneclick_demo_cluster.machinery.store import Change
from oneclick_demo_cluster.machinery.validation.workloads import MACROS

COMPONENT = "cronjob-controller"
SCHEDULED_AT = "batch.kubernetes.io/cronjob-scheduled-timestamp"
LONGEST_SLEEP = 3600.0


class CronJobs(Controller):
    """Creates jobs on schedule and clears old ones away."""

    kind = kinds.CRON_JOBS
    name = COMPONENT

    def keys(self, kind: Kind, change: Change) -> Iterable[Key]:
        """Cron jobs and the owners of jobs."""
        if kind is kinds.JOBS:
            return owner_key(change.new, self.kind)
        return super().keys(kind, change)

    def reconcile(self, key: Key) -> float | None:
        """Start what is due, and return when the next is."""
        cron = self.store.get(self.kind, *key)
        if cron is None or is_terminating(cron):
            return None
        jobs = [job for kind, job in self.store.owned(cron["metadata"]["uid"]) if kind is kinds.JOBS]
        self._note_finished(cron, jobs)
        self._clear(cron, jobs)
        if cron["spec"].get("suspend"):
            return None
        due, following = _times(cron)
        if due is not None and not _is_late(cron, due):
            self._start(cron, jobs, due)
        return min(max(0.05, (following - now()).total_seconds()), LONGEST_SLEEP)

    def _start(self, cron: Obj, jobs: list[Obj], due: datetime) -> None:
        running = [job for job in jobs if not is_finished(job)]
        policy = cron["spec"].get("concurrencyPolicy", "Allow")
        if running and policy == "Forbid":
            text = "Not starting job because prior execution is running and concurrency policy is Forbid"
            self.recorder.normal(self.kind, cron, "JobAlreadyActive", text, COMPONENT)
            return
        if policy == "Replace":
            for job in running:
                delete(self.writer, kinds.JOBS, namespace_of(job), name_of(job), {"propagationPolicy": "Background"})
        try:
            job = self.writer.create(kinds.JOBS, namespace_of(cron), self._make(cron, due), OPTIONS)
        except StatusError as error:
            if error.reason != "AlreadyExists":
                self.recorder.warning(
                    self.kind, cron, "FailedCreate", f"Error creating job: {error.message}", COMPONENT
                )
                return
            job = self.writer.live(kinds.JOBS, namespace_of(cron), job_name(cron, due))
        else:
            self.recorder.normal(self.kind, cron, "SuccessfulCreate", f"Created job {name_of(job)}", COMPONENT)

        def note(obj: Obj) -> None:
            status = obj.setdefault("status", {})
            status["lastScheduleTime"] = time_text(due)
            status.setdefault("active", []).append(_reference(job))

        self.writer.change(self.kind, namespace_of(cron), name_of(cron), note)

    def _make(self, cron: Obj, due: datetime) -> Obj:
        template = copy_of(cron["spec"]["jobTemplate"])
        metadata = template.get("metadata") or {}
        notes = {
            **(metadata.get("annotations") or {}),
            "batch.kubernetes.io/cronjob-scheduled-timestamp": time_text(due),
        }
        return {
            "metadata": {
                "name": job_name(cron, due),
                "labels": metadata.get("labels") or {},
                "annotations": notes,
                "ownerReferences": [owner_reference(self.kind, cron)],
            },
            "spec": template["spec"],
        }

    def _note_finished(self, cron: Obj, jobs: list[Obj]) -> None:
        """Take jobs that have ended off the list of active ones."""
        by_uid = {job["metadata"]["uid"]: job for job in jobs}
        listed = dig(cron, "status", "active", default=())
        ended = [by_uid.get(entry["uid"]) for entry in listed if _has_ended(by_uid.get(entry["uid"]))]
        if not ended:
            return
        for job in ended:
            if job is not None:
                verdict = "Complete" if condition_of(job, "Complete") else "Failed"
                text = f"Saw completed job: {name_of(job)}, condition: {verdict}"
                self.recorder.normal(self.kind, cron, "SawCompletedJob", text, COMPONENT)

        def note(obj: Obj) -> None:
            status = obj["status"]
            status["active"] = [entry for entry in status["active"] if not _has_ended(by_uid.get(entry["uid"]))]
            if not status["active"]:
                del status["active"]
            times = [dig(job, "status", "completionTime", default="") for job in ended if job]
            if latest := max(times, default=""):
                status["lastSuccessfulTime"] = max(latest, status.get("lastSuccessfulTime", ""))

        self.writer.change(self.kind, namespace_of(cron), name_of(cron), note)

    def _clear(self, cron: Obj, jobs: list[Obj]) -> None:
        """Delete finished jobs beyond the history limits, oldest first."""
        for type_, field, default in (
            ("Complete", "successfulJobsHistoryLimit", 3),
            ("Failed", "failedJobsHistoryLimit", 1),
        ):
            done = sorted((job for job in jobs if condition_of(job, type_)), key=_created)
            kept = cron["spec"].get(field, default)
            for job in done[: max(0, len(done) - kept)]:
                delete(self.writer, kinds.JOBS, namespace_of(job), name_of(job), {"propagationPolicy": "Background"})
                text = f"Deleted job {name_of(job)}"
                self.recorder.normal(self.kind, cron, "SuccessfulDelete", text, COMPONENT)


def job_name(cron: Obj, due: datetime) -> str:
    """Return the name of the job for a time: the same one twice cannot be made."""
    return f"{name_of(cron)}-{int(due.timestamp()) // 60}"


def _times(cron: Obj) -> tuple[datetime | None, datetime]:
    """Return the latest time that is due, and the first that is not."""
    spec = cron["spec"]
    zone = ZoneInfo(spec["timeZone"]) if spec.get("timeZone") else UTC
    last = dig(cron, "status", "lastScheduleTime") or cron["metadata"]["creationTimestamp"]
    # After a long sleep only the latest missed time counts: no need to walk through all of them.
    start = max(parse_time(last), now() - timedelta(days=2))
    moments = CronSim(MACROS.get(spec["schedule"], spec["schedule"]), start.astimezone(zone))
    due: datetime | None = None
    for moment in moments:
        if moment > now():
            return due, moment
        due = moment
    return due, now() + timedelta(days=365)


def _is_late(cron: Obj, due: datetime) -> bool:
    allowed = cron["spec"].get("startingDeadlineSeconds")
    return allowed is not None and (now() - due).total_seconds() > allowed


def _has_ended(job: Obj | None) -> bool:
    return job is None or is_finished(job)


def _created(job: Obj) -> str:
    return str(job["metadata"]["creationTimestamp"])


def _reference(job: Obj) -> Obj:
    metadata = job["metadata"]
    return {
        "apiVersion": kinds.JOBS.api_version,
        "kind": kinds.JOBS.kind,
        "name": metadata["name"],
        "namespace": metadata["namespace"],
        "uid": metadata["uid"],
        "resourceVersion": metadata["resourceVersion"],
    }
