"""The language on PostgreSQL: SQLite's comparisons of values of different kinds, spelt out.

An operand is a pair of a number and a text of which at most one is not null. Before a comparison SQLite converts one
side by the column's affinity: to a number beside a number column (if it looks like one), to text beside a text column.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSON

from oneclick.filters import postgresql_time
from oneclick.filters.dialect import Condition, Dialect, sure
from oneclick.filters.operands import Column, Kind, Operand, number, text
from oneclick.filters.sqlite import SIGNS

# Bounded, so that the cast cannot overflow.
NUMERIC_PATTERN = r"^\s*[+-]?([0-9]{1,200}\.?[0-9]{0,200}|\.[0-9]{1,200})([eE][+-]?[0-9]{1,2})?\s*$"
_NUMERIC = re.compile(NUMERIC_PATTERN, re.ASCII)

LAST_INDEX = 2**31 - 1
"""``->`` takes no larger number; no list is that long."""

JSON_FUNCTION = "oneclick_json"
SETUP = (
    f"""
    CREATE OR REPLACE FUNCTION {JSON_FUNCTION}(stored text) RETURNS json LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
    BEGIN
        RETURN stored::json;
    EXCEPTION WHEN others THEN
        RETURN to_json(stored);
    END $$
    """,
)
"""What the migrations create: reads JSON where a view may hold something else (PostgreSQL 15 cannot test it)."""


@dataclass(frozen=True)
class _Pair:
    """A value as a number or a text; ``None`` for a part that it never has."""

    number: Column | None = None
    text: Column | None = None

    @property
    def columns(self) -> list[Column]:
        return [part for part in (self.number, self.text) if part is not None]

    def filled(self) -> Condition:
        return sa.or_(sa.false(), *(part.is_not(None) for part in self.columns))


def _null_if_absent(part: Column | None, kind: sa.types.TypeEngine[Any]) -> Column:
    return sa.cast(sa.null(), kind) if part is None else part


class PostgreSQL(Dialect):
    """Comparisons between operands of one kind stay plain, so that they can use indexes."""

    rowid = "_rowid"

    def equal(self, left: Operand, right: Operand) -> Condition:
        """Return ``left = right``."""
        one, two = self._aligned(left, right)
        if one.text is None and two.text is None and one.number is not None and two.number is not None:
            return one.number == two.number
        if one.number is None and two.number is None and one.text is not None and two.text is not None:
            return one.text == two.text
        return sa.case((sa.and_(one.filled(), two.filled()), _same(one, two)))

    def same(self, left: Operand, right: Operand) -> Condition:
        """Return ``left IS NOT DISTINCT FROM right``."""
        return _same(*self._aligned(left, right))

    def same_or_empty(self, left: Operand, right: Operand) -> Condition:
        """Compare with nulls replaced by ``""``."""
        return _same(self._or_empty(left), self._or_empty(right))

    def ordered(self, left: Operand, sign: str, right: Operand) -> Condition:
        """Compare in SQLite's order."""
        one, two = self._aligned(left, right)
        compare = SIGNS[sign]
        if one.text is None and two.text is None and one.number is not None and two.number is not None:
            found: Condition = compare(one.number, two.number)
            return found
        if one.number is None and two.number is None and one.text is not None and two.text is not None:
            found = compare(sa.collate(one.text, "C"), sa.collate(two.text, "C"))
            return found
        if not one.columns or not two.columns:
            return sure(False, sa.literal_column("NULL"))
        return self._mixed(one, sign, two)

    def _mixed(self, one: _Pair, sign: str, two: _Pair) -> Condition:
        compare, number_first = SIGNS[sign], sa.true() if sign[0] == "<" else sa.false()
        cases: list[tuple[Condition, Condition]] = []
        if one.number is not None and two.number is not None:
            both = sa.and_(one.number.is_not(None), two.number.is_not(None))
            cases.append((both, compare(one.number, two.number)))
        if one.text is not None and two.text is not None:
            both = sa.and_(one.text.is_not(None), two.text.is_not(None))
            cases.append((both, compare(sa.collate(one.text, "C"), sa.collate(two.text, "C"))))
        if one.number is not None and two.text is not None:
            cases.append((sa.and_(one.number.is_not(None), two.text.is_not(None)), number_first))
        if one.text is not None and two.number is not None:
            cases.append((sa.and_(one.text.is_not(None), two.number.is_not(None)), sa.not_(number_first)))
        return sa.case(*cases)

    def is_null(self, operand: Operand) -> Condition:
        """Return whether both parts are null."""
        return sa.not_(_pair(operand).filled()) if operand.kind is Kind.JSON else operand.sql.is_(None)

    def text_of(self, operand: Operand) -> Column:
        """Write numbers as PostgreSQL does, which shows whole doubles without ``.0``."""
        if operand.kind is Kind.JSON:
            return _json_text(operand.sql)
        return operand.sql if operand.kind is Kind.TEXT else sa.cast(operand.sql, sa.Text())

    def like(self, text: Column, pattern: Column) -> Condition:
        """ILIKE under the C collation ignores the case of ASCII letters alone."""
        return sa.collate(text, "C").ilike(pattern)

    def lower(self, text: Column) -> Column:
        """Under the C collation lower() knows ASCII letters alone."""
        return sa.func.lower(sa.collate(text, "C"), type_=sa.Text())

    def boolean(self, column: Column) -> Column:
        """Cast to a number."""
        return sa.cast(column, sa.Integer())

    def json_value(self, column: Column, path: Sequence[str | int], checked: bool) -> Operand:
        """Use ``->``; the type json (not jsonb) keeps the text of lists and objects as it was stored."""
        stored = sa.cast(column, sa.Text())
        found: Column = sa.cast(column, JSON) if checked else sa.Function(JSON_FUNCTION, stored, type_=JSON())
        if any(isinstance(part, int) and part > LAST_INDEX for part in path):
            return Operand(sa.cast(sa.null(), JSON), Kind.JSON, strict=True)
        for part in path:
            key: Column = sa.literal_column(str(part) if isinstance(part, int) else f"'{part}'")
            found = found.op("->", return_type=JSON())(key)
        return Operand(found, Kind.JSON, strict=True)

    def each(self, stored: Column, name: str) -> tuple[sa.FromClause, Column]:
        """Use json_array_elements_text."""
        items = sa.func.json_array_elements_text(_list(stored))
        rows = items.table_valued(sa.column("value", sa.Text()), name=name)
        return rows, rows.c.value

    def length(self, stored: Column) -> Column:
        """Use json_array_length."""
        return sa.func.coalesce(sa.func.json_array_length(_list(stored)), sa.literal_column("0"), type_=sa.Integer())

    def time_text(self, pattern: str, moment: Operand | None, modifiers: Sequence[str]) -> Column:
        """Translate strftime."""
        return postgresql_time.time_text(pattern, moment, modifiers)

    def radians(self, operand: Operand) -> Column:
        """Convert what is a number."""
        number = _numeric(operand).number
        return sa.func.radians(_null_if_absent(number, sa.Double()), type_=sa.Double())

    def order_keys(self, operand: Operand) -> list[Column]:
        """Texts sort by their bytes; values of unknown kind by kind first."""
        if operand.kind is Kind.JSON:
            pair = _pair(operand)
            number, text = _null_if_absent(pair.number, sa.Double()), _null_if_absent(pair.text, sa.Text())
            kind: Column = sa.case((number.is_not(None), 1), (text.is_not(None), 2), else_=0)
            return [kind, number, sa.collate(text, "C")]
        return [sa.collate(operand.sql, "C") if operand.kind is Kind.TEXT else operand.sql]

    def ascending(self, key: Column) -> Column:
        """PostgreSQL would put nulls last."""
        return key.asc().nulls_first()

    def descending(self, key: Column) -> Column:
        """PostgreSQL would put nulls first."""
        return key.desc().nulls_last()

    def _aligned(self, left: Operand, right: Operand) -> tuple[_Pair, _Pair]:
        """Return both sides after SQLite's conversion by affinity."""
        if _is_number_column(left) and not _is_number_column(right):
            return _pair(left), _numeric(right)
        if _is_number_column(right) and not _is_number_column(left):
            return _numeric(left), _pair(right)
        if left.column and not right.column:
            return _pair(left), _textual(right)
        if right.column and not left.column:
            return _textual(left), _pair(right)
        return _pair(left), _pair(right)

    def _or_empty(self, operand: Operand) -> _Pair:
        pair = _pair(operand)
        blank = sa.literal_column("''", sa.Text())
        if pair.number is None:
            return _Pair(text=blank if pair.text is None else sa.func.coalesce(pair.text, blank, type_=sa.Text()))
        missing = sa.case((pair.number.is_(None), blank))
        if pair.text is None:
            return _Pair(pair.number, missing)
        return _Pair(pair.number, sa.func.coalesce(pair.text, missing, type_=sa.Text()))


