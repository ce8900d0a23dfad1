"""Sort orders: ``-created,author.name,@random``."""

from __future__ import annotations

from typing import Any, NamedTuple

import sqlalchemy as sa

from oneclick.filters import names
from oneclick.filters.dialect import Dialect
from oneclick.filters.errors import FilterError
from oneclick.filters.joins import left_joined, tables
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


def columns(resolver: Resolver, term: SortTerm, is_view: bool) -> list[Column]:
    """Return the columns to sort by for one name."""
    dialect = resolver.context.dialect
    if term.name == "@random":
        return [sa.func.random()]
    if term.name == "@rowid":
        if is_view:
            raise FilterError("views have no @rowid")
        keys: list[Column] = [rowid(dialect, resolver.base)]
    else:
        operand = names.resolve(resolver, term.name)
        if operand.kind is Kind.NULL or operand.constant is not MISSING:
            raise FilterError(f"cannot sort by {term.name!r}")
        keys = [_reached(key, operand, term.descending) for key in dialect.order_keys(operand)]
    return [dialect.descending(key) if term.descending else dialect.ascending(key) for key in keys]


def rowid(dialect: Dialect, source: sa.FromClause) -> Column:
    """Return the order of insertion: SQLite's rowid; on PostgreSQL the identity column ``_rowid``, which the tables
    of collections have there besides their fields."""
    return sa.column(dialect.rowid, sa.BigInteger(), _selectable=source)


def _reached(key: Column, operand: Operand, descending: bool) -> Column:
    """Return a key that lies behind relations as a subquery; of several values the first one in the order."""
    if not operand.joins:
        return key
    rows = left_joined(operand.joins)
    if any(join.many for join in operand.joins):
        key = sa.func.max(key) if descending else sa.func.min(key)
    query: Any = sa.select(key).select_from(rows).correlate_except(*tables(rows))
    found: Column = query.scalar_subquery()
    return found
