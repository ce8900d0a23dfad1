"""Hooks that hold an operation: the core's own implementation of each is the innermost one."""

from __future__ import annotations

import inspect
import itertools
import typing
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from oneclick_hooks import PROJECT, SPECIFICATIONS, OperationEvent, hookimpl

CORE = "core"


def _find_operation_hooks() -> frozenset[str]:
    """Return the hooks whose event holds an operation: all that take an ``OperationEvent``, save what comes after."""
    names = set()
    for name, function in itertools.chain.from_iterable(vars(module).items() for module in SPECIFICATIONS):
        if not inspect.isfunction(function) or not hasattr(function, f"{PROJECT}_spec") or "_after_" in name:
            continue
        event = typing.get_type_hints(function).get("event")
        if inspect.isclass(event) and issubclass(event, OperationEvent):
            names.add(name)
    return frozenset(names)


OPERATION_HOOKS = _find_operation_hooks()
"""The hooks that hold an operation; the core's implementation of each is the innermost."""


def operations() -> SimpleNamespace:
    """Return the core's plugin: for each operation hook the operation itself, the only ``trylast`` one."""

    def named(name: str) -> Callable[[OperationEvent], Any]:
        def innermost(event: OperationEvent) -> Any:
            return event.operation() if event.operation is not None else None

        innermost.__name__ = name
        return hookimpl(innermost, trylast=True)

    return SimpleNamespace(**{name: named(name) for name in OPERATION_HOOKS})
