"""SQLAlchemy tables made from a collection's fields."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from oneclick.fields import Field, TextField

ROWID = "_rowid"
"""The column that stands on PostgreSQL for SQLite's rowid: the order of insertion."""

# PostgreSQL compares text by its locale unless told otherwise; SQLite compares bytes, and so does the filter language.
TEXT: sa.types.TypeEngine[Any] = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
NUMBER: sa.types.TypeEngine[Any] = sa.Double()
BOOL: sa.types.TypeEngine[Any] = sa.Boolean()

_TYPES = {"text": TEXT, "json": TEXT, "real": NUMBER, "bool": BOOL}


def build_table(name: str, fields: Iterable[Field]) -> sa.Table:
    """Return the table of a collection; the same object serves both databases."""
    return sa.Table(name, sa.MetaData(), *[build_column(field) for field in fields])


def build_column(field: Field) -> sa.Column[Any]:
    """Return the column of a field."""
    if isinstance(field, TextField) and field.primary_key:
        return sa.Column(field.name, TEXT, primary_key=True, nullable=False)
    return sa.Column(field.name, column_type(field), nullable=False, server_default=_default(field))


def column_type(field: Field) -> sa.types.TypeEngine[Any]:
    """Return the type of a field's column."""
    return _TYPES[field.column_type]


def _default(field: Field) -> Any:
    """Return the stored zero value, which rows that are older than the field get."""
    stored = field.to_db(field.zero())
    if isinstance(stored, bool):
        return sa.true() if stored else sa.false()
    return str(stored)


def rowid_column() -> sa.Column[int]:
    """Return the column :data:`ROWID` for PostgreSQL."""
    return sa.Column(ROWID, sa.BigInteger, sa.Identity(always=True), unique=True, nullable=False)
