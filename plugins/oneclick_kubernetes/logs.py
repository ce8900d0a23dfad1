"""Pod logs: whole lines, followed over restarts of the container without losing or repeating one."""

from __future__ import annotations

import queue
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from oneclick_kubernetes.cluster.client import Client
from oneclick_kubernetes.cluster.kinds import PODS
from oneclick_kubernetes.cluster.stream import Stream
from oneclick_kubernetes.errors import ClusterError, Missing, Unreachable

DEFAULT_CONTAINER = "kubectl.kubernetes.io/default-container"
LONGEST_LINE = 64 * 1024
WAITING_LINES = 2000
SILENCE = 300.0
"""A followed log that is silent for so long is asked for anew: followers have gone deaf at file rotations."""
READ_SILENCE = 30.0
PAUSE = 1.0
LONGEST_PAUSE = 10.0
PATIENCE = 60.0

_TIME = re.compile(rb"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d) ?")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which log: ``tail`` lines from the end, or ``since`` seconds or a moment; ``previous`` is the run before."""

    namespace: str
    pod: str
    container: str = ""
    tail: int | None = None
    since: int | datetime | None = None
    previous: bool = False


def container_of(client: Client, wanted: Wanted) -> Wanted:
    """Fill in the container. Raises ``Missing`` for a pod or container that is not there."""
    pod = client.get(PODS, wanted.pod, wanted.namespace)
    if pod is None:
        raise Missing(f"There is no pod {wanted.pod} in this project.", 404, "NotFound")
    spec = pod.get("spec") or {}
    names = [one["name"] for kind in ("containers", "initContainers") for one in spec.get(kind) or ()]
    if not names:
        raise Missing(f"There is no pod {wanted.pod} in this project.", 404, "NotFound")
    if wanted.container:
        if wanted.container not in names:
            raise Missing(f"Pod {wanted.pod} has no container {wanted.container}.", 404, "NotFound")
        return wanted
    chosen = ((pod.get("metadata") or {}).get("annotations") or {}).get(DEFAULT_CONTAINER)
    return replace(wanted, container=str(chosen if chosen in names else names[0]))


def open_log(client: Client, wanted: Wanted) -> Stream:
    """Open the log as it is now; it ends."""
    return client.stream(PODS.object_path(wanted.namespace, wanted.pod, "log"), _query(wanted), READ_SILENCE)


def _query(wanted: Wanted) -> dict[str, Any]:
    query: dict[str, Any] = {"container": wanted.container, "previous": "true" if wanted.previous else ""}
    if wanted.tail is not None:
        query["tailLines"] = wanted.tail
    if isinstance(wanted.since, int):
        query["sinceSeconds"] = wanted.since
    elif wanted.since is not None:
        query["sinceTime"] = wanted.since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return query


class Follower:
    """Follows a container's log in a thread of its own, so that whoever reads can also see that nobody listens.

    What is not taken in time makes the thread wait, and with it the cluster: nothing piles up here.
    """

    def __init__(self, client: Client, wanted: Wanted) -> None:
        self._client = client
        self._wanted = wanted
        self._lines: queue.Queue[str | None] = queue.Queue(WAITING_LINES)
        self._ended = threading.Event()
        self._stream: Stream | None = None
        self._last = b""
        self._at_last: set[bytes] = set()
        self._started = False
        self.problem = ""
        self._thread = threading.Thread(target=self._run, name=f"log-{wanted.pod}", daemon=True)

    def start(self) -> Follower:
        """Open the log and begin to read. Raises ``ClusterError`` when that fails."""
        self._stream = self._open(again=False)
        self._thread.start()
        return self

    def batches(self, wait: float = 1.0, most: int = LONGEST_LINE) -> Iterator[str]:
        """Yield whole lines with their ends, several at once when they wait; an empty text each ``wait`` seconds
        without any; end with the log."""
        while True:
            try:
                line = self._lines.get(timeout=wait)
            except queue.Empty:
                yield ""
                continue
            batch, size = [], 0
            while line is not None:
                batch.append(line)
                size += len(line)
                if size >= most:
                    break
                try:
                    line = self._lines.get_nowait()
                except queue.Empty:
                    break
            if batch:
                yield "".join(f"{one}\n" for one in batch)
            if line is None:
                return

    def end(self) -> None:
        """Stop following; returns at once."""
        self._ended.set()
        if self._stream is not None:
            self._stream.close()

    def _run(self) -> None:
        pause, silent_since = PAUSE, time.monotonic()
        try:
            while not self._ended.is_set():
                try:
                    if self._stream is None:
                        self._stream = self._open(again=True)
                    if self._read(self._stream):
                        pause, silent_since = PAUSE, time.monotonic()
                    if self._is_over():
                        return
                except Missing:
                    return
                except ClusterError as error:
                    # Between two runs of a container there is no log (400); an API server may be away for a while.
                    if not isinstance(error, Unreachable) and time.monotonic() - silent_since > PATIENCE:
                        self.problem = error.message
                        return
                self._stream = None
                self._ended.wait(pause)
                pause = min(LONGEST_PAUSE, pause * 2)
        finally:
            self._put(None)

    def _open(self, again: bool) -> Stream:
        wanted = replace(self._wanted, previous=False) if again else self._wanted
        if again and self._last:
            wanted = replace(wanted, tail=None, since=_moment(self._last))
        query = {**_query(wanted), "follow": "true", "timestamps": "true"}
        return self._client.stream(PODS.object_path(wanted.namespace, wanted.pod, "log"), query, SILENCE)

    def _read(self, stream: Stream) -> bool:
        some = False
        for line in stream.lines():
            text = self._fresh(line)
            if text is not None:
                some = True
                self._put(text[:LONGEST_LINE].decode("utf-8", "replace"))
            if self._ended.is_set():
                break
        return some

    def _fresh(self, line: bytes) -> bytes | None:
        """Return a line without its time, ``None`` for one that was sent before the log was opened again."""
        match = _TIME.match(line)
        if match is None:
            return line
        moment = match[1] + (match[2] or b"").ljust(10, b"0")
        if moment < self._last or (moment == self._last and line in self._at_last):
            return None
        if moment != self._last:
            self._last, self._at_last = moment, set()
        self._at_last.add(line)
        return line[match.end() :]

    def _is_over(self) -> bool:
        pod = self._client.get(PODS, self._wanted.pod, self._wanted.namespace)
        return pod is None or (pod.get("status") or {}).get("phase") in ("Succeeded", "Failed")

    def _put(self, line: str | None) -> None:
        while True:
            try:
                self._lines.put(line, timeout=0.5)
            except queue.Full:
                if self._ended.is_set():
                    return
            else:
                return


def _moment(cursor: bytes) -> datetime:
    # sinceTime counts whole seconds; what comes twice is dropped by the cursor.
    return datetime.strptime(cursor[:19].decode(), "%Y-%m-%dT%H:%M:%S").replace(tzinfo=UTC)


def lines_until(follower: Follower, gone: Callable[[], bool], wait: float = 1.0) -> Iterator[str]:
    """Yield a followed log's lines until the log ends or ``gone`` says that nobody listens any more."""
    try:
        for batch in follower.batches(wait):
            if gone():
                return
            if batch:
                yield batch
    finally:
        follower.end()
