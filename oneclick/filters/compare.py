"""The operators: what equality with nothing means, and "all of them" against "any of them" (§4.2, §4.3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import sqlalchemy as sa

from oneclick.filters.dialect import Condition, Dialect
from oneclick.filters.joins import Join, Leaf, exists
from oneclick.filters.operands import EMPTY, MISSING, Every, Kind, Operand


def compare(dialect: Dialect, left: Operand, sign: str, right: Operand, any_of: bool = False) -> Leaf:
    """Return ``left sign right``. Without ``any_of`` it must hold for all values of operands that have several."""
    found = _single(dialect, left, sign, right)
    if not any_of and (left.every or right.every):
        found = sa.and_(found, _for_all(dialect, left, sign, right))
    for guard in (*left.guards, *right.guards):
        found = sa.and_(found, guard)
    joins = frozenset((*left.joins, *right.joins))
    local = (any_of or not (left.every or right.every)) and _is_local(left) and _is_local(right)
    return Leaf(found, joins, frozenset(_required(left, sign, right)), local)


def _single(dialect: Dialect, left: Operand, sign: str, right: Operand) -> Condition:
    if sign in ("=", "!="):
        return _equality(dialect, left, right, sign == "!=")
    if sign in ("~", "!~"):
        found = dialect.matches(left, right)
        return sa.not_(found) if sign == "!~" else found
    return dialect.ordered(left, sign, right)


def _equality(dialect: Dialect, left: Operand, right: Operand, negated: bool) -> Condition:
    """Null and ``""`` are one, except for strict operands. A difference is never null, an equality may be."""
    if left.strict or right.strict:
        same = dialect.same(left, right)
        return sa.not_(same) if negated else same
    if left.is_empty and right.is_empty:
        return sa.false() if negated else sa.true()
    if left.is_filled or right.is_filled:
        left, right = (EMPTY if left.is_empty else left), (EMPTY if right.is_empty else right)
        return sa.not_(dialect.same(left, right)) if negated else dialect.equal(left, right)
    if left.is_empty or right.is_empty:
        return _emptiness(dialect, right if left.is_empty else left, negated)
    same = dialect.same_or_empty(left, right)
    return sa.not_(same) if negated else same


def _emptiness(dialect: Dialect, operand: Operand, negated: bool) -> Condition:
    is_null = dialect.is_null(operand)
    if negated:
        return sa.and_(sa.not_(dialect.same(operand, EMPTY)), sa.not_(is_null))
    return sa.or_(dialect.equal(operand, EMPTY), is_null)


def _for_all(dialect: Dialect, left: Operand, sign: str, right: Operand) -> Condition:
    """Return whether no value (no pair of values, if both sides have several) of the record breaks the condition."""
    rows: sa.FromClause | None = None
    one, two = (side.every() if side.every else None for side in (left, right))
    where = [sa.not_(_single(dialect, _one_of(left, one), sign, _one_of(right, two)))]
    for every in (one, two):
        if every is not None:
            joined = every.anchor
            for join in every.joins:
                joined = joined.outerjoin(join.target, join.on)
            rows = joined if rows is None else rows.join(joined, sa.true())
            where += [every.same_record, *every.counted, *every.operand.guards]
    assert rows is not None
    return sa.not_(exists(rows, sa.and_(*where)))


def _one_of(operand: Operand, every: Every | None) -> Operand:
    """Return one of all values. Beside it PocketBase forgets that the other side tells null from ``""``."""
    return every.operand if every else replace(operand, strict=False)


def _required(left: Operand, sign: str, right: Operand) -> Iterable[Join]:
    """Yield the joins whose missing row makes the comparison false (or null)."""
    if sign == "!=" or (sign == "=" and not (left.is_filled or right.is_filled)):
        return
    for side in (left, right):
        if side.null_without_row:
            yield from side.joins


def _is_local(operand: Operand) -> bool:
    """Whether the operand reads nothing but joined rows and constants."""
    return bool(operand.joins) or operand.kind is Kind.NULL or operand.constant is not MISSING
