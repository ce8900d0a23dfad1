"""Realtime clients: the connections of this process, and what all processes know of each."""

from __future__ import annotations

import queue
from collections.abc import Iterable
from typing import Any

import msgspec
import orjson

from oneclick.realtime.topics import Topic, parse_all

MAX_WAITING = 512


class Caller(msgspec.Struct, frozen=True):
    """The record that set the subscriptions; ``proof`` changes when its tokens become invalid."""

    collection: str
    record: str
    proof: str


class State(msgspec.Struct, frozen=True):
    """What every process may need to know of a client."""

    id: str
    process: str
    address: str
    caller: Caller | None = None
    topics: tuple[str, ...] = ()

    def encode(self) -> bytes:
        """Return it as JSON."""
        return msgspec.json.encode(self)

    @staticmethod
    def decode(content: bytes) -> State:
        """Read what :meth:`encode` wrote."""
        return msgspec.json.decode(content, type=State)


class Client:
    """A connection of this process and the events that wait for it."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.topics: tuple[Topic, ...] = ()
        self._events: queue.Queue[bytes | None] = queue.Queue(MAX_WAITING)
        self.gone = False

    def set(self, state: State) -> None:
        """Take over new subscriptions."""
        self.state = state
        self.topics = parse_all(state.topics)

    def send(self, event: str, data: Any) -> None:
        """Queue an event; a client that does not keep up is let go, and connects again."""
        content = data if isinstance(data, bytes) else orjson.dumps(data)
        message = f"id:{self.state.id}\nevent:{event}\ndata:".encode() + content + b"\n\n"
        try:
            self._events.put_nowait(message)
        except queue.Full:
            self.close()

    def next(self, timeout: float) -> bytes | None:
        """Return the next event; ``None`` when it is time to end. Raises ``queue.Empty`` after ``timeout``."""
        return None if self.gone else self._events.get(timeout=timeout)

    def close(self) -> None:
        """End the connection."""
        self.gone = True
        try:
            self._events.put_nowait(None)
        except queue.Full:
            # Whoever reads wakes up anyway, and looks at ``gone`` first.
            return


def topics_of(states: Iterable[State]) -> list[tuple[State, Topic]]:
    """Return all subscriptions of ``states``."""
    return [(state, topic) for state in states for topic in parse_all(state.topics)]
