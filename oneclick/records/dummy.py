"""Rules about a record that is not in the database: a row made of its values takes the table's place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from oneclick.collections.tables import column_type
from oneclick.fields import Field, PasswordField
from oneclick.filters import QueryBuilder
from oneclick.records.record import Record
from oneclick.records.request import RequestInfo

if TYPE_CHECKING:
    from oneclick.records.store import RecordStore


def rule_holds(
    store: RecordStore, record: Record, rule: str | None, request: RequestInfo, *, client: bool = False
) -> bool:
    """Tell whether a rule holds for a record's present values, be they stored or not (contract §1.1).

    ``client``: a client wrote it as a filter, so that it may name only what clients' filters may.
    """
    if not rule:
        return rule is not None
    source = _row(record)
    builder = QueryBuilder(
        record.collection,
        store.collections.get,
        store.database.dialect,
        request.values(),
        source=source,
        see_hidden=not client or request.is_superuser,
        client=client,
    )
    statement = sa.select(sa.literal(1)).select_from(source).where(builder.where(rule))
    with store.database.connection() as connection:
        return connection.execute(statement).first() is not None


def _row(record: Record) -> sa.Subquery:
    columns = [
        sa.bindparam(None, _stored(field, record[field.name]), type_=column_type(field), unique=True).label(field.name)
        for field in record.collection.fields
    ]
    return sa.select(*columns).subquery("__new")


def _stored(field: Field, value: Any) -> Any:
    return "" if isinstance(field, PasswordField) else field.to_db(value)
