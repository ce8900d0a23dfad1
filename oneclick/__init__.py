"""One-Click: container images into production on Kubernetes.

The names below are what plugins may import. They are loaded when they are first used, so that ``import oneclick``
costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from oneclick.api.listeners import Listener
    from oneclick.api.needs import needed, needs, require
    from oneclick.api.records import answer_record
    from oneclick.api.requests import request_info
    from oneclick.auth.current import current_user
    from oneclick.core import current
    from oneclick.errors import (
        ApiError,
        BadRequest,
        ConfigError,
        Forbidden,
        NotFound,
        TooLarge,
        TooManyRequests,
        Unauthorized,
        Unavailable,
        ValidationError,
        field_error,
    )
    from oneclick.jobs.worker import JobTimeout
    from oneclick.realtime.sockets import Frame, SocketConnection

__all__ = [
    "ApiError",
    "BadRequest",
    "ConfigError",
    "Forbidden",
    "Frame",
    "JobTimeout",
    "Listener",
    "NotFound",
    "SocketConnection",
    "TooLarge",
    "TooManyRequests",
    "Unauthorized",
    "Unavailable",
    "ValidationError",
    "answer_record",
    "current",
    "current_user",
    "field_error",
    "needed",
    "needs",
    "request_info",
    "require",
]

_ELSEWHERE = {
    "Frame": "realtime.sockets",
    "JobTimeout": "jobs.worker",
    "Listener": "api.listeners",
    "SocketConnection": "realtime.sockets",
    "answer_record": "api.records",
    "current": "core",
    "current_user": "auth.current",
    "needed": "api.needs",
    "needs": "api.needs",
    "request_info": "api.requests",
    "require": "api.needs",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'oneclick' has no attribute {name!r}")
    return getattr(importlib.import_module(f"oneclick.{_ELSEWHERE.get(name, 'errors')}"), name)
