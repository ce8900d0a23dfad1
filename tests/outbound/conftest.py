from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def resolving(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """A function that makes every name below ``.test`` have the given addresses: no name server answers those."""
    real = socket.getaddrinfo

    def answer(*addresses: str) -> None:
        def look_up(host: Any, port: Any, *args: Any, **options: Any) -> Any:
            if not str(host).endswith(".test"):
                return real(host, port, *args, **options)
            return [
                (socket.AF_INET6 if ":" in one else socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port or 0))
                for one in addresses
            ]

        monkeypatch.setattr(socket, "getaddrinfo", look_up)

    return answer
