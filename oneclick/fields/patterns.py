"""Regular expressions of field options: written for Go's engine, run by Python's."""

from __future__ import annotations

import re
import secrets
from functools import lru_cache
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

_POSIX = {
    "alnum": "0-9A-Za-z", "alpha": "A-Za-z", "ascii": r"\x00-\x7F", "blank": r"\t ", "cntrl": r"\x00-\x1F\x7F",
    "digit": "0-9", "graph": "!-~", "lower": "a-z", "print": " -~", "punct": r"!-/:-@\[-`{-~",
    "space": r"\t\n\v\f\r ", "upper": "A-Z", "word": "0-9A-Za-z_", "xdigit": "0-9A-Fa-f",
}  # fmt: skip
_PART = re.compile(r"\\.|\[:(\w+):\]|.", re.DOTALL)

_CATEGORIES = {
    codes.CATEGORY_DIGIT: r"\d", codes.CATEGORY_NOT_DIGIT: r"\D", codes.CATEGORY_WORD: r"\w",
    codes.CATEGORY_NOT_WORD: r"\W", codes.CATEGORY_SPACE: r"\s", codes.CATEGORY_NOT_SPACE: r"\S",
}  # fmt: skip

# Without a bound of its own, a repetition such as "[a-z]+" generates at most this many characters more than it must.
MAX_UNBOUNDED = 8

MAX_GENERATED = 5000
"""How long a generated text may be."""


def _translate(pattern: str) -> str:
    """Rewrite what the two engines read differently: ``$`` and ``\\z`` mean the very end, ``[:alpha:]`` a class."""
    found: list[str] = []
    in_class = False
    for match in _PART.finditer(pattern):
        part = match[0]
        if match[1] and in_class:
            part = _POSIX.get(match[1], part)
        elif (part == "$" and not in_class) or part == r"\z":
            part = r"\Z"
        elif part == "[":
            # A nested "[" is a plain character in both engines; escaping it spares a FutureWarning.
            part, in_class = (r"\[" if in_class else part), True
        elif part == "]":
            in_class = False
        found.append(part)
    return "".join(found)


@lru_cache(maxsize=512)
def compiled(pattern: str) -> re.Pattern[str]:
    """Compile a pattern (classes are ASCII, as in Go). Raises ``ValueError`` with the reason."""
    try:
        return re.compile(_translate(pattern), re.ASCII)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(str(error)) from error


def problem_of(pattern: str) -> str:
    """Return why ``pattern`` is no regular expression, ``""`` if it is one."""
    try:
        compiled(pattern)
    except ValueError as error:
        return str(error)
    return ""


def generate(pattern: str) -> str:
    """Return a random text that matches ``pattern``. Raises ``ValueError`` for what cannot be generated."""
    compiled(pattern)
    return _any_of(_parser.parse(_translate(pattern), re.ASCII))


def _any_of(parsed: Any) -> str:
    return "".join(_one(code, argument) for code, argument in parsed)


def _one(code: Any, argument: Any) -> str:
    """Generate one node of the parsed pattern."""
    if code is codes.LITERAL:
        return chr(argument)
    if code is codes.AT:
        return ""
    if code is codes.SUBPATTERN:
        return _any_of(argument[-1])
    if code is codes.BRANCH:
        return _any_of(secrets.choice(argument[1]))
    if code in (codes.MAX_REPEAT, codes.MIN_REPEAT):
        low, high, inner = argument
        high = low + MAX_UNBOUNDED if high is codes.MAXREPEAT else high
        if high * max(len(_any_of(inner)), 1) > MAX_GENERATED:
            raise ValueError(f"it would generate more than {MAX_GENERATED} characters")
        return "".join(_any_of(inner) for _ in range(low + secrets.randbelow(high - low + 1)))
    return secrets.choice(_alphabet(code, argument))


@lru_cache(maxsize=256)
def _allowed(members: tuple[Any, ...]) -> str:
    """Return the printable ASCII characters of a character class."""
    negated = bool(members) and members[0][0] is codes.NEGATE

    def holds(character: str) -> bool:
        for code, argument in members:
            if code is codes.LITERAL and ord(character) == argument:
                return True
            if code is codes.RANGE and argument[0] <= ord(character) <= argument[1]:
                return True
            if code is codes.CATEGORY and re.match(_CATEGORIES[argument], character, re.ASCII):
                return True
        return False

    return "".join(c for c in map(chr, range(32, 127)) if holds(c) is not negated)


def _alphabet(code: Any, argument: Any) -> str:
    """Return the characters that a class, a negated literal or ``.`` may stand for."""
    if code is codes.ANY:
        members: tuple[Any, ...] = ((codes.RANGE, (32, 126)),)
    elif code is codes.NOT_LITERAL:
        members = ((codes.NEGATE, None), (codes.LITERAL, argument))
    elif code is codes.IN:
        members = tuple(argument)
    else:
        raise ValueError(f"cannot generate from {code}")
    alphabet = _allowed(members)
    if not alphabet:
        raise ValueError("a character class has no printable ASCII character")
    return alphabet
