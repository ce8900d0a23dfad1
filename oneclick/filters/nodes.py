"""A parsed filter."""

from __future__ import annotations

from dataclasses import dataclass

ANY = "?"
"""What an "any" operator begins with."""


@dataclass(frozen=True, slots=True)
class Identifier:
    """A field's path, a macro, ``@request.…``, ``@collection.…``, ``null``, ``true`` or ``false``."""

    name: str
    position: int


@dataclass(frozen=True, slots=True)
class Text:
    """A quoted text, unescaped."""

    value: str
    position: int


@dataclass(frozen=True, slots=True)
class Number:
    """A number."""

    value: float
    position: int


@dataclass(frozen=True, slots=True)
class Placeholder:
    """``{:name}``: a value that is given beside the filter and never becomes part of its text."""

    name: str
    position: int


@dataclass(frozen=True, slots=True)
class Call:
    """A function and its arguments."""

    name: str
    arguments: tuple[Term, ...]
    position: int


Term = Identifier | Text | Number | Placeholder | Call


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two terms and a sign; ``any`` is true for the signs that begin with ``?``."""

    left: Term
    sign: str
    right: Term
    any: bool = False


@dataclass(frozen=True, slots=True)
class And:
    """All of the parts."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of the parts."""

    parts: tuple[Expression, ...]


Expression = Comparison | And | Or
