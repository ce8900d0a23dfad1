"""A time budget for all that a request asks of the cluster, however many calls it makes."""

from __future__ import annotations

import contextlib
import contextvars
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from oneclick_kubernetes.errors import Unreachable

T = TypeVar("T")

_deadline: contextvars.ContextVar[float | None] = contextvars.ContextVar("oneclick_kubernetes_deadline", default=None)
_workers = ThreadPoolExecutor(max_workers=16, thread_name_prefix="cluster")


@contextlib.contextmanager
def budget(seconds: float) -> Iterator[None]:
    """Let the cluster calls of this context take at most ``seconds`` together; then they raise ``Unreachable``."""
    wanted = time.monotonic() + seconds
    outer = _deadline.get()
    token = _deadline.set(wanted if outer is None else min(outer, wanted))
    try:
        yield
    finally:
        _deadline.reset(token)


def within(seconds: float) -> float:
    """Return ``seconds``, or what is left of the budget if that is less."""
    deadline = _deadline.get()
    if deadline is None:
        return seconds
    left = deadline - time.monotonic()
    if left <= 0:
        raise Unreachable("The cluster took too long to answer.")
    return min(seconds, left)


def together(calls: Iterable[Callable[[], T]]) -> list[T | Exception]:
    """Run calls side by side, in this context's budget; an exception takes the place of the result."""
    calls = list(calls)
    if len(calls) == 1:
        return [_caught(calls[0])]
    futures = [_workers.submit(contextvars.copy_context().run, _caught, call) for call in calls]
    return [future.result() for future in futures]


def all_of(calls: Iterable[Callable[[], T]]) -> list[T]:
    """Run calls side by side; raise the first exception, after all have ended."""
    results = together(calls)
    good: list[T] = []
    for result in results:
        if isinstance(result, Exception):
            raise result
        good.append(result)
    return good


def _caught(call: Callable[[], T]) -> T | Exception:
    try:
        return call()
    except Exception as error:  # noqa: BLE001 - raised again by whoever reads the results
        return error
