"""The few expressions that SQLite and PostgreSQL spell differently."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB


def json_list(dialect: str, column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """Return a text column with a JSON list, as something that :func:`json_items` can unfold; ``[]`` for others."""
    if dialect == "postgresql":
        value = sa.cast(sa.func.nullif(column, ""), JSONB)
        return sa.case((sa.func.jsonb_typeof(value) == "array", value), else_=sa.cast("[]", JSONB))
    return sa.case((sa.func.json_valid(column) == 1, column), else_="[]")


def json_items(dialect: str, column: sa.ColumnElement[Any]) -> sa.TableValuedAlias:
    """Return the texts of a JSON list as a lateral table with the one column ``value``."""
    if dialect == "postgresql":
        return sa.func.jsonb_array_elements_text(json_list(dialect, column)).table_valued(
            "value", joins_implicitly=True
        )
    return sa.func.json_each(json_list(dialect, column)).table_valued("value", joins_implicitly=True)


def json_list_contains(dialect: str, column: sa.ColumnElement[Any], item: Any) -> sa.ColumnElement[bool]:
    """Tell whether a JSON list of texts holds ``item``."""
    items = json_items(dialect, column).alias("items")
    return sa.exists(sa.select(sa.literal(1)).select_from(items).where(items.c.value == item))
