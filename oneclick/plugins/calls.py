"""Calling implementations: by themselves, measured, traced, and with an operation's result kept."""

from __future__ import annotations

import sys
import time
import typing
from collections.abc import Callable, Generator, Iterable, Mapping
from typing import Any

import pluggy

from oneclick.plugins.kinds import HookCount, PluginError


class Result:
    """Keeps what an operation returned, whatever the wrappers around it return."""

    __slots__ = ("value",)

    def __init__(self) -> None:
        self.value: Any = None

    def of(self, operation: Callable[[], Any]) -> Callable[[], Any]:
        """Return the operation, keeping what it returns."""

        def perform() -> Any:
            self.value = operation()
            return self.value

        return perform


class Trace:
    """Prints one hook call with the plugins that it reaches and its time; nothing without a name."""

    __slots__ = ("hook_name", "reached", "started")

    def __init__(self, hook_name: str, reached: Iterable[str]) -> None:
        self.hook_name, self.reached, self.started = hook_name, reached, 0.0

    def __enter__(self) -> None:
        self.started = time.perf_counter()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if self.hook_name:
            spent = (time.perf_counter() - self.started) * 1000
            ending = f" raised {error!r}" if error is not None else ""
            sys.stderr.write(f"hook {self.hook_name} [{', '.join(self.reached)}] {spent:.2f} ms{ending}\n")


def call_alone(implementation: pluggy.HookImpl, arguments: Mapping[str, Any]) -> Any:
    """Call one implementation outside pluggy's chain; a wrapper finds nothing inside."""
    answer = implementation.function(*[arguments[name] for name in implementation.argnames])
    if not implementation.wrapper:
        return answer
    wrapper = typing.cast("Generator[None, Any, Any]", answer)
    next(wrapper)
    try:
        wrapper.send([])
    except StopIteration as ending:
        return ending.value
    raise PluginError(f"{implementation.plugin_name}: a wrapper yields once.")


def measured(function: Callable[..., Any], count: HookCount, wrapper: bool) -> Callable[..., Any]:
    """Count calls, errors and time. A wrapper's time includes what it wraps."""

    def call(*arguments: Any) -> Any:
        count.calls += 1
        started = time.perf_counter()
        try:
            return function(*arguments)
        except BaseException:
            count.errors += 1
            raise
        finally:
            count.seconds += time.perf_counter() - started

    def around(*arguments: Any) -> Generator[None, Any, Any]:
        count.calls += 1
        started = time.perf_counter()
        try:
            return (yield from function(*arguments))
        except BaseException:
            count.errors += 1
            raise
        finally:
            count.seconds += time.perf_counter() - started

    return around if wrapper else call
