"""The topics of PocketBase's realtime connections: ``posts/*``, ``posts/ID?options={…}``, and names of one's own."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import orjson

EVERYTHING = "*"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Topic:
    """One subscription. ``text`` is what the client sent and gets back as the event's name."""

    text: str
    collection: str
    record: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def action(self) -> str:
        """The rule that applies: ``list`` for all records, ``view`` for one."""
        return "list" if self.record == EVERYTHING else "view"


def parse(text: str) -> Topic:
    """Read a topic. One that is not understood stands for itself: nobody sends to it.

    Raises ``ValueError`` for options that cannot be written again (nested too deep).
    """
    path, _, query = text.partition("?")
    collection, slash, record = path.partition("/")
    options = _options(query)
    return Topic(
        text,
        collection,
        record if slash and record else EVERYTHING,
        _texts(options.get("query")),
        {key.lower().replace("-", "_"): value for key, value in _texts(options.get("headers")).items()},
    )


def parse_all(texts: Iterable[str]) -> tuple[Topic, ...]:
    """Read topics, without those that cannot be read: they must not keep the others from being served."""
    topics: list[Topic] = []
    for text in texts:
        try:
            topics.append(parse(text))
        except ValueError:
            log.warning("a topic of %d characters cannot be read", len(text))
    return tuple(topics)


def _options(query: str) -> Mapping[str, Any]:
    for text in parse_qs(query).get("options", ()):
        try:
            options = orjson.loads(text)
        except orjson.JSONDecodeError:
            return {}
        return options if isinstance(options, dict) else {}
    return {}


def _texts(values: Any) -> dict[str, str]:
    """Return an object's values as texts, as they would be in a URL."""
    if not isinstance(values, dict):
        return {}
    try:
        return {
            str(key): value if isinstance(value, str) else orjson.dumps(value).decode() for key, value in values.items()
        }
    except (TypeError, RecursionError) as error:
        raise ValueError("the options cannot be written as JSON") from error
