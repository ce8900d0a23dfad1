"""What the language needs of a database; SQLite's behaviour is the measure."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from oneclick.fields.casting import number_text
from oneclick.filters.operands import Column, Kind, Operand

Condition = sa.ColumnElement[bool]

# SQLite refuses longer patterns; none of them could be of use.
MAX_PATTERN = 50_000

_PAIR = re.compile(r"\\.", re.DOTALL)
_SPECIAL = re.compile(r"\\[\\%_]|[\\%_]")


def like_pattern(text: str) -> str:
    """Return the LIKE pattern of a text: as it is if it has a ``%`` of its own, else "contains"."""
    if "%" in _PAIR.sub("", text):
        return text
    return "%" + _SPECIAL.sub(lambda found: found[0] if len(found[0]) == 2 else "\\" + found[0], text) + "%"


def sure(value: bool, *unless_null: Column) -> Condition:
    """Return ``value``, or null where one of the columns is null."""
    constant: Condition = sa.true() if value else sa.false()
    return sa.case((sa.and_(*(column.is_not(None) for column in unless_null)), constant))


class Dialect(ABC):
    """One database's way to compare values as SQLite does, and its JSON and date functions."""

    rowid: str

    @abstractmethod
    def equal(self, left: Operand, right: Operand) -> Condition:
        """Return ``left = right``: null if one of them is."""

    @abstractmethod
    def same(self, left: Operand, right: Operand) -> Condition:
        """Return whether both are equal or both null; never null."""

    @abstractmethod
    def same_or_empty(self, left: Operand, right: Operand) -> Condition:
        """Return whether both are equal where null counts as ``""``; never null."""

    @abstractmethod
    def ordered(self, left: Operand, sign: str, right: Operand) -> Condition:
        """Return ``left < right`` (``<= > >=``): numbers come before texts, null makes null."""

    @abstractmethod
    def is_null(self, operand: Operand) -> Condition:
        """Return whether the operand is null."""

    @abstractmethod
    def text_of(self, operand: Operand) -> Column:
        """Return the operand as text; whole numbers without a decimal point."""

    @abstractmethod
    def like(self, text: Column, pattern: Column) -> Condition:
        """Return whether the text matches the pattern, upper and lower case of ASCII letters being equal."""

    @abstractmethod
    def lower(self, text: Column) -> Column:
        """Return the text with ASCII letters in lower case."""

    @abstractmethod
    def boolean(self, column: Column) -> Column:
        """Return a boolean column as 0 or 1."""

    @abstractmethod
    def json_value(self, column: Column, path: Sequence[str | int], checked: bool) -> Operand:
        """Return a part of a JSON column; ``checked`` tells that the column is known to hold JSON."""

    @abstractmethod
    def each(self, stored: Column, name: str) -> tuple[sa.FromClause, Column]:
        """Return the items of a JSON list as rows, and the column that holds them, as text."""

    @abstractmethod
    def length(self, stored: Column) -> Column:
        """Return the number of items of a JSON list; 0 for null."""

    @abstractmethod
    def time_text(self, pattern: str, moment: Operand | None, modifiers: Sequence[str]) -> Column:
        """Return SQLite's ``strftime(pattern, moment, …)``."""

    @abstractmethod
    def radians(self, operand: Operand) -> Column:
        """Return degrees as radians; null for what is no number."""

    @abstractmethod
    def order_keys(self, operand: Operand) -> list[Column]:
        """Return the columns to sort by: nulls first, then numbers, then texts."""

    @abstractmethod
    def descending(self, key: Column) -> Column:
        """Return the sort key for descending order, nulls last."""

    def ascending(self, key: Column) -> Column:
        """Return the sort key for ascending order, nulls first."""
        return key.asc()

    def matches(self, left: Operand, right: Operand) -> Condition:
        """Return ``left ~ right``."""
        text = self.text_of(left)
        if not right.is_parameter:
            wild = sa.literal_column("'%'", sa.Text())
            return self.like(text, wild.concat(self.text_of(right)).concat(wild))
        pattern = like_pattern(plain_text(right.constant))
        if len(pattern.encode()) > MAX_PATTERN or (len(pattern) - len(pattern.rstrip("\\"))) % 2:
            return sure(False, text)
        return self.like(text, sa.bindparam(None, pattern, type_=sa.Text(), unique=True))


def plain_text(value: Any) -> str:
    """Return a constant as a pattern shows it: whole numbers without a decimal point."""
    return number_text(value) if isinstance(value, (int, float)) else str(value)


def kind_of(column_type: str) -> Kind:
    """Return the kind of a stored column."""
    return Kind.NUMBER if column_type in ("real", "bool") else Kind.TEXT
