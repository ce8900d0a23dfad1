"""Background work: queues on RQ, the schedule, the worker, locks among processes."""

from oneclick.jobs.connection import connect
from oneclick.jobs.locks import Leader, Lock
from oneclick.jobs.queues import Jobs

__all__ = ["Jobs", "Leader", "Lock", "connect"]
