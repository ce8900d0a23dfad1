"""Checking that a rule can be used, before it is saved."""

from __future__ import annotations

from typing import Any

from oneclick.collections import Collection, Collections
from oneclick.collections.validate import CheckRule
from oneclick.filters import QueryBuilder, RequestValues


def rule_checker(app: Any) -> CheckRule:
    """Return a function that raises ``FilterError`` for a rule that cannot be resolved against a collection."""

    def check(collection: Collection, rule: str) -> None:
        def lookup(name_or_id: str) -> Collection | None:
            if name_or_id in (collection.id, collection.name):
                return collection
            return collections.get(name_or_id)

        collections: Collections = app.collections
        QueryBuilder(collection, lookup, app.database.dialect, RequestValues()).where(rule)

    return check
