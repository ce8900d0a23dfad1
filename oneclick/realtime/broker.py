"""Messages among processes: Redis pub/sub, and small shared tables in Redis that whoever wrote them writes again.

Without a Redis address, or while Redis is away, messages reach this process alone. Nothing here has to survive a
flushed Redis.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from redis import Redis
from redis.exceptions import RedisError

from oneclick.jobs.connection import connect

log = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0
CONNECT_SECONDS = 5.0
AWAY_SECONDS = 1.0

Receive = Callable[[bytes], None]


class Broker:
    """Publishes to all processes and calls this one's receivers, in one thread and in the order of arrival.

    Opens its connections when they are first used; a process that only publishes runs no thread. ``installation``
    keeps apart those that share a Redis server: its databases do not, pub/sub knows none.
    """

    def __init__(self, url: str, installation: str = "") -> None:
        self._url = url
        self._channels = f"oneclick:{installation}:channel:"
        self._shared = f"oneclick:{installation}:table:"
        self._redis: Redis | None = None
        self._away_until = 0.0
        self._lock = threading.Lock()
        self._receivers: dict[str, list[Receive]] = defaultdict(list)
        self._reconnected: list[Callable[[], None]] = []
        self._arrived: queue.SimpleQueue[tuple[str, bytes] | None] = queue.SimpleQueue()
        self._tables: dict[str, dict[str, bytes]] = defaultdict(dict)
        self._threads: list[threading.Thread] = []
        self._listening = threading.Event()
        self._closed = threading.Event()

    def publish(self, channel: str, message: bytes) -> None:
        """Send ``message`` to the receivers of ``channel`` in all processes."""
        sent = self._quietly(lambda redis: redis.publish(self._channels + channel, message))
        if sent is None and self._threads:
            self._arrived.put((channel, message))

    def subscribe(self, channel: str, receive: Receive) -> Callable[[], None]:
        """Call ``receive`` with each message on ``channel``, from the broker's thread; return what ends it."""
        with self._lock:
            self._receivers[channel].append(receive)
            self._start()
        self._listening.wait(CONNECT_SECONDS)

        def end() -> None:
            with self._lock:
                if receive in self._receivers[channel]:
                    self._receivers[channel].remove(receive)

        return end

    def on_reconnect(self, action: Callable[[], None]) -> None:
        """Call ``action`` whenever the connection is back: messages may have been missed meanwhile."""
        self._reconnected.append(action)

    def put(self, table: str, key: str, value: bytes) -> None:
        """Write an entry of a shared table."""
        self._tables[table][key] = value
        self._quietly(lambda redis: redis.hset(self._shared + table, key, value))

    def remove(self, table: str, *keys: str) -> None:
        """Remove entries of a shared table."""
        for key in keys:
            self._tables[table].pop(key, None)
        if keys:
            self._quietly(lambda redis: redis.hdel(self._shared + table, *keys))

    def get(self, table: str, key: str) -> bytes | None:
        """Read an entry of a shared table."""
        own = self._tables[table].get(key)
        found = self._quietly(lambda redis: redis.hget(self._shared + table, key))
        return found if found is not None else own

    def has(self, table: str, key: str) -> bool:
        """Tell whether Redis has the entry (without Redis: whether this process wrote it)."""
        found = self._quietly(lambda redis: redis.hexists(self._shared + table, key))
        return key in self._tables[table] if found is None else bool(found)

    def all(self, table: str) -> dict[str, bytes]:
        """Read a whole shared table: Redis's entries and this process's own."""
        found = self._quietly(lambda redis: redis.hgetall(self._shared + table)) or {}
        return dict(self._tables[table]) | {key.decode(): value for key, value in found.items()}

    def close(self) -> None:
        """End the threads and close the connections."""
        self._closed.set()
        self._arrived.put(None)
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(2)
        if self._redis is not None:
            self._redis.close()

    def _quietly(self, call: Callable[[Redis], Any]) -> Any:
        """Call Redis; ``None`` without one. One that is away is left alone for a moment, so that nobody waits long."""
        if not self._url or time.monotonic() < self._away_until:
            return None
        try:
            return call(self._client())
        except RedisError as error:
            self._away_until = time.monotonic() + AWAY_SECONDS
            log.warning("Redis is out of reach, messages reach this process alone: %s", error)
            return None

    def _client(self) -> Redis:
        with self._lock:
            if self._redis is None:
                self._redis = connect(self._url)
            return self._redis

    def _start(self) -> None:
        """Start the threads, once. The lock is held."""
        if self._threads:
            return
        targets = [("broker-deliver", self._deliver)]
        if self._url:
            targets.append(("broker-listen", self._listen))
        else:
            self._listening.set()
        self._threads = [threading.Thread(target=target, name=name, daemon=True) for name, target in targets]
        for thread in self._threads:
            thread.start()

    def _deliver(self) -> None:
        while (message := self._arrived.get()) is not None:
            channel, content = message
            for receive in tuple(self._receivers.get(channel, ())):
                try:
                    receive(content)
                except Exception:
                    log.exception("a receiver of %s failed", channel)

    def _listen(self) -> None:
        pause, connected_before = FIRST_PAUSE, False
        while not self._closed.is_set():
            redis: Any = Redis.from_url(self._url, socket_connect_timeout=CONNECT_SECONDS)
            listener = redis.pubsub()
            try:
                # One pattern rather than a subscription a channel: nothing has to be said to Redis from other threads.
                listener.psubscribe(self._channels + "*")
                self._receive(listener, connected_before)
            except (RedisError, OSError) as error:
                log.warning("the connection to Redis is lost: %s", error)
            finally:
                if self._listening.is_set():
                    pause, connected_before = FIRST_PAUSE, True
                self._listening.clear()
                listener.close()
                redis.close()
            self._closed.wait(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    def _receive(self, listener: Any, connected_before: bool) -> None:
        """Read messages until the broker is closed or the connection breaks."""
        while not self._closed.is_set():
            message = listener.get_message(timeout=0.5)
            if message is None:
                continue
            if message["type"] == "psubscribe":
                self._listening.set()
                for action in self._reconnected if connected_before else ():
                    action()
            elif message["type"] == "pmessage":
                self._arrived.put((message["channel"].decode().removeprefix(self._channels), message["data"]))
