"""Jobs: pods until enough of them have succeeded, or too many have failed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from oneclick_demo_cluster.controllers.base import OPTIONS, Controller, Key, owner_key
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
    owner_reference,
    seconds_since,
    set_condition,
    time_text,
)
from oneclick_demo_cluster.machinery.store import Change

COMPONENT = "job-controller"
FIRST_PAUSE, LONGEST_PAUSE = 2.0, 60.0
RETRY = 3.0


@dataclass(frozen=True, slots=True)
class Tally:
    """How a job's pods are doing."""

    active: list[Obj]
    succeeded: int
    failed: int
    ready: int
    last_failure: float


class Jobs(Controller):
    """Runs jobs."""

    kind = kinds.JOBS
    name = COMPONENT

    def keys(self, kind: Kind, change: Change) -> Iterable[Key]:
        """Jobs and the owners of pods."""
        if kind is kinds.PODS:
            return owner_key(change.new, self.kind)
        return super().keys(kind, change)

    def reconcile(self, key: Key) -> float | None:
        """Take a job further."""
        job = self.store.get(self.kind, *key)
        if job is None or is_terminating(job):
            return None
        if is_finished(job):
            return self._expire(job)
        tally = self._count(job)
        verdict = _verdict(job, tally)
        again: float | None = None
        if verdict or job["spec"].get("suspend"):
            self._stop(tally.active)
        else:
            again = self._create(job, tally)
            tally = self._count(job)
        self.writer.change(self.kind, *key, lambda obj: _write_status(obj, tally, verdict))
        if verdict:
            self._announce(job, verdict)
            return 0.0
        deadline = job["spec"].get("activeDeadlineSeconds")
        if deadline:
            started = dig(job, "status", "startTime") or job["metadata"]["creationTimestamp"]
            left = max(0.1, deadline - seconds_since(started))
            again = left if again is None else min(again, left)
        return again

    def _count(self, job: Obj) -> Tally:
        owned = [pod for kind, pod in self.store.owned(job["metadata"]["uid"]) if kind is kinds.PODS]
        active = [pod for pod in owned if _phase(pod) in ("Pending", "Running") and not is_terminating(pod)]
        # Pods that a suspended job sent away have not failed.
        gone = [] if job["spec"].get("suspend") else [pod for pod in owned if is_terminating(pod)]
        failed = [pod for pod in owned if _phase(pod) == "Failed" or (pod in gone and _phase(pod) != "Succeeded")]
        ended = [seconds_since(_ended_at(pod)) for pod in failed]
        failures = len(failed)
        if dig(job, "spec", "template", "spec", "restartPolicy") == "OnFailure":
            failures += sum(restarts(pod) for pod in active)
        succeeded = sum(_phase(pod) == "Succeeded" for pod in owned)
        ready = sum((condition_of(pod, "Ready") or {}).get("status") == "True" for pod in active)
        return Tally(active, succeeded, failures, ready, min(ended, default=LONGEST_PAUSE))

    def _create(self, job: Obj, tally: Tally) -> float | None:
        spec = job["spec"]
        missing = spec.get("parallelism", 1)
        if "completions" in spec:
            missing = min(missing, spec["completions"] - tally.succeeded)
        missing -= len(tally.active)
        if missing <= 0:
            return None
        own_failures = tally.failed if spec["template"]["spec"].get("restartPolicy") == "Never" else 0
        pause = min(FIRST_PAUSE * 2 ** (own_failures - 1), LONGEST_PAUSE) if own_failures else 0.0
        if tally.last_failure < pause:
            return pause - tally.last_failure + 0.1
        for _ in range(missing):
            template = spec["template"]
            pod = copy_of({"metadata": template.get("metadata") or {}, "spec": template["spec"]})
            pod["metadata"]["generateName"] = f"{name_of(job)}-"
            pod["metadata"]["ownerReferences"] = [owner_reference(self.kind, job)]
            try:
                made = self.writer.create(kinds.PODS, namespace_of(job), pod, OPTIONS)
            except StatusError as error:
                text = f"Error creating: {error.message}"
                self.recorder.warning(self.kind, job, "FailedCreate", text, COMPONENT)
                return RETRY
            self.recorder.normal(self.kind, job, "SuccessfulCreate", f"Created pod: {name_of(made)}", COMPONENT)
        return None

    def _stop(self, pods: list[Obj]) -> None:
        for pod in pods:
            delete(self.writer, kinds.PODS, namespace_of(pod), name_of(pod))

    def _announce(self, job: Obj, verdict: tuple[str, str, str]) -> None:
        type_, reason, message = verdict
        if type_ == "Complete":
            self.recorder.normal(self.kind, job, "Completed", "Job completed", COMPONENT)
        else:
            self.recorder.warning(self.kind, job, reason, message, COMPONENT)

    def _expire(self, job: Obj) -> float | None:
        """Delete a finished job once its time to live is over."""
        allowed = job["spec"].get("ttlSecondsAfterFinished")
        if allowed is None:
            return None
        ended = condition_of(job, "Complete") or condition_of(job, "Failed") or {}
        left = float(allowed - seconds_since(ended.get("lastTransitionTime")))
        if left > 0:
            return left
        delete(self.writer, self.kind, namespace_of(job), name_of(job), {"propagationPolicy": "Background"})
        return None