def _is_number_column(operand: Operand) -> bool:
    return operand.column and operand.kind is Kind.NUMBER


def _list(stored: Column) -> Column:
    return sa.cast(sa.func.nullif(stored, sa.literal_column("''")), JSON)


def _pair(operand: Operand) -> _Pair:
    if operand.kind is Kind.NUMBER:
        return _Pair(number=operand.sql)
    if operand.kind is Kind.TEXT:
        return _Pair(text=operand.sql)
    if operand.kind is Kind.NULL:
        return _Pair()
    kind = sa.func.json_typeof(operand.sql)
    raw = _raw(operand.sql)
    number = sa.case(
        (kind == sa.literal_column("'number'"), sa.cast(raw, sa.Double())),
        (kind == sa.literal_column("'boolean'"), sa.cast(_boolean(raw), sa.Double())),
    )
    texts: list[Column] = [sa.literal_column(f"'{name}'") for name in ("string", "object", "array")]
    return _Pair(number, sa.case((kind.in_(texts), raw)))


def _raw(sql: Column) -> Column:
    return sql.op("#>>", return_type=sa.Text())(sa.literal_column("'{}'"))


def _boolean(raw: Column) -> Column:
    return sa.case((raw == sa.literal_column("'true'"), sa.literal_column("1")), else_=sa.literal_column("0"))


