"""The markers of the hook contract: how a specification and an implementation are told apart from plain functions."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Generator
from typing import Any, TypeVar

import pluggy

PROJECT = "oneclick"
ENTRY_POINT_GROUP = "oneclick.plugins"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)

F = TypeVar("F", bound=Callable[..., Any])


def on(*collections: str) -> Callable[[F], F]:
    """Limit a record hook to the named collections (names or ids).

    Goes below ``@hookimpl``; works for plain functions and for wrappers (generator functions). The wrapped function
    is called only when ``event.collection`` is one of ``collections``.
    """
    wanted = frozenset(collections)

    def limit(function: F) -> F:
        if inspect.isgeneratorfunction(function):

            @functools.wraps(function)
            def around(event: Any) -> Generator[None, Any, Any]:
                if event.collection.name in wanted or event.collection.id in wanted:
                    return (yield from function(event))
                return (yield)

            return around  # type: ignore[return-value]

        @functools.wraps(function)
        def before(event: Any) -> Any:
            if event.collection.name in wanted or event.collection.id in wanted:
                return function(event)
            return None

        return before  # type: ignore[return-value]

    return limit
