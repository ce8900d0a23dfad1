"""One side of a comparison, as SQL with what is known of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any, Final

import sqlalchemy as sa

from oneclick.fields.casting import storable
from oneclick.filters.joins import Join

Column = sa.ColumnElement[Any]


class Kind(Enum):
    """What values an operand can have."""

    TEXT = "text"
    NUMBER = "number"
    JSON = "json"
    """Any of the others: which one shows only when the row is read."""
    NULL = "null"


class _Missing(Enum):
    MISSING = "missing"


MISSING: Final = _Missing.MISSING


@dataclass(frozen=True)
class Every:
    """All values that an operand has for one record: ``anchor`` is the record once more, under another name.

    Rows for which a condition of ``counted``, or one of the operand's ``guards``, does not hold are passed over: what
    a client does not see tells him nothing by making "all of them" false.
    """

    anchor: sa.FromClause
    same_record: sa.ColumnElement[bool]
    joins: tuple[Join, ...]
    operand: Operand
    counted: tuple[Column, ...] = ()


@dataclass(frozen=True)
class Operand:
    """One side of a comparison.

    ``column`` tells that SQLite's column affinity applies (a number compared with a text column becomes text).
    ``constant`` is the value of a parameter. ``strict`` operands tell null from ``""``. ``guards`` must
    hold for the comparison to be true. ``null_without_row``: null where the joined row is missing.
    ``every`` makes all values, for conditions that must hold for each.
    """

    sql: Column
    kind: Kind
    column: bool = False
    constant: Any = MISSING
    literal: bool = False
    strict: bool = False
    joins: tuple[Join, ...] = ()
    every: Callable[[], Every] | None = None
    guards: tuple[Column, ...] = field(default=())
    null_without_row: bool = True

    @property
    def is_parameter(self) -> bool:
        """Whether the value is known now and bound (``true`` and ``false`` are written out instead)."""
        return self.constant is not MISSING and not self.literal

    @property
    def is_empty(self) -> bool:
        """Whether this is null or an empty text for certain."""
        return self.kind is Kind.NULL or self.constant == ""

    @property
    def is_filled(self) -> bool:
        """Whether this is neither null nor an empty text for certain."""
        return self.constant is not MISSING and not self.is_empty

    def on(self, sql: Column, kind: Kind | None = None, **changes: Any) -> Operand:
        """Return this operand after a function was applied: no column any more."""
        return replace(self, sql=sql, kind=kind or self.kind, column=False, constant=MISSING, literal=False, **changes)


def text(value: str) -> Operand:
    """Return a text parameter. What no database could hold is replaced: it then equals nothing that is stored."""
    value = storable(value)
    return Operand(sa.bindparam(None, value, type_=sa.Text(), unique=True), Kind.TEXT, constant=value)


def number(value: float) -> Operand:
    """Return a number parameter, always a double."""
    value = float(value)
    return Operand(sa.bindparam(None, value, type_=sa.Double(), unique=True), Kind.NUMBER, constant=value)


def truth(value: bool) -> Operand:
    """Return ``true`` or ``false``: 1 or 0."""
    sql = sa.literal_column("1" if value else "0", sa.Integer())
    return Operand(sql, Kind.NUMBER, constant=int(value), literal=True)


def integer(value: int) -> Operand:
    """Return a whole number that is no parameter (a length)."""
    return Operand(sa.literal_column(str(int(value)), sa.Integer()), Kind.NUMBER)


NULL = Operand(sa.literal_column("NULL"), Kind.NULL)
EMPTY = Operand(sa.literal_column("''", sa.Text()), Kind.TEXT, constant="", literal=True)
