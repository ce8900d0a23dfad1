"""Conditions and sort orders for one collection's records."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

import sqlalchemy as sa

from oneclick.errors import Forbidden
from oneclick.filters import functions, names, sorting
from oneclick.filters.compare import compare
from oneclick.filters.dialect import Dialect
from oneclick.filters.errors import MAX_CLIENT_LENGTH, FilterError
from oneclick.filters.joins import All, Condition, Join, Leaf, Node, Some, condition
from oneclick.filters.nodes import And, Call, Comparison, Expression, Identifier, Number, Placeholder, Term, Text
from oneclick.filters.operands import Operand, number, text
from oneclick.filters.parser import parse
from oneclick.filters.postgresql import PostgreSQL
from oneclick.filters.request import Collection, RequestValues
from oneclick.filters.request_names import value_operand
from oneclick.filters.resolver import Context, Resolver
from oneclick.filters.sqlite import SQLite

DIALECTS: Mapping[str, Dialect] = {"sqlite": SQLite(), "postgresql": PostgreSQL()}
SUPERUSER_NAMES = ("@collection.", "@request.")


class QueryBuilder:
    """Turns filters, rules and sort texts into SQL for the records of ``collection``.

    All that it returns is complete in itself: relations are followed in subqueries, so neither joins nor ``DISTINCT``
    are needed, and counts are right. The statement only has to select from :attr:`source`.

    ``client`` is for what a client wrote: its length is limited, and secrets in JSON fields are refused. With
    ``see_hidden`` off (a client that is no superuser) hidden fields, and collections without a list rule, are
    refused, the list rules of collections reached through relations must hold, fields match in those records alone
    that show them to this client, and ``@request.`` and ``@collection.`` are forbidden.
    ``params`` are the values of ``{:name}`` placeholders. ``source`` stands for the collection's table.
    """

    def __init__(
        self,
        collection: Collection,
        lookup: Callable[[str], Collection | None],
        dialect: Literal["sqlite", "postgresql"] | str,
        request: RequestValues | None = None,
        *,
        source: sa.FromClause | None = None,
        see_hidden: bool = True,
        params: Mapping[str, Any] | None = None,
        client: bool = False,
    ) -> None:
        self.collection = collection
        self.source: sa.FromClause = collection.table if source is None else source
        self.client = client
        self.see_hidden = see_hidden
        self._context = Context(lookup, DIALECTS[dialect], request, self._holds, params or {})

    def where(self, *filters: str | Expression) -> Condition:
        """Return the condition that all ``filters`` mean together (they share the rows that they join).

        Raises :class:`FilterError`, for clients also ``Forbidden``. An empty text is always true.
        """
        resolver = self._resolver()
        parts = [self._node(resolver, self._parsed(item)) for item in filters if item != ""]
        if not parts:
            return sa.true()
        node: Node = parts[0] if len(parts) == 1 else All(parts)
        guards = self._guards(resolver)
        return condition(All([node, *guards], whole=True) if guards else node)

    def order_by(self, text: str) -> list[sa.ColumnElement[Any]]:
        """Return the columns to sort by for ``-created,title``; an empty list for an empty text."""
        self._check_names(text)
        return [column for term in sorting.parse_sort(text) for column in self._sort_columns(term)]

    def default_order(self) -> list[sa.ColumnElement[Any]]:
        """Return the order of insertion, which is that of lists without a sort; empty for views."""
        return [] if self.collection.is_view else [sorting.rowid(self._context.dialect, self.source)]

    def _sort_columns(self, term: sorting.SortTerm) -> list[sa.ColumnElement[Any]]:
        resolver = self._resolver()
        found = sorting.sort_keys(resolver, term.name)
        return sorting.columns(self._context.dialect, found, term.descending, self._guards(resolver))

    def _resolver(self) -> Resolver:
        client = self.client or not self.see_hidden
        return Resolver(self._context, self.collection, self.source, self.see_hidden, client=client)

    def _parsed(self, item: str | Expression) -> Expression:
        if not isinstance(item, str):
            return item
        if self.client and len(item) > MAX_CLIENT_LENGTH:
            raise FilterError(f"the filter is longer than {MAX_CLIENT_LENGTH} characters")
        self._check_names(item)
        return parse(item)

    def _check_names(self, text: str) -> None:
        if self.see_hidden:
            return
        for name in SUPERUSER_NAMES:
            if name in text:
                raise Forbidden(f"Only superusers can filter by {name}")

    def _node(self, resolver: Resolver, expression: Expression) -> Node:
        if isinstance(expression, Comparison):
            return self._comparison(resolver, expression)
        parts = [self._node(resolver, part) for part in expression.parts]
        return All(parts) if isinstance(expression, And) else Some(parts)

    def _comparison(self, resolver: Resolver, found: Comparison) -> Leaf:
        left, right = self._operand(resolver, found.left), self._operand(resolver, found.right)
        return compare(self._context.dialect, left, found.sign, right, found.any)

    def _operand(self, resolver: Resolver, term: Term) -> Operand:
        if isinstance(term, Text):
            return text(term.value)
        if isinstance(term, Number):
            return number(term.value)
        if isinstance(term, Placeholder):
            return self._given(term)
        if isinstance(term, Call):
            return functions.call(self._context.dialect, term, lambda argument: self._operand(resolver, argument))
        return self._named(resolver, term)

    def _named(self, resolver: Resolver, term: Identifier) -> Operand:
        try:
            return names.resolve(resolver, term.name)
        except FilterError as error:
            if error.position >= 0:
                raise
            raise FilterError(error.message, term.position) from error

    def _given(self, term: Placeholder) -> Operand:
        if term.name not in self._context.params:
            raise FilterError(f"no value was given for {term.name!r}", term.position)
        return value_operand(self._context.params[term.name])

    def _guards(self, resolver: Resolver) -> list[Node]:
        """Return what the list rules of collections reached through relations ask of the joined rows."""
        guards: list[Node] = []
        for join, collection in resolver.reached.items():
            if rule := collection.rule("list"):
                guards.append(self._guard(join, collection, rule))
        return guards

    def _holds(self, collection: Collection, rule: str | None, rows: sa.FromClause) -> Condition:
        """Return the condition on each of ``rows`` of a collection that a rule means; ``None`` holds for none."""
        if rule is None:
            return sa.false()
        return condition(self._node(Resolver(self._context, collection, rows), parse(rule))) if rule else sa.true()

    def _guard(self, join: Join, collection: Collection, rule: str) -> Node:
        inner = Resolver(self._context, collection, join.target, root=join)
        absent = Leaf(join.target.c.id.is_(None), frozenset(join.path))
        return Some([absent, self._node(inner, parse(rule))])
