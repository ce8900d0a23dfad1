"""Which of a repository's tags a deployment should run: pure functions (contracts/one-click.md §3.5, kubernetes.md 35).

A policy never goes down: ``semver`` and ``timestamp`` choose a tag only when it is newer than the current one, and
``semver`` keeps the current tag's suffix (``1.2-alpine`` stays on ``-alpine``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import re2

NAMES = ("semver", "semver:<constraint>", "timestamp", "asc", "desc", "latest")
PATTERN_LIMIT = 500

_QUIET = re2.Options()
_QUIET.log_errors = False

_NUMBERS = r"[0-9]{1,18}(?:\.[0-9]{1,18}){0,2}"
_VERSION = re.compile(rf"^(?P<prefix>[A-Za-z][A-Za-z_.-]*?-?)?v?(?P<numbers>{_NUMBERS})(?P<suffix>[-+_].*)?$")
_TIMESTAMP = re.compile(r"(?<![0-9A-Za-z_])([0-9]{10})(?![0-9A-Za-z_])")
_TERM = re.compile(r"^(?P<sign>>=|<=|!=|>|<|=|~|\^)?\s*v?(?P<version>[0-9xX*]{1,18}(?:\.[0-9xX*]{1,18}){0,2})$")


class PolicyError(ValueError):
    """The policy or pattern cannot be used; its message is a sentence for the user."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a policy says: the tag to run (``None``: stay), and why, in a sentence."""

    tag: str | None
    reason: str


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """A tag read as a version; ``numbers`` always has three parts."""

    numbers: tuple[int, int, int]
    precision: int
    prefix: str
    suffix: str


def read_version(tag: str) -> Version | None:
    """Return ``tag`` as a version, ``None`` when it does not look like one."""
    match = _VERSION.match(tag)
    if match is None:
        return None
    parts = [int(part) for part in match["numbers"].split(".")]
    numbers = [*parts, 0, 0][:3]
    return Version((numbers[0], numbers[1], numbers[2]), len(parts), match["prefix"] or "", match["suffix"] or "")


def check(policy: str) -> None:
    """Raise ``PolicyError`` when ``policy`` is none of ``NAMES`` or its constraint cannot be read."""
    name, _, constraint = policy.partition(":")
    if name == "semver" and ":" in policy:
        _constraint(constraint)
    elif policy not in ("semver", "timestamp", "asc", "desc", "latest"):
        raise PolicyError(f"There is no policy {policy!r}: use one of {', '.join(NAMES)}.")


def check_pattern(pattern: str) -> Any:
    """Return the compiled ``pattern`` (RE2, as in the original: matching takes linear time, whoever wrote it).

    Raises ``PolicyError`` for one that is wrong or too long.
    """
    if len(pattern) > PATTERN_LIMIT:
        raise PolicyError(f"A pattern has at most {PATTERN_LIMIT} characters.")
    try:
        return re2.compile(pattern, _QUIET)
    except re2.error as error:
        raise PolicyError(f"The pattern is no regular expression: {_text(error)}.") from error


def _text(error: Exception) -> str:
    said = error.args[0] if error.args else ""
    return said.decode(errors="replace") if isinstance(said, bytes) else str(said)


def choose(policy: str, pattern: str, current: str, tags: Iterable[str]) -> Verdict:
    """Return which of ``tags`` to run instead of ``current``. Raises ``PolicyError``."""
    check(policy)
    matcher = check_pattern(pattern)
    candidates = [tag for tag in tags if matcher.search(tag)]
    if not candidates:
        return Verdict(None, "No tag of the repository matches the pattern.")
    name, _, constraint = policy.partition(":")
    if name == "semver":
        return _by_version(current, candidates, constraint)
    if name == "timestamp":
        return _by_timestamp(current, candidates)
    return _by_name(name, current, candidates)


