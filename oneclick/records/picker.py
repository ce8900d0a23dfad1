"""The query parameter ``fields``: which keys of an answer are sent (contract §1.6)."""

from __future__ import annotations

import re
from functools import lru_cache
from html.parser import HTMLParser
from typing import Any

from oneclick.errors import BadRequest

_EXCERPT = re.compile(r"excerpt\(\s*(\d{1,18})\s*(?:,\s*(\w+)\s*)?\)")
_TRUE = ("1", "t", "T", "TRUE", "true", "True")
_DROPPED = frozenset(
    ("script", "style", "iframe", "object", "embed", "svg", "math", "form", "button", "input", "textarea", "select",
     "template", "noscript", "title", "head")
)  # fmt: skip
_INLINE = frozenset(
    ("a", "abbr", "b", "bdi", "bdo", "cite", "code", "dfn", "em", "i", "kbd", "mark", "q", "s", "samp", "small", "span",
     "strong", "sub", "sup", "time", "u", "var")
)  # fmt: skip
_VOID = frozenset(
    ("br", "hr", "img", "input", "embed", "wbr", "area", "col", "source", "track", "link", "meta", "base")
)


class _Node:
    """What is wanted of one key: everything or some keys of it, and how a text is shortened."""

    __slots__ = ("excerpt", "keys", "whole")

    def __init__(self) -> None:
        self.keys: dict[str, _Node] = {}
        self.whole = False
        self.excerpt: tuple[int, bool] | None = None


def pick(data: Any, fields: str) -> Any:
    """Return ``data`` with nothing but ``fields``; of a page of records, ``fields`` are those of its items.

    Raises ``BadRequest`` for a modifier that does not exist.
    """
    tree = _parse(fields)
    if isinstance(data, dict) and isinstance(data.get("items"), list) and "totalItems" in data:
        return {**data, "items": _picked(data["items"], tree)}
    return _picked(data, tree)


@lru_cache(maxsize=256)
def _parse(fields: str) -> _Node:
    root = _Node()
    for part in _split(fields):
        path, _, modifier = part.partition(":")
        node = root
        for step in path.strip().split("."):
            node = node.keys.setdefault(step, _Node())
        if modifier:
            match = _EXCERPT.fullmatch(modifier.strip())
            if match is None:
                raise BadRequest
            node.excerpt = (int(match[1]), match[2] in _TRUE)
        node.whole = True
    return root


def _split(fields: str) -> list[str]:
    """Split at the commas outside of parentheses."""
    return [part for part in re.split(r",(?![^(]*\))", fields) if part.strip()]


def _picked(data: Any, node: _Node) -> Any:
    if isinstance(data, list):
        return [_picked(item, node) for item in data]
    if not isinstance(data, dict):
        return data
    everything = "*" in node.keys
    picked = {}
    for key, value in data.items():
        wanted = node.keys.get(key) or (node.keys["*"] if everything else None)
        if wanted is not None:
            picked[key] = _shortened(value if not wanted.keys or _all_of(wanted) else _picked(value, wanted), wanted)
    return picked


def _all_of(node: _Node) -> bool:
    """Whether the key itself was asked for: parts of it that were named besides do not narrow it."""
    return node.whole


def _shortened(value: Any, node: _Node) -> Any:
    if node.excerpt is None or not isinstance(value, str):
        return value
    return excerpt(value, *node.excerpt)


def excerpt(text: str, limit: int, with_ellipsis: bool = False) -> str:
    """Return the first characters of a text without its HTML."""
    parser = _Text()
    parser.feed(text)
    parser.close()
    plain = " ".join("".join(parser.parts).split())
    if len(plain) <= limit:
        return plain
    return plain[:limit].strip() + ("..." if with_ellipsis else "")


class _Text(HTMLParser):
    """Collects the text of an HTML fragment."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._dropping = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Drop what has no text of its own; a block begins a new word."""
        if tag in _DROPPED and tag not in _VOID:
            self._dropping += 1
        if tag not in _INLINE:
            self.parts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        """End what was dropped; a block ends a word."""
        if tag in _DROPPED and tag not in _VOID:
            self._dropping = max(0, self._dropping - 1)
        if tag not in _INLINE:
            self.parts.append(" ")

    def handle_data(self, data: str) -> None:
        """Keep text."""
        if not self._dropping:
            self.parts.append(data)
