"""Cutting a filter into tokens."""

from __future__ import annotations

import re
from typing import NamedTuple

from oneclick.filters.errors import FilterError

# A carriage return is no blank in this language.
_BLANK = re.compile(r"(?:[ \t\n]|//[^\n]*)*")

_TOKENS = re.compile(
    r"""
      (?P<join>&&|\|\|) (?![&|])
    | (?P<sign>\??(?:!=|!~|>=|<=|=|~|>|<)) (?![=!<>~?])
    | (?P<number>-?[0-9]+(?:\.[0-9]+)?) (?![A-Za-z0-9_.:@\#-])
    | (?P<name>[A-Za-z@_\#][A-Za-z0-9_.:]*) (?<![.:])
    | (?P<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
    | (?P<placeholder>\{:[A-Za-z0-9_]+\})
    | (?P<mark>[(),])
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(['\"\\ntr])")
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r"}


class Token(NamedTuple):
    """One token: its kind (``join sign number name text placeholder mark end``), value and position."""

    kind: str
    value: str
    position: int

    def is_mark(self, mark: str) -> bool:
        """Whether this is the given parenthesis or comma."""
        return self.kind == "mark" and self.value == mark


def tokens(text: str) -> list[Token]:
    """Cut ``text``; the last token is of kind ``end``. Raises :class:`FilterError`."""
    found: list[Token] = []
    if (nul := text.find("\0")) >= 0:
        raise FilterError("a NUL character is not allowed", nul)
    position = _skip(text, 0)
    while position < len(text):
        match = _TOKENS.match(text, position)
        if match is None:
            raise FilterError(_complaint(text, position), position)
        found.append(_token(match, position))
        position = _skip(text, match.end())
    found.append(Token("end", "", position))
    return found


def _skip(text: str, position: int) -> int:
    match = _BLANK.match(text, position)
    return match.end() if match else position


def _token(match: re.Match[str], position: int) -> Token:
    kind, value = str(match.lastgroup), match[0]
    if kind == "text":
        value = _ESCAPE.sub(lambda found: _ESCAPED.get(found[1], found[1]), value[1:-1])
    elif kind == "placeholder":
        value = value[2:-1]
    elif kind == "name" and value in ("@", "_", "#"):
        raise FilterError(f"{value!r} is no name", position)
    return Token(kind, value, position)


def _complaint(text: str, position: int) -> str:
    character = text[position]
    if character in "'\"":
        return "the text has no end"
    if character in "&|":
        return "expected && or ||"
    if character in "=!<>~?":
        return "unknown operator"
    if character in "-0123456789":
        return "not a number"
    if character in ".:":
        return "a name may neither begin nor end with a dot or colon"
    return f"unexpected character {character!r}"
