"""A client of PocketBase's realtime API, reading the wire as it is."""

from __future__ import annotations

import json
import queue
import threading
import time
from collections.abc import Mapping
from typing import Any

import httpx2


class Stream:
    """An open connection to ``/api/realtime``."""

    def __init__(self, url: str, token: str = "", post_to: str = "", headers: Mapping[str, str] | None = None) -> None:
        self.url, self.post_to, self.token = url, post_to or url, token
        self.lines: queue.Queue[str | None] = queue.Queue()
        self.http = httpx2.Client(timeout=httpx2.Timeout(20, read=60), headers=headers)
        self._response = self.http.send(self.http.build_request("GET", f"{url}/api/realtime"), stream=True)
        self.headers = self._response.headers
        self.status = self._response.status_code
        threading.Thread(target=self._read, daemon=True).start()
        self.first = self.next()
        self.id = self.first["id"]

    def _read(self) -> None:
        try:
            for line in self._response.iter_lines():
                self.lines.put(line)
        except (httpx2.HTTPError, httpx2.StreamError):
            pass
        self.lines.put(None)

    def next(self, timeout: float = 10) -> dict[str, Any]:
        """Return the next event: ``id``, ``event``, ``data``."""
        event: dict[str, Any] = {}
        while True:
            line = self.lines.get(timeout=timeout)
            if line is None:
                raise EOFError
            if not line:
                return event | {"data": json.loads(event["data"])}
            name, _, value = line.partition(":")
            event[name] = value

    def silent(self, seconds: float = 0.7) -> bool:
        """Tell whether nothing comes for a while."""
        time.sleep(seconds)
        return self.lines.empty()

    def ended(self, timeout: float = 10) -> bool:
        """Wait for the server to end the stream."""
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            try:
                if self.lines.get(timeout=0.2) is None:
                    return True
            except queue.Empty:
                continue
        return False

    def subscribe(self, *topics: str, token: str | None = None) -> httpx2.Response:
        token = self.token if token is None else token
        return self.http.post(
            f"{self.post_to}/api/realtime",
            json={"clientId": self.id, "subscriptions": list(topics)},
            headers={"Authorization": token} if token else {},
        )

    def close(self) -> None:
        self._response.close()
        self.http.close()
