"""One query for records: rules, filters and order, then a page, a count, or one record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from oneclick.collections import Collection, Collections
from oneclick.db import Database
from oneclick.fields.casting import is_storable
from oneclick.filters import QueryBuilder
from oneclick.records.record import Record
from oneclick.records.statements import statements

if TYPE_CHECKING:
    from oneclick.records.request import RequestInfo


class Query:
    """A query that is put together step by step. Everything is seen until a rule or a filter narrows it."""

    def __init__(
        self,
        database: Database,
        collections: Collections,
        collection: Collection,
        request: RequestInfo | None = None,
        params: Mapping[str, Any] | None = None,
    ) -> None:
        self.database, self.collections, self.collection = database, collections, collection
        self.request, self.params = request, params
        self.statements = statements(collection)
        self.conditions: list[sa.ColumnElement[bool]] = []
        self._order: list[sa.ColumnElement[Any]] = []

    def filter(self, text: str) -> None:
        """Narrow by a filter that the application itself wrote. Raises ``FilterError``."""
        if text.strip():
            self.conditions.append(self._builder().where(text))

    def rule(self, text: str | None) -> None:
        """Narrow by a rule; ``None`` lets nothing through."""
        if text is None:
            self.conditions.append(sa.false())
        elif text:
            self.conditions.append(self._builder().where(text))

    def client_filter(self, text: str) -> None:
        """Narrow by what a client asks for. Raises ``FilterError``, and ``Forbidden`` for what is not for clients."""
        if text.strip():
            self.conditions.append(self._builder(client=True).where(text))

    def sort(self, text: str, *, client: bool = False) -> None:
        """Order by a sort expression (``-created,name``)."""
        if text.strip():
            self._order += self._builder(client=client).order_by(text)

    def condition(self, condition: sa.ColumnElement[bool]) -> None:
        """Narrow by an SQL condition on the collection's table."""
        self.conditions.append(condition)

    def records(self, limit: int, offset: int = 0) -> list[Record]:
        """Return a page of records; without a sort in the order of insertion."""
        order = self._order or self._builder().default_order()
        statement = self.statements.all.where(*self.conditions).order_by(*order).limit(limit).offset(offset)
        with self.database.connection() as connection:
            rows = connection.execute(statement).all()
        return [Record(self.collection, self.statements.row(row)) for row in rows]

    def one(self, record_id: str) -> Record | None:
        """Return the record of this id if all conditions hold for it."""
        if not is_storable(record_id):
            return None
        statement = self.statements.by_id.where(*self.conditions) if self.conditions else self.statements.by_id
        with self.database.connection() as connection:
            row = connection.execute(statement, {"id": record_id}).first()
        return None if row is None else Record(self.collection, self.statements.row(row))

    def count(self) -> int:
        """Return how many records there are."""
        statement = sa.select(sa.func.count()).select_from(self.collection.table).where(*self.conditions)
        with self.database.connection() as connection:
            return int(connection.execute(statement).scalar_one())

    def _builder(self, *, client: bool = False) -> QueryBuilder:
        superuser = self.request is None or self.request.is_superuser
        return QueryBuilder(
            self.collection,
            self.collections.get,
            self.database.dialect,
            None if self.request is None else self.request.values(),
            see_hidden=not client or superuser,
            params=self.params,
            client=client,
        )
