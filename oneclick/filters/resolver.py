"""From names to SQL: fields, relations, back-relations, JSON paths, other collections (§4.4, §4.5)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import sqlalchemy as sa

from oneclick.fields import Field, JsonField, RelationField
from oneclick.filters import walk
from oneclick.filters.dialect import Dialect
from oneclick.filters.errors import FilterError
from oneclick.filters.joins import Condition, Join
from oneclick.filters.operands import NULL, Kind, Operand
from oneclick.filters.request import Collection, RequestValues
from oneclick.filters.sealed import touches_secret
from oneclick.filters.walk import Judge, Names, Step, Walk

MAX_STEPS = 6
MODIFIERS = frozenset(("isset", "changed", "length", "each", "lower"))

_BACK = re.compile(r"(\w+)_via_(\w+)", re.ASCII)


class _Unknown(FilterError):
    """A name that leads nowhere: null behind ``@request``, else an error."""


@dataclass
class Context:
    """What is the same for all names of a builder's filters. ``holds`` makes a rule a condition on a collection's
    rows."""

    lookup: Callable[[str], Collection | None]
    dialect: Dialect
    request: RequestValues | None
    holds: Callable[[Collection, str | None, sa.FromClause], Condition]
    params: Mapping[str, Any] = field(default_factory=dict)
    names: Names = field(default_factory=Names)


@dataclass
class Resolver:
    """Resolves the names of one filter on the records of ``collection`` in ``base``.

    ``see_hidden`` is off for clients' own filters: hidden fields are refused, e-mail addresses and fields that only
    some records show match where they are seen, and ``reached`` collects the joined collections whose list rule has
    to hold. ``root`` is the join whose rows ``base`` holds, where the filter is a joined collection's list rule.
    ``client`` is on for what any client (superusers too) wrote: the secrets within JSON fields are nobody's to
    search or to sort by.
    """

    context: Context
    collection: Collection
    base: sa.FromClause
    see_hidden: bool = True
    root: Join | None = None
    shared: dict[tuple[str, ...], Join] = field(default_factory=dict)
    reached: dict[Join, Collection] = field(default_factory=dict)
    client: bool = False

    def start(self) -> Walk:
        """Return a walk that begins at the record itself."""
        return Walk(self.context.names, self.base, self.shared, self.collection, self.base, self.root)

    def other_collection(self, parts: list[str]) -> Operand:
        """Follow a path that begins at all records of a collection: ``NAME[:alias].field…``."""
        name, _, _ = parts[0].partition(":")
        other = self.load(name)
        walked = self.start()
        walked.take(Step(f"@collection.{parts[0]}", True, walk.to_all_records(other)), other)
        return self.follow(walked, parts[1:], True)

    def load(self, name: str) -> Collection:
        """Return a collection by name or id."""
        if name in (self.collection.name, self.collection.id):
            return self.collection
        found = self.context.lookup(name)
        if found is None:
            raise _Unknown(f"unknown collection {name!r}")
        return found

    def follow_or_null(self, walked: Walk, parts: list[str]) -> Operand:
        """Follow a path behind ``@request``: what is not there is null."""
        try:
            return self.follow(walked, parts, True)
        except _Unknown:
            return NULL

    def follow(self, walked: Walk, parts: list[str], see_hidden: bool) -> Operand:
        """Follow ``parts`` to a field."""
        for index, part in enumerate(parts[:-1]):
            found = walked.collection.field(part)
            if found is not None and found.hidden and not see_hidden:
                raise FilterError(f"the field {part!r} cannot be used in a filter")
            if found is not None and found.type in ("json", "geoPoint"):
                return self._json_path(walked, found, parts[index + 1 :], see_hidden)
            if index >= MAX_STEPS:
                raise FilterError(f"more than {MAX_STEPS} relations in a row at {part!r}")
            if found is None:
                self._go_back(walked, part, see_hidden)
                continue
            if not isinstance(found, RelationField):
                raise FilterError(f"the field {part!r} is no relation")
            if not found.is_multiple and index == len(parts) - 2 and parts[-1] == "id":
                return self._last(walked, found, "", see_hidden)
            self._go_to(walked, found, see_hidden)
        name, modifier = split_modifier(parts[-1])
        found = walked.collection.field(name)
        if found is None:
            raise _Unknown(f"unknown field {name!r} of {walked.collection.name}")
        return self._last(walked, found, modifier, see_hidden)

    def _go_to(self, walked: Walk, relation: RelationField, see_hidden: bool) -> None:
        other = self.load(relation.collection_id)
        if relation.is_multiple:
            walked.take(self._items_of(walked.collection, relation, see_hidden))
            self._reach(walked, Step(relation.name, True, walk.to_listed(other)), other)
            return
        seen = self._seen(walked.collection, relation, see_hidden)
        build = walk.where_seen(walk.to_record(other, relation.name), seen, outside=True)
        self._reach(walked, Step(relation.name, False, build), other)

    def _items_of(self, collection: Collection, found: Field, see_hidden: bool) -> Step:
        """Return the step to a list's items; ``tags:each`` and ``tags.name`` share it."""
        build = walk.to_items(self.context.dialect, found.name)
        seen = self._seen(collection, found, see_hidden)
        return Step(f"{found.name}:each", True, walk.where_seen(build, seen, outside=True))

    def _go_back(self, walked: Walk, part: str, see_hidden: bool) -> None:
        match = _BACK.fullmatch(part)
        if match is None:
            raise _Unknown(f"unknown field {part!r} of {walked.collection.name}")
        other = self.load(match[1])
        back = other.field(match[2])
        if not isinstance(back, RelationField) or back.collection_id != walked.collection.id:
            raise _Unknown(f"{match[2]!r} is no relation from {other.name} to {walked.collection.name}")
        if back.hidden and not see_hidden:
            raise FilterError(f"the field {back.name!r} cannot be used in a filter")
        many = back.is_multiple or back.name not in other.unique_fields
        build = walk.to_referrers(self.context.dialect, other, back, many)
        build = walk.where_seen(build, self._seen(other, back, see_hidden), outside=False)
        self._reach(walked, Step(part, many, build), other)

    def _reach(self, walked: Walk, step: Step, other: Collection) -> None:
        if not self.see_hidden and other.rule("list") is None:
            raise FilterError(f"the fields of {other.name} can be used by superusers only")
        if self.see_hidden:
            walked.take(step, other)
            return
        listed = partial(self.context.holds, other, other.rule("list"))
        self.reached[walked.take(replace(step, counts=walk.absent_or(listed)), other)] = other

    def _seen(self, collection: Collection, found: Field, see_hidden: bool) -> Judge | None:
        """Return what tells in which records the client sees a field; ``None`` for: in all."""
        rule = "" if see_hidden else collection.seen_where(found.name)
        return None if rule == "" else partial(self.context.holds, collection, rule)

    def refuse_secrets(self, found: Field, path: Sequence[str | int] = ()) -> None:
        """Raise :class:`FilterError` for a client's path into a JSON field that leads to, above or below a secret."""
        if self.client and isinstance(found, JsonField) and touches_secret(path, found.secret_paths):
            raise FilterError(f"the secrets of {found.name!r} cannot be used in a filter")

    def _json_path(self, walked: Walk, found: Field, parts: list[str], see_hidden: bool) -> Operand:
        last, modifier = split_modifier(parts[-1])
        path = [int(part) if part.isdecimal() else part for part in (*parts[:-1], last)]
        self.refuse_secrets(found, path)
        checked = not walked.collection.is_view
        return self._read(
            walked, found, see_hidden, lambda table: self._json_part(table.c[found.name], path, checked, modifier)
        )

    def _json_part(self, column: Any, path: list[str | int], checked: bool, modifier: str) -> Operand:
        part = self.context.dialect.json_value(column, path, checked)
        return walk.lowered(self.context.dialect, part) if modifier == "lower" else part

    def _last(self, walked: Walk, found: Field, modifier: str, see_hidden: bool) -> Operand:
        """Return the operand of the field that a path ends with."""
        if found.hidden and not see_hidden:
            raise FilterError(f"the field {found.name!r} cannot be used in a filter")
        self.refuse_secrets(found)
        dialect, collection = self.context.dialect, walked.collection
        if modifier == "length" and found.can_be_multiple:
            return self._read(walked, found, see_hidden, lambda table: walk.length_operand(dialect, found, table))
        if modifier == "each" and found.is_multiple:
            walked.take(self._items_of(collection, found, see_hidden))
            return walked.operand(item_operand)

        def make(table: sa.FromClause) -> Operand:
            operand = walk.column_operand(dialect, collection, found, table)
            return walk.lowered(dialect, operand) if modifier == "lower" else operand

        return self._read(walked, found, see_hidden, make)

    def _read(self, walked: Walk, found: Field, see_hidden: bool, make: Callable[[sa.FromClause], Operand]) -> Operand:
        """Return what ``make`` reads of a field, guarded so that only values that the client sees match."""
        guards: list[Judge] = []
        if (seen := self._seen(walked.collection, found, see_hidden)) is not None:
            guards.append(seen if walked.join is None else walk.absent_or(seen))
        if found.name == "email" and walked.collection.is_auth and not see_hidden:
            guards.append(lambda table: table.c["emailVisibility"].is_(sa.true()))
        return walked.operand(lambda table: replace(make(table), guards=tuple(guard(table) for guard in guards)))


def item_operand(table: sa.FromClause) -> Operand:
    """Return an item of a list."""
    return Operand(table.c.value, Kind.TEXT)


def split_modifier(part: str) -> tuple[str, str]:
    """Split ``title:lower``. Raises :class:`FilterError` for an unknown modifier."""
    name, colon, modifier = part.partition(":")
    if colon and modifier not in MODIFIERS:
        raise FilterError(f"unknown modifier {modifier!r}")
    return name, modifier
