"""Sort orders: ``-created,author.name,@random``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa

from oneclick.filters import names
from oneclick.filters.dialect import Dialect
from oneclick.filters.errors import FilterError
from oneclick.filters.joins import Join, Node, left_joined, plain, tables
from oneclick.filters.operands import MISSING, Column, Kind
from oneclick.filters.resolver import Resolver

MAX_TERMS = 8
MAX_NAME = 255


class SortTerm(NamedTuple):
    """One name and its direction."""

    name: str
    descending: bool


def parse_sort(text: str) -> list[SortTerm]:
    """Read a sort text. Raises :class:`FilterError`."""
    if not text.strip():
        return []
    terms = [_term(part.strip()) for part in text.split(",")]
    if len(terms) > MAX_TERMS:
        raise FilterError(f"more than {MAX_TERMS} fields to sort by")
    return terms


def _term(part: str) -> SortTerm:
    name = part[1:] if part[:1] in ("+", "-") else part
    if not name or len(name) > MAX_NAME:
        raise FilterError("a name to sort by must have 1 to 255 characters")
    return SortTerm(name, part.startswith("-"))


@dataclass(frozen=True)
class SortKeys:
    """The columns to sort by for one name, and the joins that they read."""

    keys: tuple[Column, ...]
    joins: tuple[Join, ...] = ()
    directed: bool = True


def sort_keys(resolver: Resolver, name: str) -> SortKeys:
    """Return what a name sorts by. Raises :class:`FilterError` for one that cannot be sorted by."""
    dialect = resolver.context.dialect
    if name == "@random":
        return SortKeys((sa.func.random(),), directed=False)
    if name == "@rowid":
        if resolver.collection.is_view:
            raise FilterError("views have no @rowid")
        return SortKeys((rowid(dialect, resolver.base),))
    operand = names.resolve(resolver, name)
    if operand.kind is Kind.NULL or operand.constant is not MISSING:
        raise FilterError(f"cannot sort by {name!r}")
    keys = dialect.order_keys(operand)
    if operand.guards:
        keys = [sa.case((sa.and_(*operand.guards), key)) for key in keys]
    return SortKeys(tuple(keys), operand.joins)


def columns(dialect: Dialect, found: SortKeys, descending: bool, guards: Sequence[Node]) -> list[Column]:
    """Return the columns for ``ORDER BY``. Joined rows for which ``guards`` do not hold count as missing."""
    if not found.directed:
        return list(found.keys)
    keys = [_reached(key, found.joins, descending, guards) for key in found.keys]
    return [dialect.descending(key) if descending else dialect.ascending(key) for key in keys]


def rowid(dialect: Dialect, source: sa.FromClause) -> Column:
    """Return the order of insertion: SQLite's rowid; on PostgreSQL the identity column ``_rowid``, which the tables
    of collections have there besides their fields."""
    return sa.column(dialect.rowid, sa.BigInteger(), _selectable=source)


def _reached(key: Column, joins: Sequence[Join], descending: bool, guards: Sequence[Node]) -> Column:
    """Return a key that lies behind relations as a subquery; of several values the first one in the order."""
    if not joins:
        return key
    joined = sorted(frozenset(joins).union(*(guard.joins for guard in guards)), key=lambda join: join.number)
    rows = left_joined(joined)
    if any(join.many for join in joined):
        key = sa.func.max(key) if descending else sa.func.min(key)
    query: Any = sa.select(key).select_from(rows).where(*(plain(guard) for guard in guards))
    found: Column = query.correlate_except(*tables(rows)).scalar_subquery()
    return found
