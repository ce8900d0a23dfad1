"""What is wrong with a filter, and where."""

from __future__ import annotations

from oneclick.errors import OneClickError

MAX_DEPTH = 50
"""How deep groups may be nested."""

MAX_EXPRESSIONS = 200
"""How many comparisons a filter or rule may hold."""

MAX_CLIENT_LENGTH = 3500
"""How long a client's filter may be, in characters."""


class FilterError(OneClickError):
    """A filter, rule or sort that cannot be used; ``position`` counts characters from 0 (-1: not known)."""

    def __init__(self, message: str, position: int = -1) -> None:
        self.message = message
        self.position = position
        super().__init__(message if position < 0 else f"{message} (at character {position + 1})")
