"""An answer that keeps coming: watches and followed logs."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from oneclick_kubernetes.errors import Unreachable


class Stream:
    """The body of a long answer, as bytes or whole lines. ``close`` may be called from any thread and wakes a reader
    that waits."""

    def __init__(self, response: Any, longest_line: int = 16 * 1024 * 1024) -> None:
        self._response = response
        self._longest_line = longest_line
        self._closed = False
        self._reading = False

    @property
    def closed(self) -> bool:
        """Whether ``close`` was called."""
        return self._closed

    def chunks(self, size: int = 65536) -> Iterator[bytes]:
        """Yield what arrives as it arrives. Raises ``Unreachable`` when the connection breaks or stays silent for
        longer than the read time-out."""
        import urllib3

        self._reading = True
        try:
            while not self._closed:
                # read1 returns what is there instead of waiting for a full buffer.
                chunk = self._response.read1(size)
                if not chunk:
                    return
                yield chunk
        except (urllib3.exceptions.HTTPError, OSError, ValueError, AttributeError) as error:
            # http.client raises an AttributeError of its own when a chunked answer ends while it waits for a chunk.
            if not self._closed:
                raise Unreachable(f"The connection to the cluster broke: {error}") from error
        finally:
            self._closed = True
            self._response.close()

    def lines(self) -> Iterator[bytes]:
        """Yield whole lines without their ends; a last line without an end too."""
        rest = b""
        for chunk in self.chunks():
            rest += chunk
            if b"\n" in chunk:
                *whole, rest = rest.split(b"\n")
                yield from whole
            while len(rest) > self._longest_line:
                yield rest[: self._longest_line]
                rest = rest[self._longest_line :]
        if rest and not self._closed:
            yield rest

    def close(self) -> None:
        """End the answer."""
        if self._closed:
            return
        self._closed = True
        # shutdown() wakes a thread that is blocked in recv(); that thread then closes the answer itself.
        with contextlib.suppress(Exception):
            self._response.shutdown()
        if not self._reading:
            self._response.close()
