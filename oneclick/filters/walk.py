"""Following a path from a record through relations, once for the condition and once more for "all of them"."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import count
from typing import Any

import sqlalchemy as sa

from oneclick.fields import Field
from oneclick.filters.dialect import Dialect, kind_of
from oneclick.filters.joins import Join
from oneclick.filters.operands import Every, Kind, Operand
from oneclick.filters.request import Collection

Build = Callable[["Names", sa.FromClause, Join | None], Join]
Judge = Callable[[sa.FromClause], sa.ColumnElement[bool]]


@dataclass
class Names:
    """Numbers for the joins of one statement's part, so that equal filters make equal SQL."""

    counter: count[int] = field(default_factory=lambda: count(1))

    def next(self) -> tuple[int, str]:
        """Return the next number, and a table name with it."""
        number = next(self.counter)
        return number, f"__j{number}"


def alias(table: sa.FromClause, name: str) -> sa.FromClause:
    """Return a table under another name. Those of collections are kept: making their columns takes the most time."""
    return _kept_alias(table, name) if isinstance(table, sa.Table) else table.alias(name)


@lru_cache(maxsize=2048)
def _kept_alias(table: sa.Table, name: str) -> sa.FromClause:
    return table.alias(name)


@dataclass(frozen=True)
class Step:
    """One step of a path. ``key`` is equal for equal steps: they share their joined rows.

    ``counts`` tells which of the rows count where something must hold for all of them.
    """

    key: str
    many: bool
    build: Build
    counts: Judge | None = None


def to_record(collection: Collection, column: str) -> Build:
    """Return the step to the record whose id stands in ``column``."""

    def build(names: Names, table: sa.FromClause, parent: Join | None) -> Join:
        number, name = names.next()
        target = alias(collection.table, name)
        return Join(number, target, target.c.id == table.c[column], parent, False, (target.c.id, table.c[column]))

    return build


def to_listed(collection: Collection) -> Build:
    """Return the step from an item of a list to the record whose id it is."""

    def build(names: Names, table: sa.FromClause, parent: Join | None) -> Join:
        number, name = names.next()
        target = alias(collection.table, name)
        return Join(number, target, target.c.id == table.c.value, parent, True)

    return build


def to_items(dialect: Dialect, column: str) -> Build:
    """Return the step to the items of the list in ``column``."""

    def build(names: Names, table: sa.FromClause, parent: Join | None) -> Join:
        number, name = names.next()
        return Join(number, dialect.each(table.c[column], name)[0], sa.true(), parent, True)

    return build


def to_given_items(dialect: Dialect, items: str) -> Build:
    """Return the step to the items of a list that is given as JSON text."""

    def build(names: Names, table: sa.FromClause, parent: Join | None) -> Join:
        number, name = names.next()
        given = sa.bindparam(None, items, type_=sa.Text(), unique=True)
        return Join(number, dialect.each(given, name)[0], sa.true(), parent, True)

    return build


def to_referrers(dialect: Dialect, collection: Collection, back: Field, many: bool) -> Build:
    """Return the step to the records of ``collection`` that point here with their field ``back``."""

    def build(names: Names, table: sa.FromClause, parent: Join | None) -> Join:
        number, name = names.next()
        target = alias(collection.table, name)
        column = target.c[back.name]
        if not back.is_multiple:
            return Join(number, target, column == table.c.id, parent, many, (column, table.c.id))
        rows, value = dialect.each(column, f"{name}_items")
        listed: sa.Select[Any] = sa.select(sa.literal_column("1")).select_from(rows).where(value == table.c.id)
        return Join(number, target, listed.correlate_except(rows).exists(), parent, many)

    return build


def absent_or(judge: Judge) -> Judge:
    """Return a judge that lets the missing row of an outer join pass."""
    return lambda rows: sa.or_(rows.c.id.is_(None), judge(rows))


