"""gunicorn's threaded worker, with an accept loop that waits for no client."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gunicorn.workers.gthread import ThreadWorker


class Worker(ThreadWorker):  # type: ignore[misc]
    """Closes connections in its threads.

    gunicorn closes one gracefully by waiting up to two seconds for the client to hang up, and does so in the loop that
    accepts all others: a few clients that stay on the line would hold up everybody.
    """

    def finish_request(self, conn: Any, fs: Any) -> None:
        """Put the connection back, or let a thread close it."""
        if "close" not in vars(conn):
            conn.close = self._closing(conn.close)
        super().finish_request(conn, fs)

    def _closing(self, close: Callable[..., None]) -> Callable[..., None]:
        def close_elsewhere(graceful: bool = False) -> None:
            if graceful and self.alive:
                self.tpool.submit(close, graceful)
            else:
                close()

        return close_elsewhere
