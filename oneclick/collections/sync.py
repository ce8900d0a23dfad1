"""Make the database's tables what the collections say: create, add, rename and drop columns, convert, index."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.schema import CreateColumn, CreateTable

from oneclick.collections.indexes import parse_index
from oneclick.collections.model import Collection
from oneclick.collections.tables import build_column, build_table, rowid_column
from oneclick.errors import ValidationError, field_error
from oneclick.fields import Field, MultipleField

CHUNK = 500


def create_table(connection: sa.Connection, collection: Collection) -> None:
    """Make the table and its indexes."""
    table = build_table(collection.name, collection.fields)
    if connection.dialect.name == "postgresql":
        table.append_column(rowid_column())
    connection.execute(CreateTable(table))
    _create_indexes(connection, collection)


def drop_table(connection: sa.Connection, collection: Collection) -> None:
    """Drop the table with all its rows."""
    _run(connection, f"DROP TABLE {_quote(collection.name)}")


def alter_table(connection: sa.Connection, old: Collection, new: Collection) -> None:
    """Bring the table of ``old`` to ``new``; fields are the same when their ids are."""
    indexes_change = old.indexes != new.indexes or _columns(old) != _columns(new) or old.name != new.name
    if indexes_change:
        _drop_indexes(connection, old)
    if old.name != new.name:
        _run(connection, f"ALTER TABLE {_quote(old.name)} RENAME TO {_quote(new.name)}")
    before = {field.id: field for field in old.fields}
    after = {field.id: field for field in new.fields}
    table = _quote(new.name)
    for field_id in before.keys() - after.keys():
        _run(connection, f"ALTER TABLE {table} DROP COLUMN {_quote(before[field_id].name)}")
    _rename(connection, table, [(before[key].name, after[key].name) for key in before.keys() & after.keys()])
    for field in new.fields:
        if field.id not in before:
            _add_column(connection, table, field)
        else:
            _convert(connection, new, before[field.id], field)
    if indexes_change:
        _create_indexes(connection, new)


def _columns(collection: Collection) -> dict[str, str]:
    return {field.id: field.name for field in collection.fields}


def _rename(connection: sa.Connection, table: str, names: list[tuple[str, str]]) -> None:
    """Rename columns, by way of names that are free: two of them may swap theirs."""
    changed = [(old, f"_new_{number}", new) for number, (old, new) in enumerate(names) if old != new]
    for old, between, _ in changed:
        _run(connection, f"ALTER TABLE {table} RENAME COLUMN {_quote(old)} TO {_quote(between)}")
    for _, between, new in changed:
        _run(connection, f"ALTER TABLE {table} RENAME COLUMN {_quote(between)} TO {_quote(new)}")


def _add_column(connection: sa.Connection, table: str, field: Field) -> None:
    column = build_column(field)
    sa.Table("t", sa.MetaData(), column)  # a column compiles only as a member of a table
    ddl = str(CreateColumn(column).compile(dialect=connection.dialect))
    _run(connection, f"ALTER TABLE {table} ADD COLUMN {ddl}")


def _convert(connection: sa.Connection, collection: Collection, old: Field, new: Field) -> None:
    """Turn single values into lists, or lists into their last value."""
    if not isinstance(old, MultipleField) or not isinstance(new, MultipleField) or old.is_multiple == new.is_multiple:
        return
    table = build_table(collection.name, [collection.id_field, new])
    column = table.c[new.name]
    # The default still is the zero value of the old kind.
    if connection.dialect.name == "postgresql":
        default = new.to_db(new.zero()).replace("'", "''")
        _run(connection, f"ALTER TABLE {_quote(table.name)} ALTER COLUMN {_quote(new.name)} SET DEFAULT '{default}'")
    rows = connection.execute(sa.select(table.c.id, column)).all()
    changes = [{"row": row[0], "value": new.to_db(new.normalise(old.from_db(row[1])))} for row in rows]
    statement = sa.update(table).where(table.c.id == sa.bindparam("row")).values({column: sa.bindparam("value")})
    for start in range(0, len(changes), CHUNK):
        connection.execute(statement, changes[start : start + CHUNK])


def _create_indexes(connection: sa.Connection, collection: Collection) -> None:
    for position, text in enumerate(collection.indexes):
        index = parse_index(text).named(table=collection.name)
        try:
            with _savepoint(connection):
                _run(connection, index.ddl(connection.dialect.name))
        except sa.exc.DBAPIError as error:
            message = f"Failed to create index {index.name} - {error.orig}"
            leaf = field_error("validation_invalid_index_expression", message)
            raise ValidationError({"indexes": {str(position): leaf}}) from error


def _drop_indexes(connection: sa.Connection, collection: Collection) -> None:
    for index in collection.parsed_indexes:
        _run(connection, f"DROP INDEX IF EXISTS {_quote(index.name)}")


@contextmanager
def _savepoint(connection: sa.Connection) -> Iterator[None]:
    """Undo a statement that failed, so that the transaction around it can go on (PostgreSQL)."""
    _run(connection, "SAVEPOINT oneclick_ddl")
    try:
        yield
    except BaseException:
        _run(connection, "ROLLBACK TO SAVEPOINT oneclick_ddl")
        raise
    finally:
        _run(connection, "RELEASE SAVEPOINT oneclick_ddl")


def _quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _run(connection: sa.Connection, statement: str) -> Any:
    """Run a statement whose percent signs are just that."""
    return connection.exec_driver_sql(statement, execution_options={"no_parameters": True})