def where_seen(build: Build, seen: Judge | None, *, outside: bool) -> Build:
    """Return a step that joins nothing where the field that it follows is not seen: ``seen`` judges the row that has
    the field, the one ``outside`` or the joined one."""
    if seen is None:
        return build

    def narrowed(names: Names, table: sa.FromClause, parent: Join | None) -> Join:
        join = build(names, table, parent)
        return replace(join, on=sa.and_(join.on, seen(table if outside else join.target)), link=None)

    return narrowed


def to_given_records(collection: Collection, ids: list[str]) -> Build:
    """Return the step to the records with these ids, whatever record it starts from."""

    def build(names: Names, table: sa.FromClause, parent: Join | None) -> Join:
        number, name = names.next()
        target = alias(collection.table, name)
        return Join(number, target, target.c.id.in_(ids), parent, len(ids) > 1)

    return build


def to_all_records(collection: Collection) -> Build:
    """Return the step to every record of a collection."""

    def build(names: Names, table: sa.FromClause, parent: Join | None) -> Join:
        number, name = names.next()
        return Join(number, alias(collection.table, name), sa.true(), parent, True)

    return build


@dataclass
class Walk:
    """Where a path has led so far: ``table`` holds the rows of ``collection``."""

    names: Names
    base: sa.FromClause
    shared: dict[tuple[str, ...], Join]
    collection: Collection
    table: sa.FromClause
    root: Join | None
    steps: list[Step] = field(default_factory=list)
    join: Join | None = None

    def take(self, step: Step, collection: Collection | None = None) -> Join:
        """Take a step; an equal path that was walked before is shared."""
        self.steps.append(step)
        key = tuple(taken.key for taken in self.steps)
        join = self.shared.get(key)
        if join is None:
            join = self.shared[key] = step.build(self.names, self.table, self.join or self.root)
        self.join, self.table = join, join.target
        self.collection = collection or self.collection
        return join

    def operand(self, make: Callable[[sa.FromClause], Operand]) -> Operand:
        """Return what ``make`` reads from the rows reached."""
        last = self.join or self.root
        found = make(self.table)
        joins = last.path if last else ()
        every = (lambda: self._every(make)) if any(step.many for step in self.steps) else None
        return Operand(**(vars(found) | {"joins": joins, "every": every}))

    def _every(self, make: Callable[[sa.FromClause], Operand]) -> Every:
        """Walk the path again from the same record under another name."""
        anchor = alias(self.base, self.names.next()[1])
        table: sa.FromClause = anchor
        join: Join | None = None
        counted = []
        for step in self.steps:
            join = step.build(self.names, table, join)
            table = join.target
            if step.counts is not None:
                counted.append(step.counts(table))
        same = anchor.c.id == self.base.c.id
        return Every(anchor, same, join.path if join else (), make(table), tuple(counted))


def column_operand(dialect: Dialect, collection: Collection, found: Field, table: sa.FromClause) -> Operand:
    """Return a field's column."""
    column = table.c[found.name]
    if found.type == "json":
        return dialect.json_value(column, (), not collection.is_view)
    if found.column_type == "bool":
        return Operand(dialect.boolean(column), Kind.NUMBER, column=True)
    return Operand(column, kind_of(found.column_type), column=True)


def length_operand(dialect: Dialect, found: Field, table: sa.FromClause) -> Operand:
    """Return the number of values in a field that may hold several."""
    column = table.c[found.name]
    if found.is_multiple:
        return Operand(dialect.length(column), Kind.NUMBER, null_without_row=False)
    filled = sa.and_(column.is_not(None), column != sa.literal_column("''"))
    one, none = sa.literal_column("1", sa.Integer()), sa.literal_column("0", sa.Integer())
    return Operand(sa.case((filled, one), else_=none), Kind.NUMBER, null_without_row=False)


def lowered(dialect: Dialect, operand: Operand) -> Operand:
    """Return the operand in lower case."""
    return operand.on(dialect.lower(dialect.text_of(operand)), Kind.TEXT)
