"""Small collections with tables of their own, on SQLite and PostgreSQL."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import sqlalchemy as sa

from oneclick.fields import field_from_dict
from oneclick.filters import POSTGRESQL_SETUP, QueryBuilder

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
TYPES = {"text": TEXT, "json": TEXT, "real": sa.Double(), "bool": sa.Boolean()}


@dataclass(eq=False)
class FakeCollection:
    name: str
    fields: tuple
    type: str = "base"
    rules: dict = field(default_factory=dict)
    unique_fields: frozenset = frozenset()
    partly: dict = field(default_factory=dict)

    @property
    def id(self):
        return f"pbc_{self.name}"

    @property
    def is_auth(self):
        return self.type == "auth"

    @property
    def is_view(self):
        return self.type == "view"

    @cached_property
    def table(self):
        columns = [sa.Column(item.name, TYPES[item.column_type], primary_key=item.name == "id") for item in self.fields]
        return sa.Table(self.name, sa.MetaData(), *columns)

    def field(self, name):
        return next((item for item in self.fields if item.name == name), None)

    def seen_where(self, name):
        return self.partly.get(name, "")

    def rule(self, action):
        return self.rules.get(action, "")


@dataclass
class FakeRecord:
    collection: FakeCollection
    values: dict

    @property
    def id(self):
        return self.values["id"]

    def get(self, name, default=None):
        return self.values.get(name, default)


def collection(name, /, *, type="base", rules=None, unique=(), **fields):
    """``title="text"`` or ``tags={"type": "relation", …}``; relations name their collection."""
    found = [field_from_dict({"name": "id", "type": "text", "primaryKey": True})]
    for key, options in fields.items():
        options = {"type": options} if isinstance(options, str) else dict(options)
        if "to" in options:
            options |= {"type": "relation", "collectionId": f"pbc_{options.pop('to')}"}
        found.append(field_from_dict({"name": key, **options}))
    return FakeCollection(name, tuple(found), type, rules or {}, frozenset(unique))


class World:
    """Collections in a database, and what filters find there."""

    def __init__(self, engine, *collections):
        self.engine = engine
        self.dialect = engine.dialect.name
        self.collections = {item.name: item for item in collections}
        with engine.begin() as connection:
            for item in collections:
                item.table.metadata.drop_all(connection)
                item.table.metadata.create_all(connection)
            if self.dialect == "postgresql":
                for item in collections:
                    connection.exec_driver_sql(
                        f'ALTER TABLE "{item.name}" ADD COLUMN _rowid BIGINT GENERATED ALWAYS AS IDENTITY'
                    )
                for statement in POSTGRESQL_SETUP:
                    connection.exec_driver_sql(statement)

    def lookup(self, name):
        return self.collections.get(name) or next((c for c in self.collections.values() if c.id == name), None)

    def add(self, name, /, **values):
        collection = self.collections[name]
        stored = {
            item.name: item.to_db(item.normalise(values[item.name]) if item.name in values else item.zero())
            for item in collection.fields
        }
        with self.engine.begin() as connection:
            connection.execute(collection.table.insert().values(**stored))

    def builder(self, name, request=None, **options):
        return QueryBuilder(self.collections[name], self.lookup, self.dialect, request, **options)

    def statement(self, name, filter="", sort="", request=None, **options):
        builder = self.builder(name, request, **options)
        query = sa.select(builder.source.c.id).select_from(builder.source).where(builder.where(filter))
        return query.order_by(*(builder.order_by(sort) or builder.default_order()))

    def find(self, name, filter="", sort="", request=None, **options):
        with self.engine.connect() as connection:
            return list(connection.scalars(self.statement(name, filter, sort, request, **options)))