def _by_version(current: str, tags: list[str], constraint: str) -> Verdict:
    allowed = _constraint(constraint) if constraint else []
    now = read_version(current)
    best: tuple[tuple[int, int, int], str] | None = None
    for tag in tags:
        version = read_version(tag)
        if version is None or not all(_holds(term, version.numbers) for term in allowed):
            continue
        if now is not None and _kind(version) != _kind(now):
            continue
        if now is None and version.suffix:
            continue
        if best is None or version.numbers > best[0]:
            best = (version.numbers, tag)
    if best is None:
        return Verdict(None, "No matching tag is a version of the same kind as the running one.")
    if now is not None and best[0] <= now.numbers:
        return Verdict(None, f"{current} is the newest version.")
    return Verdict(best[1], f"{best[1]} is newer than {current}.")


def _kind(version: Version) -> tuple[int, str, str]:
    return version.precision, version.prefix, version.suffix


def _by_timestamp(current: str, tags: list[str]) -> Verdict:
    stamped = [(int(match[1]), tag) for tag in tags if (match := _TIMESTAMP.search(tag))]
    if not stamped:
        return Verdict(None, "No matching tag carries a timestamp.")
    newest, tag = max(stamped)
    running = _TIMESTAMP.search(current)
    if running is not None and newest <= int(running[1]):
        return Verdict(None, f"{current} is the newest.")
    return Verdict(tag, f"{tag} is newer than {current}.")


def _by_name(name: str, current: str, tags: list[str]) -> Verdict:
    chosen = min(tags) if name == "asc" else max(tags)
    if name == "latest" and "latest" in tags:
        chosen = "latest"
    if chosen == current:
        return Verdict(None, f"{current} is the first by {name}.")
    return Verdict(chosen, f"{chosen} is the first by {name}.")


def _constraint(text: str) -> list[tuple[str, tuple[int, int, int]]]:
    terms: list[tuple[str, tuple[int, int, int]]] = []
    for part in re.split(r"[,\s]+(?=[<>=~^!0-9vxX*])", text.strip()):
        match = _TERM.match(part.strip().rstrip(","))
        if match is None:
            raise PolicyError(
                f"The constraint {text!r} cannot be read; write one such as 1.2.x, ~1.2 or >=1.24, <1.25."
            )
        terms.extend(_bounds(match["sign"] or "", match["version"]))
    return terms


def _bounds(sign: str, text: str) -> list[tuple[str, tuple[int, int, int]]]:
    parts = text.split(".")
    wild = next((index for index, part in enumerate(parts) if not part.isdigit()), len(parts))
    known = [int(part) for part in parts[:wild]]
    low = _three(known)
    if sign in (">=", "<", "!="):
        return [(sign, low)]
    if sign in (">", "<="):
        if wild == 3:
            return [(sign, low)]
        return [(">=" if sign == ">" else "<", _next(known))] if known else [(">=", low)]
    if not known:
        return []
    if sign == "^":
        significant = next((index for index, part in enumerate(known) if part), len(known) - 1)
        return [(">=", low), ("<", _next(known[: significant + 1]))]
    if sign == "~":
        return [(">=", low), ("<", _next(known[:2]))]
    return [("=", low)] if len(known) == 3 else [(">=", low), ("<", _next(known))]


def _three(parts: list[int]) -> tuple[int, int, int]:
    filled = [*parts, 0, 0, 0][:3]
    return filled[0], filled[1], filled[2]


def _next(parts: list[int]) -> tuple[int, int, int]:
    return _three([*parts[:-1], parts[-1] + 1])


def _holds(term: tuple[str, tuple[int, int, int]], numbers: tuple[int, int, int]) -> bool:
    sign, bound = term
    match sign:
        case ">=":
            return numbers >= bound
        case ">":
            return numbers > bound
        case "<=":
            return numbers <= bound
        case "<":
            return numbers < bound
        case "!=":
            return numbers != bound
        case _:
            return numbers == bound
