"""Enqueueing: named jobs of plugins on one RQ queue."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import has_request_context
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.exceptions import DuplicateJobError, NoSuchJobError
from rq.job import Job as QueuedJob
from rq.job import Retry
from rq.registry import StartedJobRegistry
from rq.serializers import JSONSerializer

from oneclick.auth import current_user
from oneclick.errors import ConfigError
from oneclick.ids import new_id
from oneclick.jobs.connection import connect
from oneclick.jobs.locks import Lock
from oneclick.plugins import Plugins
from oneclick_hooks import Job

log = logging.getLogger(__name__)

QUEUE = "oneclick"
FUNCTION = "oneclick.jobs.worker.run_job"
ASKER = "asker"
REMEMBERED = "oneclick:remembered:"
RESULT_SECONDS = 3600
FAILURE_SECONDS = 86400
RETRY_SECONDS = (10, 60, 300, 900)
PLAIN_ID = re.compile(r"[A-Za-z0-9_-]{1,120}")

# A finished job keeps its id for as long as its result is kept; freeing it must not hit one that was queued again.
FORGET_ENDED = """
local status = redis.call("HGET", KEYS[1], "status")
if status == "finished" or status == "failed" or status == "stopped" or status == "canceled" then
  return redis.call("DEL", KEYS[1])
end
return status == false and 1 or 0
"""


class Jobs:
    """Background work on RQ. Redis is reached when a job is enqueued, not before."""

    def __init__(self, redis_url: str, plugins: Plugins) -> None:
        self._redis_url, self._plugins = redis_url, plugins
        self._redis: Redis | None = None
        self._registered: dict[str, Job] | None = None

    @property
    def redis(self) -> Redis:
        """The client for Redis."""
        if self._redis is None:
            if not self._redis_url:
                raise ConfigError("REDIS_URL is not set: background jobs need Redis.")
            self._redis = connect(self._redis_url)
        return self._redis

    @property
    def queue(self) -> Queue:
        """RQ's queue. Arguments travel as JSON: whoever can write to Redis still cannot run code of his own."""
        return Queue(QUEUE, connection=self.redis, serializer=JSONSerializer)

    def registered(self) -> Mapping[str, Job]:
        """Return the plugins' jobs by name."""
        if self._registered is None:
            self._registered = {job.name: job for _, job in self._plugins.collect("register_jobs")}
        return self._registered

    def enqueue(
        self, job: str, *args: Any, unique: str | None = None, timeout: int | None = None, delay: float = 0.0
    ) -> str:
        """Enqueue the registered job ``job``; return its id.

        With ``unique``, a job of this id that waits or runs already is left alone and its id is returned. With
        ``delay`` the scheduler queues it that many seconds later.
        """
        job_id = rq_id(unique) if unique else new_id()
        for _ in range(3):
            if self.enqueue_once(job_id, job, args, timeout=timeout, delay=delay):
                return job_id
            if not self._forget_ended(job_id):
                return job_id
        return job_id

    def enqueue_once(
        self,
        job_id: str,
        job: str,
        args: tuple[Any, ...] = (),
        *,
        timeout: int | None = None,
        delay: float = 0.0,
    ) -> bool:
        """Enqueue unless Redis knows a job of this id, ended or not; tell whether it was enqueued."""
        known = self.registered().get(job)
        if known is None:
            raise KeyError(f"No plugin registers a job called {job!r}.")
        intervals = [RETRY_SECONDS[min(number, len(RETRY_SECONDS) - 1)] for number in range(known.retries)]
        options = {
            "args": (job, list(args)),
            "job_timeout": timeout or known.timeout,
            "result_ttl": RESULT_SECONDS,
            "failure_ttl": FAILURE_SECONDS,
            "description": job,
            "job_id": job_id,
            "unique": True,
            "meta": _asker(),
            "retry": Retry(max=known.retries, interval=intervals) if known.retries else None,
        }
        try:
            if delay > 0:
                self.queue.enqueue_in(timedelta(seconds=delay), FUNCTION, **options)
            else:
                self.queue.enqueue(FUNCTION, **options)
        except DuplicateJobError:
            return False
        return True

    def status(self, job_id: str) -> str | None:
        """Return RQ's word for a job's state; ``None`` when Redis does not know it (any more)."""
        try:
            job = QueuedJob.fetch(job_id, connection=self.redis, serializer=JSONSerializer)
            return job.get_status(refresh=False).value
        except NoSuchJobError:
            return None

    def remember(self, name: str, value: bytes, seconds: float) -> None:
        """Keep a value for all processes for at most ``seconds``. It may be forgotten at any moment."""
        try:
            self.redis.set(REMEMBERED + name, value, px=max(1, int(seconds * 1000)))
        except RedisError as error:
            log.warning("%s is not remembered: %s", name, error)

    def recall(self, name: str) -> bytes | None:
        """Return a remembered value, ``None`` when it is forgotten."""
        try:
            found = self.redis.get(REMEMBERED + name)
        except RedisError as error:
            log.warning("%s is not recalled: %s", name, error)
            return None
        return found if isinstance(found, bytes) else None

    def lock(self, name: str, ttl: float, wait: float = 0.0) -> Lock:
        """Return a lock among all processes; see :class:`Lock`."""
        return Lock(self.redis, name, ttl, wait)

    def close(self) -> None:
        """Close the connections."""
        if self._redis is not None:
            self._redis.close()
            self._redis = None

    def _forget_ended(self, job_id: str) -> bool:
        """Free the id of a job that has ended; tell whether it is free."""
        queue = self.queue
        # A job whose worker was killed counts as running until its heartbeat is found to be old.
        StartedJobRegistry(queue=queue, serializer=JSONSerializer).cleanup()
        script = self.redis.register_script(FORGET_ENDED)
        return bool(script(keys=[QueuedJob.key_for(job_id)]))


def _asker() -> dict[str, Any]:
    """Return who asks for a job, so that it runs with the same ``current_user``."""
    if not has_request_context() or not current_user.is_authenticated:
        return {}
    return {ASKER: [current_user.record.collection.name, current_user.id]}


def rq_id(text: str) -> str:
    """Return a job id that RQ accepts (letters, digits, ``_`` and ``-``), another one for another text."""
    if PLAIN_ID.fullmatch(text):
        return text
    return re.sub(r"[^A-Za-z0-9_-]", "_", text)[:80] + "-" + hashlib.sha256(text.encode()).hexdigest()[:12]
