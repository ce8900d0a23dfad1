"""``oneclick worker`` and ``oneclick scheduler``."""

from __future__ import annotations

import signal
import threading

import click

from oneclick.cli.application import application, read_config
from oneclick.cli.runtime import reach_redis


@click.command()
def worker() -> None:
    """Run background jobs, one at a time. Start as many as there should be jobs at once."""
    config = reach_redis(read_config())
    from oneclick.jobs.worker import work

    with application(config) as one_click:
        work(one_click)


@click.command()
def scheduler() -> None:
    """Fire schedules and run the plugins' loops. Of several one leads, the others stand by."""
    config = reach_redis(read_config())
    from oneclick.jobs.scheduler import Scheduler

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        # From a thread: the signal may have interrupted a wait that holds the event's own lock.
        signal.signal(number, lambda *_: threading.Thread(target=stop.set).start())
    with application(config) as one_click:
        one_click.follow_schema()
        Scheduler(one_click).run(stop)