def _json_text(sql: Column) -> Column:
    """Return a JSON value as SQLite shows it in a text: booleans as 1 and 0."""
    is_boolean = sa.func.json_typeof(sql) == sa.literal_column("'boolean'")
    return sa.case((is_boolean, sa.cast(_boolean(_raw(sql)), sa.Text())), else_=_raw(sql))


def _numeric(operand: Operand) -> _Pair:
    """Return an operand beside a number column: a text that looks like a number is one."""
    if operand.kind is Kind.TEXT and isinstance(operand.constant, str):
        looks = _NUMERIC.match(operand.constant)
        return _pair(number(float(operand.constant)) if looks else operand)
    pair = _pair(operand)
    if pair.text is None:
        return pair
    looks_numeric = pair.text.regexp_match(NUMERIC_PATTERN)
    converted = sa.case((looks_numeric, sa.cast(pair.text, sa.Double())))
    rest = sa.case((sa.not_(looks_numeric), pair.text))
    if pair.number is None:
        return _Pair(converted, rest)
    return _Pair(sa.func.coalesce(pair.number, converted, type_=sa.Double()), rest)


def _textual(operand: Operand) -> _Pair:
    """Return an operand beside a text column: numbers become text, parameters with their ``.0``."""
    if operand.kind is Kind.NUMBER and operand.is_parameter:
        return _pair(text(sqlite_number_text(operand.constant)))
    if operand.kind is Kind.NUMBER:
        return _Pair(text=sa.cast(operand.sql, sa.Text()))
    if operand.kind is Kind.JSON:
        return _Pair(text=_json_text(operand.sql))
    return _pair(operand)


def sqlite_number_text(value: float) -> str:
    """Write a double as SQLite does."""
    found = f"{value:.15g}"
    if "e" in found:
        mantissa, _, exponent = found.partition("e")
        return f"{mantissa if '.' in mantissa else mantissa + '.0'}e{exponent}"
    return found if "." in found else found + ".0"


def _same(one: _Pair, two: _Pair) -> Condition:
    parts: list[Condition] = []
    for left, right in ((one.number, two.number), (one.text, two.text)):
        if left is None and right is None:
            continue
        if left is None or right is None:
            present = left if right is None else right
            assert present is not None
            parts.append(present.is_(None))
        else:
            parts.append(left.is_not_distinct_from(right))
    return sa.and_(sa.true(), *parts)
