"""What a tick enqueues, with many repositories due at once."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from rq.registry import ScheduledJobRegistry
from rq.serializers import JSONSerializer

from oneclick.core import OneClick
from oneclick.jobs.queues import QUEUE
from oneclick.testing import FakeRegistry
from oneclick_auto_update import jobs
from tests.auto_update.test_records import house

sys.path.insert(0, str(Path(__file__).parents[2] / "bench"))

from auto_update import fill  # isort: skip

__all__ = ["house"]

REPOSITORIES = 200


def test_repositories_are_spread_over_seconds_always_in_the_same_way(
    house: OneClick, fake_registry: FakeRegistry
) -> None:
    fill(house, fake_registry, records=2 * REPOSITORIES, repositories=REPOSITORIES)
    orders = []
    for _ in range(2):
        house.jobs.redis.flushall()
        assert jobs.tick(house) == REPOSITORIES
        later = ScheduledJobRegistry(QUEUE, connection=house.jobs.redis, serializer=JSONSerializer)
        waiting = later.get_job_ids()
        assert house.jobs.queue.count + len(waiting) == REPOSITORIES
        last = later.get_scheduled_time(waiting[-1]).timestamp() - time.time()
        assert 1 < last <= REPOSITORIES / jobs.PER_SECOND + 1
        assert REPOSITORIES / 2 < len(waiting) < REPOSITORIES
        orders.append(waiting)
        # A second scheduler, or the next tick, finds them all there.
        jobs.tick(house)
        assert house.jobs.queue.count + len(later.get_job_ids()) == REPOSITORIES
    assert orders[0] == orders[1]
