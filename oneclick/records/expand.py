"""Related records in answers: ``expand`` (contract §1.7), one query for each relation of each level."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from oneclick.collections import Collection
from oneclick.db.dialects import json_items
from oneclick.fields import RelationField
from oneclick.records.managed import managed_ids
from oneclick.records.record import Record
from oneclick.records.request import RequestInfo
from oneclick.records.serialise import serialise
from oneclick.records.statements import chunks, rowid, statements
from oneclick.records.unseen import unseen_fields

if TYPE_CHECKING:
    from oneclick.records.store import RecordStore

MAX_DEPTH = 6
MOST = 1_000
"""How many records of a back-relation each record gets."""

_VIA = re.compile(r"(\w+)_via_(\w+)")
_OLD_VIA = re.compile(r"(\w+)\((\w+)\)")

Tree = Mapping[str, Any]
Expanded = list[dict[str, Any]]


def expand_records(store: RecordStore, records: Sequence[Record], text: str, request: RequestInfo) -> Expanded:
    """Return for each record what ``expand`` adds to it; empty where nothing was found or is allowed."""
    if not text.strip() or not records:
        return [{} for _ in records]
    return _Expander(store, request).expand(records, parse_expand(text))


@lru_cache(maxsize=256)
def parse_expand(text: str) -> Tree:
    """Read a list of dotted paths into a tree; what is deeper than allowed is left out."""
    tree: dict[str, Any] = {}
    for path in re.sub(r"\s", "", text).split(","):
        node = tree
        for step in path.split(".")[:MAX_DEPTH]:
            if not step:
                break
            node = node.setdefault(step, {})
    return tree


class _Expander:
    """Expands for one request."""

    def __init__(self, store: RecordStore, request: RequestInfo) -> None:
        self.store, self.request = store, request
        self.rule_request = request.in_context("expand")

    def expand(self, records: Sequence[Record], tree: Tree) -> Expanded:
        """Return what ``tree`` adds to each of the records, which are of one collection."""
        expanded: Expanded = [{} for _ in records]
        if not records:
            return expanded
        collection = records[0].collection
        for name, below in tree.items():
            field = collection.field(name)
            if isinstance(field, RelationField):
                self._forward(records, field, below, expanded)
            elif (match := _VIA.fullmatch(name) or _OLD_VIA.fullmatch(name)) is not None:
                self._backward(records, name, match[1], match[2], below, expanded)
        return expanded

    def _forward(self, records: Sequence[Record], field: RelationField, below: Tree, expanded: Expanded) -> None:
        target = self._visible(field.collection_id)
        ids = dict.fromkeys(item for record in records for item in field.names(record[field.name]))
        if target is None or not ids:
            return
        shown = self._shown(self._by_ids(target, list(ids)), below)
        for record, found in zip(records, expanded, strict=True):
            related = [shown[item] for item in field.names(record[field.name]) if item in shown]
            if related:
                found[field.name] = related if field.is_multiple else related[0]

    def _backward(
        self, records: Sequence[Record], name: str, source: str, via: str, below: Tree, expanded: Expanded
    ) -> None:
        target = self._visible(source)
        field = target.field(via) if target is not None else None
        if target is None or not isinstance(field, RelationField) or field.collection_id != records[0].collection.id:
            return
        pairs = self._referring(target, field, [record.id for record in records])
        unseen = unseen_fields(self.store, [record for _, record in pairs], self.request)
        pairs = [(parent, record) for parent, record in pairs if via not in unseen[record.id]]
        shown = self._shown(list({record.id: record for _, record in pairs}.values()), below)
        by_parent: dict[str, list[dict[str, Any]]] = {}
        for parent, record in pairs:
            by_parent.setdefault(parent, []).append(shown[record.id])
        single = via in target.unique_fields and not field.is_multiple
        for record, found in zip(records, expanded, strict=True):
            if related := by_parent.get(record.id):
                found[name] = related[0] if single else related

    def _visible(self, name_or_id: str) -> Collection | None:
        """Return a collection whose records the caller may see, each by its view rule."""
        target = self.store.collections.get(name_or_id)
        if target is None or self.request.is_superuser:
            return target
        return None if target.rule("view") is None or self.store.collections.plugin_is_off(target) else target

    def _by_ids(self, target: Collection, ids: list[str]) -> list[Record]:
        if self.request.is_superuser or target.rule("view") == "":
            return list(self.store.find_many(target, ids).values())
        found: list[Record] = []
        for part in chunks(ids):
            query = self.store.query(target, request=self.rule_request)
            query.rule(target.rule("view"))
            query.condition(target.table.c.id.in_(part))
            found += query.records(len(part))
        return found

    def _referring(self, target: Collection, field: RelationField, ids: list[str]) -> list[tuple[str, Record]]:
        """Return (parent id, record) of the records that refer to ``ids``, at most :data:`MOST` of each."""
        table, dialect = target.table, self.store.database.dialect
        parent: sa.ColumnElement[Any] = table.c[field.name]
        rows: list[sa.FromClause] = [table]
        if field.is_multiple:
            items = json_items(dialect, parent)
            rows, parent = [table, items], items.c.value
        query = self.store.query(target, request=self.rule_request)
        if not self.request.is_superuser:
            query.rule(target.rule("view"))
        number = sa.func.row_number().over(partition_by=parent, order_by=rowid(dialect, table))
        inner = sa.select(table.c.id, parent.label("parent"), number.label("number")).select_from(*rows)
        inner = inner.where(parent.in_(ids), *query.conditions)
        chosen = inner.subquery("chosen")
        statement = statements(target).all.add_columns(chosen.c.parent).join(chosen, chosen.c.id == table.c.id)
        statement = statement.where(chosen.c.number <= MOST).order_by(chosen.c.number)
        with self.store.database.connection() as connection:
            found = connection.execute(statement).all()
        return [(row[-1], Record(target, statements(target).row(row[:-1]))) for row in found]

    def _shown(self, records: list[Record], below: Tree) -> dict[str, dict[str, Any]]:
        """Return the records' JSON by id, with what is expanded below them."""
        deeper = self.expand(records, below)
        managed = managed_ids(self.store, records, self.request)
        unseen = unseen_fields(self.store, records, self.request)
        return {
            record.id: serialise(
                self.store,
                record,
                self.request,
                managed=record.id in managed,
                unseen=unseen[record.id],
                expand=more,
            )
            for record, more in zip(records, deeper, strict=True)
        }