def is_finished(job: Obj) -> bool:
    """Whether a job has come to an end, good or bad."""
    return any((condition_of(job, type_) or {}).get("status") == "True" for type_ in ("Complete", "Failed"))


def restarts(pod: Obj) -> int:
    """Return how often a pod's containers were started again."""
    return sum(status.get("restartCount", 0) for status in dig(pod, "status", "containerStatuses", default=()))


def _phase(pod: Obj) -> str:
    return str(dig(pod, "status", "phase", default="Pending"))


def _ended_at(pod: Obj) -> str:
    statuses = dig(pod, "status", "containerStatuses", default=())
    ends = [dig(status, "state", "terminated", "finishedAt", default="") for status in statuses]
    return max(ends, default="") or str(pod["metadata"]["creationTimestamp"])


def _verdict(job: Obj, tally: Tally) -> tuple[str, str, str] | None:
    """Return the condition that ends the job: type, reason, message."""
    spec = job["spec"]
    if tally.failed > spec.get("backoffLimit", 6):
        return "Failed", "BackoffLimitExceeded", "Job has reached the specified backoff limit"
    started = dig(job, "status", "startTime")
    deadline = spec.get("activeDeadlineSeconds")
    if deadline and started and seconds_since(started) >= deadline and not spec.get("suspend"):
        return "Failed", "DeadlineExceeded", "Job was active longer than specified deadline"
    wanted = spec.get("completions")
    done = tally.succeeded >= wanted if wanted is not None else bool(tally.succeeded) and not tally.active
    if done:
        return "Complete", "CompletionsReached", "Reached expected number of succeeded pods"
    return None


def _write_status(job: Obj, tally: Tally, verdict: tuple[str, str, str] | None) -> None:
    status: Obj = job.setdefault("status", {})
    if not job["spec"].get("suspend"):
        status.setdefault("startTime", time_text())
    counts = {
        "active": 0 if verdict else len(tally.active),
        "ready": 0 if verdict else tally.ready,
        "succeeded": tally.succeeded,
        "failed": tally.failed,
    }
    for name, count in counts.items():
        if count or name == "ready":
            status[name] = count
        else:
            status.pop(name, None)
    status["uncountedTerminatedPods"] = {}
    if job["spec"].get("suspend"):
        set_condition(status, "Suspended", "True", "JobSuspended", "Job suspended")
    elif condition_of(job, "Suspended"):
        set_condition(status, "Suspended", "False", "JobResumed", "Job resumed")
    if verdict:
        type_, reason, message = verdict
        first = "SuccessCriteriaMet" if type_ == "Complete" else "FailureTarget"
        set_condition(status, first, "True", reason, message)
        set_condition(status, type_, "True", reason, message)
        if type_ == "Complete":
            status["completionTime"] = time_text()
