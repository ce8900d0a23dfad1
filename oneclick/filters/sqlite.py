"""The language on SQLite: its own comparisons."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from oneclick.filters.dialect import Condition, Dialect
from oneclick.filters.operands import Column, Kind, Operand

SIGNS: dict[str, Any] = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}

_EMPTY = sa.literal_column("''", sa.Text())


class SQLite(Dialect):
    """SQLite compares values of any kinds with each other; nothing is to be done but to let it."""

    rowid = "_rowid_"

    def equal(self, left: Operand, right: Operand) -> Condition:
        """Return ``left = right``."""
        return left.sql == right.sql

    def same(self, left: Operand, right: Operand) -> Condition:
        """Return ``left IS right``."""
        return left.sql.is_not_distinct_from(right.sql)

    def same_or_empty(self, left: Operand, right: Operand) -> Condition:
        """Compare with nulls replaced by ``""``."""
        return sa.func.coalesce(left.sql, _EMPTY, type_=sa.Text()).is_not_distinct_from(
            sa.func.coalesce(right.sql, _EMPTY, type_=sa.Text())
        )

    def ordered(self, left: Operand, sign: str, right: Operand) -> Condition:
        """Compare as SQLite does."""
        found: Condition = SIGNS[sign](left.sql, right.sql)
        return found

    def is_null(self, operand: Operand) -> Condition:
        """Return ``IS NULL``."""
        return operand.sql.is_(None)

    def text_of(self, operand: Operand) -> Column:
        """Write number columns without ``.0``: SQLite would show its doubles."""
        if operand.kind is Kind.NUMBER:
            return sa.case((operand.sql.is_not(None), sa.func.printf("%.15g", operand.sql, type_=sa.Text())))
        return sa.type_coerce(operand.sql, sa.Text())

    def like(self, text: Column, pattern: Column) -> Condition:
        """SQLite's LIKE ignores the case of ASCII letters."""
        return text.like(pattern, escape="\\")

    def lower(self, text: Column) -> Column:
        """SQLite's lower() knows ASCII letters alone."""
        return sa.func.lower(text, type_=sa.Text())

    def boolean(self, column: Column) -> Column:
        """It is 0 or 1 already."""
        return sa.type_coerce(column, sa.Integer())

    def json_value(self, column: Column, path: Sequence[str | int], checked: bool) -> Operand:
        """Use json_extract; what is no JSON (in a view) is a plain value."""
        text = "$" + "".join(f"[{part}]" if isinstance(part, int) else f'."{part}"' for part in path)
        found = sa.func.json_extract(column, sa.literal_column(f"'{text}'"), type_=sa.types.NullType())
        otherwise = sa.null() if path else column
        return Operand(
            sa.case((sa.func.json_valid(column), found), else_=otherwise), Kind.JSON, strict=True
        )  # json_extract alone would fail on a malformed value

    def each(self, stored: Column, name: str) -> tuple[sa.FromClause, Column]:
        """Use json_each."""
        items = sa.case((sa.func.json_valid(stored), stored), else_=sa.literal_column("'[]'"))
        rows = sa.func.json_each(items).table_valued(sa.column("value", sa.Text()), name=name)
        return rows, rows.c.value

    def length(self, stored: Column) -> Column:
        """Use json_array_length."""
        length = sa.func.json_array_length(stored, type_=sa.Integer())
        return sa.case((sa.func.json_valid(stored), length), else_=sa.literal_column("0", sa.Integer()))

    def time_text(self, pattern: str, moment: Operand | None, modifiers: Sequence[str]) -> Column:
        """Use strftime."""
        texts = [sa.bindparam(None, text, type_=sa.Text(), unique=True) for text in (pattern, *modifiers)]
        when = sa.literal_column("'now'") if moment is None else moment.sql
        return sa.func.strftime(texts[0], when, *texts[1:], type_=sa.Text())

    def radians(self, operand: Operand) -> Column:
        """Use radians, which is null for other than numbers."""
        return sa.func.radians(operand.sql, type_=sa.Double())

    def order_keys(self, operand: Operand) -> list[Column]:
        """SQLite sorts as the language wants it."""
        return [operand.sql]

    def descending(self, key: Column) -> Column:
        """Nulls are the smallest values."""
        return key.desc()
