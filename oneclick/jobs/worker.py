"""The RQ worker: one process that takes jobs, and for each job a fork of it that runs it, unless the job is light.

The application is built once, in the parent, which holds no connection when it forks; the fork opens its own.
"""

from __future__ import annotations

import logging
from typing import Any

import orjson
from rq import Queue, get_current_job
from rq import Worker as RQWorker
from rq.exceptions import DeserializationError
from rq.job import Job as QueuedJob
from rq.serializers import JSONSerializer
from rq.timeouts import JobTimeoutException as JobTimeout
from rq.worker import WorkerStatus

from oneclick.auth import acting_as
from oneclick.jobs.queues import ASKER
from oneclick.jobs.schedule import mark_done
from oneclick.lifeline import die_with_parent

__all__ = ["JobTimeout", "Worker", "run_job", "work"]

log = logging.getLogger(__name__)

MONITORING_SECONDS = 10
MAINTENANCE_SECONDS = 60

_application: Any = None


class Worker(RQWorker):
    """RQ's worker on our queue, whose forks do not outlive it. Light jobs it runs itself."""

    def execute_job(self, job: QueuedJob, queue: Queue) -> None:
        """Run a light job here, any other in a fork."""
        if not _is_light(job):
            super().execute_job(job, queue)
            return
        execution = self.prepare_execution(job)
        self.perform_job(job, queue, execution)
        self.set_state(WorkerStatus.IDLE)

    def get_heartbeat_ttl(self, job: QueuedJob, working_time: float = 0.0) -> int:
        """Return for how long a job counts as alive: a light one, which nobody watches, for all of its time."""
        seconds: int = super().get_heartbeat_ttl(job, working_time)
        return max(seconds, int(job.timeout or 0) + 10) if _is_light(job) else seconds

    def fork_work_horse(self, job: QueuedJob, queue: Queue) -> None:
        """Fork with no open database connection: neither side may use the other's."""
        _application.database.engine.dispose()
        super().fork_work_horse(job, queue)

    def main_work_horse(self, job: QueuedJob, queue: Queue) -> None:
        """Run the job in the fork."""
        die_with_parent()
        super().main_work_horse(job, queue)


def _is_light(queued: QueuedJob) -> bool:
    """Tell whether the worker may run a job itself. What cannot be read is left to a fork to fail on."""
    try:
        job = _application.jobs.registered().get(queued.args[0])
    except (DeserializationError, LookupError):
        return False
    return job is not None and job.light


def work(app: Any, burst: bool = False) -> None:
    """Take jobs until SIGTERM or SIGINT; with ``burst`` until the queue is empty."""
    global _application
    _application = app
    worker = Worker(
        [app.jobs.queue],
        connection=app.jobs.redis,
        serializer=JSONSerializer,
        job_monitoring_interval=MONITORING_SECONDS,
        maintenance_interval=MAINTENANCE_SECONDS,
        log_job_description=True,
    )
    worker.work(burst=burst, with_scheduler=False)


def run_job(name: str, args: list[Any]) -> Any:
    """Run the registered job ``name``: the one function that RQ is ever asked to call.

    ``current_user`` is whoever asked for the job: nobody when a schedule did, or when the record is gone.
    """
    app = _application
    job = app.jobs.registered().get(name)
    if job is None:
        raise LookupError(f"No plugin of this worker registers a job called {name!r}.")
    # The schema may have changed since the parent read it.
    app.collections.refresh()
    queued = get_current_job()
    asker = queued.meta.get(ASKER) if queued is not None else None
    try:
        with acting_as(app.records.find(*asker) if asker else None):
            result = job.function(app, *args)
    finally:
        # So that a flushed Redis does not make the schedule fire it again.
        if queued is not None:
            mark_done(app.database, queued.id)
    return result if _is_json(result) else None


def _is_json(value: Any) -> bool:
    try:
        orjson.dumps(value)
    except TypeError:
        return False
    return True
