"""Conditions over joined rows, each wrapped into a subquery of its own, so that no condition multiplies records.

A filter asks whether there is a choice of joined rows (one of each join; nulls where there is none) for which it
holds. Conditions on the same join are about the same row. "Exists" passes through "or", and through "and" where the
parts share no join: so each subquery is as small as can be, and conditions on the record itself stay outside and can
use indexes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sqlalchemy as sa

Condition = sa.ColumnElement[bool]


@dataclass(frozen=True, eq=False)
class Join:
    """Rows that belong to a record, or to the rows of ``parent``. ``many``: there may be several.

    ``link`` names the two columns that ``on`` compares: the joined one, and the one outside.
    """

    number: int
    target: sa.FromClause
    on: Condition
    parent: Join | None = None
    many: bool = False
    link: tuple[sa.ColumnElement[Any], sa.ColumnElement[Any]] | None = None

    @property
    def path(self) -> tuple[Join, ...]:
        """The joins from the record to this one."""
        return (*(self.parent.path if self.parent else ()), self)


@dataclass(frozen=True, eq=False)
class Leaf:
    """One condition. ``required`` are joins without whose row it cannot be true; ``local`` tells that it reads
    nothing but joined rows and constants."""

    sql: Condition
    joins: frozenset[Join] = frozenset()
    required: frozenset[Join] = frozenset()
    local: bool = False


@dataclass(frozen=True, eq=False)
class All:
    """All of the parts. ``whole`` ones are not taken apart."""

    parts: Sequence[Node]
    whole: bool = False

    @cached_property
    def joins(self) -> frozenset[Join]:
        """The joins of all parts."""
        return frozenset().union(*(part.joins for part in self.parts))

    @cached_property
    def required(self) -> frozenset[Join]:
        """What any part requires."""
        return frozenset().union(*(part.required for part in self.parts))

    @property
    def local(self) -> bool:
        """Whether all parts are."""
        return all(part.local for part in self.parts)


@dataclass(frozen=True, eq=False)
class Some:
    """At least one of the parts."""

    parts: Sequence[Node]

    @cached_property
    def joins(self) -> frozenset[Join]:
        """The joins of all parts."""
        return frozenset().union(*(part.joins for part in self.parts))

    @cached_property
    def required(self) -> frozenset[Join]:
        """What all parts require."""
        return frozenset.intersection(*(part.required for part in self.parts))

    @property
    def local(self) -> bool:
        """Whether all parts are."""
        return all(part.local for part in self.parts)


Node = Leaf | All | Some


def condition(node: Node) -> Condition:
    """Return the condition on the record that ``node`` means."""
    if not node.joins:
        return plain(node)
    if isinstance(node, Some):
        return sa.or_(*(condition(part) for part in node.parts))
    if isinstance(node, All) and not node.whole:
        groups = _connected(node.parts)
        if len(groups) > 1:
            return sa.and_(*(condition(_together(group)) for group in groups))
    return _exists(node)


def plain(node: Node) -> Condition:
    """Return the condition over the joined rows, without a subquery around it."""
    if isinstance(node, Leaf):
        return node.sql
    parts = [plain(part) for part in node.parts]
    return sa.and_(*parts) if isinstance(node, All) else sa.or_(*parts)


def _together(parts: Sequence[Node]) -> Node:
    return parts[0] if len(parts) == 1 else All(parts)


def _connected(parts: Iterable[Node]) -> list[list[Node]]:
    """Group parts that share joins, directly or through others; parts without joins are alone."""
    groups: list[tuple[frozenset[Join], list[Node]]] = []
    for part in parts:
        joins, members, apart = part.joins, [part], []
        for others in groups:
            if joins & others[0]:
                joins, members = joins | others[0], others[1] + members
            else:
                apart.append(others)
        groups = [*apart, (joins, members)]
    return [members for _, members in groups]


def _exists(node: Node) -> Condition:
    joins = sorted(node.joins, key=lambda join: join.number)
    if set(joins) != node.required:
        return exists(left_joined(joins), plain(node))
    if node.local and (found := _membership(joins, node)) is not None:
        return found
    return exists(_joined(joins), sa.and_(joins[0].on, plain(node)))


def _membership(joins: list[Join], node: Node) -> Condition | None:
    """Return ``outside IN (SELECT joined …)`` where the subquery reads nothing from outside: a database can run that
    from either end, which an ``EXISTS`` often prevents."""
    first = joins[0]
    if first.link is None or any(join.parent is None for join in joins[1:]):
        return None
    inner, outer = first.link
    rows = _joined(joins)
    return outer.in_(sa.select(inner).select_from(rows).where(plain(node)).correlate_except(*tables(rows)))


def left_joined(joins: Iterable[Join]) -> sa.FromClause:
    """Return one row, with the rows of ``joins`` beside it or nulls where there are none."""
    rows: sa.FromClause = sa.select(sa.literal_column("1").label("one")).subquery("__one")
    for join in joins:
        rows = rows.outerjoin(join.target, join.on)
    return rows


def _joined(joins: Sequence[Join]) -> sa.FromClause:
    """Return the rows of ``joins`` where there is one of each; the first one's condition is left to the caller."""
    rows = joins[0].target
    for join in joins[1:]:
        rows = rows.join(join.target, join.on)
    return rows


def exists(rows: sa.FromClause, where: Condition) -> Condition:
    """Return whether there is a row; what is not in ``rows`` is read from outside."""
    query: sa.Select[Any] = sa.select(sa.literal_column("1")).select_from(rows).where(where)
    return query.correlate_except(*tables(rows)).exists()


def tables(rows: sa.FromClause) -> list[sa.FromClause]:
    """Return the tables that a join consists of."""
    if isinstance(rows, sa.Join):
        return [*tables(rows.left), *tables(rows.right)]
    return [rows]
