"""Reading tags as versions, and constraints on them: pure functions (contracts/kubernetes.md 35)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

Numbers = tuple[int, int, int]

_NUMBERS = r"[0-9]{1,18}(?:\.[0-9]{1,18}){0,2}"
_VERSION = re.compile(
    rf"(?P<prefix>[A-Za-z](?:[A-Za-z_.-]{{0,127}}?[A-Za-z_-])??-?)??(?P<v>v)?(?P<numbers>{_NUMBERS})"
    r"(?:-(?P<stage>alpha|beta|dev|pre|preview|rc|snapshot)[.-]?(?P<count>[0-9]{0,9})(?![A-Za-z0-9]))?"
    r"(?P<suffix>[-+_].*)?"
)
_TERM = re.compile(r"(?P<sign>>=|<=|!=|>|<|=|~|\^)?\s*v?(?P<version>[0-9xX*]{1,18}(?:\.[0-9xX*]{1,18}){0,2})")
_BETWEEN = re.compile(r"[,\s]+(?=[<>=~^!0-9vxX*])")


class ConstraintError(ValueError):
    """The text is no constraint on versions; its message is a sentence for the user."""


@dataclass(frozen=True, slots=True)
class Version:
    """A tag read as a version.

    ``numbers`` always has three parts, of which ``precision`` are written. ``stage`` is what comes before a release
    (``("rc", 1)``), ``None`` for a release itself; ``prefix`` and ``suffix`` are what stands around the numbers
    (``web-``, ``-alpine``), without a ``v`` in front of them (``with_v``).
    """

    numbers: Numbers
    precision: int
    stage: tuple[str, int] | None
    prefix: str
    suffix: str
    with_v: bool

    @property
    def kind(self) -> tuple[int, str, str]:
        """What two versions must share, so that one can follow on the other."""
        return self.precision, self.prefix, self.suffix

    @property
    def rank(self) -> tuple[Numbers, bool, tuple[str, int]]:
        """What orders versions of a kind: a release comes after what leads to it."""
        return self.numbers, self.stage is None, self.stage or ("", 0)


@lru_cache(maxsize=10_000)
def read(tag: str) -> Version | None:
    """Return ``tag`` as a version, ``None`` when it does not look like one."""
    match = _VERSION.fullmatch(tag)
    if match is None:
        return None
    parts = [int(part) for part in match["numbers"].split(".")]
    stage = (match["stage"], int(match["count"] or 0)) if match["stage"] else None
    prefix = match["prefix"] or ""
    return Version(_three(parts), len(parts), stage, prefix, match["suffix"] or "", match["v"] is not None)


@dataclass(frozen=True, slots=True)
class Constraint:
    """Bounds that a version's numbers must keep to; what stands around them is not looked at."""

    terms: tuple[tuple[str, Numbers], ...] = ()

    def allows(self, version: Version) -> bool:
        """Tell whether a version keeps to all bounds."""
        return all(_holds(sign, bound, version.numbers) for sign, bound in self.terms)


def constraint(text: str) -> Constraint:
    """Return the constraint that ``text`` names (``1.2.x``, ``~1.2``, ``^1``, ``>=1.24, <1.25``).

    Raises ``ConstraintError``.
    """
    terms: list[tuple[str, Numbers]] = []
    for part in _BETWEEN.split(text.strip()):
        match = _TERM.fullmatch(part.strip().rstrip(","))
        if match is None:
            raise ConstraintError(
                f"The constraint {text!r} cannot be read; write one such as 1.2.x, ~1.2 or >=1.24, <1.25."
            )
        terms.extend(_bounds(match["sign"] or "", match["version"]))
    return Constraint(tuple(terms))


def _bounds(sign: str, text: str) -> list[tuple[str, Numbers]]:
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


def _three(parts: list[int]) -> Numbers:
    filled = [*parts, 0, 0, 0][:3]
    return filled[0], filled[1], filled[2]


def _next(parts: list[int]) -> Numbers:
    return _three([*parts[:-1], parts[-1] + 1])


def _holds(sign: str, bound: Numbers, numbers: Numbers) -> bool:
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
