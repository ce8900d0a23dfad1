"""Which of a repository's tags a deployment should run: pure functions (contracts/one-click.md §3.5, kubernetes.md 35).

No policy goes back: what it chooses is newer than what runs by the policy's own measure, unless what runs cannot be
measured by it. ``semver`` keeps the running tag's precision, prefix and suffix (``1.2-alpine`` stays on ``-alpine``).

``latest`` and ``digest`` follow the content of a tag: which it leads to is asked after the tag is chosen.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

import re2

from oneclick_auto_update import versions
from oneclick_auto_update.versions import Constraint, Version

NAMES = ("semver", "semver:<constraint>", "timestamp", "asc", "desc", "latest", "digest")
PATTERN_LIMIT = 500
LATEST = "latest"

_QUIET = re2.Options()
_QUIET.log_errors = False
_TIMESTAMP = re.compile(r"(?<![0-9A-Za-z_])([0-9]{10})(?![0-9A-Za-z_])")


class PolicyError(ValueError):
    """The policy or pattern cannot be used; its message is a sentence for the user."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a policy says: the tag to run (``None``: stay), and why, in a sentence."""

    tag: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy and the pattern that narrows its tags, both checked."""

    name: str
    constraint: Constraint
    matcher: Any

    @property
    def needs_tags(self) -> bool:
        """Whether the repository's list of tags is looked at."""
        return self.name != "digest"

    def followed(self, current: str, verdict: Verdict) -> str | None:
        """Return the tag whose content is followed after ``verdict``, ``None`` for none."""
        if self.name == "digest" or (self.name == LATEST and LATEST in (current, verdict.tag)):
            return verdict.tag or current
        return None

    def choose(self, current: str, tags: Iterable[str]) -> Verdict:
        """Return which of ``tags`` to run instead of ``current``."""
        if self.name == "digest":
            return Verdict(None, f"{current} is followed.")
        candidates = [tag for tag in tags if self.matcher.search(tag)]
        if not candidates:
            return Verdict(None, "No tag of the repository matches the pattern.")
        if self.name == "semver":
            return _by_version(current, candidates, self.constraint)
        if self.name == "timestamp":
            return _by_timestamp(current, candidates)
        if self.name == "latest":
            return _latest(current, candidates)
        return _by_name(self.name, current, candidates, bool(self.matcher.search(current)))


def read(policy: str, pattern: str) -> Policy:
    """Return the policy that two texts name. Raises ``PolicyError``."""
    check(policy)
    name, _, constraint = policy.partition(":")
    return Policy(name, versions.constraint(constraint) if constraint else Constraint(), check_pattern(pattern))


def check(policy: str) -> None:
    """Raise ``PolicyError`` when ``policy`` is none of ``NAMES`` or its constraint cannot be read."""
    name, colon, constraint = policy.partition(":")
    if name == "semver" and colon:
        try:
            versions.constraint(constraint)
        except versions.ConstraintError as error:
            raise PolicyError(str(error)) from error
    elif policy not in NAMES or "<" in policy:
        raise PolicyError(f"There is no policy {policy[:50]!r}: use one of {', '.join(NAMES)}.")


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
    return read(policy, pattern).choose(current, tags)


def _by_version(current: str, tags: Collection[str], constraint: Constraint) -> Verdict:
    now = versions.read(current)
    found = [(version, tag) for tag in tags if (version := versions.read(tag)) is not None and _follows(version, now)]
    if not found:
        return Verdict(None, "No matching tag is a version of the same kind as the running one.")
    allowed = [(version, tag) for version, tag in found if constraint.allows(version)]
    if not allowed:
        return Verdict(None, "No matching version keeps to the constraint.")
    # Of v1.2.3 and 1.2.3 the one that is written like the running one.
    best, tag = max(allowed, key=lambda one: (one[0].rank, now is not None and one[0].with_v == now.with_v, one[1]))
    if now is not None and best.rank <= now.rank:
        return Verdict(None, f"{current} is the newest version.")
    return Verdict(tag, f"{tag} is newer than {current}.")


def _follows(version: Version, now: Version | None) -> bool:
    if now is None:
        return version.stage is None and not version.suffix
    # What comes before a release is for those alone who run such a thing already.
    return version.kind == now.kind and (version.stage is None or now.stage is not None)


def _by_timestamp(current: str, tags: Collection[str]) -> Verdict:
    stamped = [(int(match[1]), tag) for tag in tags if (match := _TIMESTAMP.search(tag))]
    if not stamped:
        return Verdict(None, "No matching tag carries a timestamp.")
    newest, tag = max(stamped)
    running = _TIMESTAMP.search(current)
    if running is not None and newest <= int(running[1]):
        return Verdict(None, f"{current} is the newest.")
    return Verdict(tag, f"{tag} is newer than {current}.")


def _latest(current: str, tags: Collection[str]) -> Verdict:
    if current == LATEST:
        return Verdict(None, f"{LATEST} is followed.")
    if LATEST not in tags:
        return Verdict(None, f"The repository has no matching tag {LATEST}.")
    return Verdict(LATEST, f"{LATEST} takes the place of {current}.")


def _by_name(name: str, current: str, tags: Collection[str], measured: bool) -> Verdict:
    chosen = min(tags) if name == "asc" else max(tags)
    back = chosen > current if name == "asc" else chosen < current
    which = "first" if name == "asc" else "last"
    if chosen == current or (back and measured):
        return Verdict(None, f"{current} is the {which} by name.")
    return Verdict(chosen, f"{chosen} is the {which} by name.")
