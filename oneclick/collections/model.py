"""A collection's definition: immutable; a change makes a new object."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from oneclick.collections.indexes import Index, parse_index
from oneclick.collections.options import public_options
from oneclick.collections.tables import build_table
from oneclick.fields import Field, FileField, RelationField, TextField

BASE, AUTH, VIEW = "base", "auth", "view"
TYPES = (BASE, AUTH, VIEW)
ACTIONS = ("list", "view", "create", "update", "delete")
SUPERUSERS = "_superusers"


@dataclass(frozen=True, eq=False)
class Collection:
    """What a collection is: its fields, rules, indexes and options.

    ``plugin`` owns it (``""``: nobody does). ``extra_rules`` are what other plugins add to the stored rules, and
    ``shown_by`` the fields that those among them show which do not show whole records;
    ``closed`` are actions that a setting closes whatever the stored rule says.
    """

    id: str
    name: str
    type: str
    fields: tuple[Field, ...]
    rules: Mapping[str, str | None]
    indexes: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    system: bool = False
    created: str = ""
    updated: str = ""
    plugin: str = ""
    extra_rules: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    shown_by: Mapping[str, frozenset[str]] = field(default_factory=dict)
    closed: frozenset[str] = frozenset()

    def __repr__(self) -> str:
        return f"<Collection {self.name}>"

    @property
    def is_auth(self) -> bool:
        """Whether its records can sign in."""
        return self.type == AUTH

    @property
    def is_view(self) -> bool:
        """Whether it is a query rather than a table."""
        return self.type == VIEW

    @property
    def is_superusers(self) -> bool:
        """Whether it holds the superusers."""
        return self.name == SUPERUSERS

    def rule(self, action: str) -> str | None:
        """Return the rule in force for an action (``list``, ``view``, ``create``, ``update``, ``delete``, for auth
        collections also ``auth`` and ``manage``): the stored one, or what plugins add. ``None``: superusers only."""
        if action in ("auth", "manage"):
            stored = self.options.get(f"{action}Rule")
        else:
            stored = None if action in self.closed else self.rules.get(action)
        if stored == "" and action != "manage":
            return ""
        return _any_of((stored, *self.extra_rules.get(action, ())))

    def seen_where(self, name: str) -> str | None:
        """Return the rule by which clients see a field of the records that they see (``""``: always, ``None``: never):
        where the list or view rule holds without those of ``shown_by`` that do not show it."""
        return self._seen_where.get(name, "")

    @cached_property
    def partly_seen(self) -> Mapping[str | None, frozenset[str]]:
        """The fields that are not seen in all records, by the rule of :meth:`seen_where`."""
        names: dict[str | None, set[str]] = {}
        for name, rule in self._seen_where.items():
            names.setdefault(rule, set()).add(name)
        return {rule: frozenset(found) for rule, found in names.items()}

    @cached_property
    def _seen_where(self) -> Mapping[str, str | None]:
        stored = {action: None if action in self.closed else self.rules.get(action) for action in ("list", "view")}
        if not self.shown_by or "" in stored.values():
            return {}
        extra = [rule for action in stored for rule in self.extra_rules.get(action, ())]
        return {
            item.name: _any_of(dict.fromkeys((*stored.values(), *self._showing(item.name, extra))))
            for item in self.fields
            if len(self._showing(item.name, extra)) < len(extra)
        }

    def _showing(self, name: str, rules: Sequence[str]) -> list[str]:
        return [rule for rule in rules if name == "id" or rule not in self.shown_by or name in self.shown_by[rule]]

    @cached_property
    def by_name(self) -> dict[str, Field]:
        """The fields by name."""
        return {item.name: item for item in self.fields}

    def field(self, name: str) -> Field | None:
        """Return the field of this name."""
        return self.by_name.get(name)

    @cached_property
    def table(self) -> sa.Table:
        """The SQLAlchemy table."""
        return build_table(self.name, self.fields)

    @cached_property
    def parsed_indexes(self) -> tuple[Index, ...]:
        """The indexes, parsed."""
        return tuple(parse_index(text) for text in self.indexes)

    @cached_property
    def unique_fields(self) -> frozenset[str]:
        """The fields with a unique index of their own (partial ones count)."""
        return frozenset(
            index.columns[0].name for index in self.parsed_indexes if index.unique and len(index.columns) == 1
        )

    def unique_index(self, name: str) -> Index | None:
        """Return the unique index over this field alone."""
        for index in self.parsed_indexes:
            if index.unique and index.column_names == (name,):
                return index
        return None

    @cached_property
    def relation_fields(self) -> tuple[RelationField, ...]:
        """The relation fields."""
        return tuple(item for item in self.fields if isinstance(item, RelationField))

    @cached_property
    def file_fields(self) -> tuple[FileField, ...]:
        """The file fields."""
        return tuple(item for item in self.fields if isinstance(item, FileField))

    @cached_property
    def id_field(self) -> TextField:
        """The primary key."""
        found = self.by_name["id"]
        assert isinstance(found, TextField)
        return found

    def to_json(self) -> dict[str, Any]:
        """Return the collection as clients see it (contract §3.1): secrets are left out."""
        return {
            "id": self.id,
            **{f"{action}Rule": self.rules.get(action) for action in ACTIONS},
            "name": self.name,
            "type": self.type,
            "fields": [item.to_dict() for item in self.fields],
            "indexes": list(self.indexes),
            "created": self.created,
            "updated": self.updated,
            "system": self.system,
            **public_options(self.options),
        }

    def definition(self) -> dict[str, Any]:
        """Return everything that is stored of it, secrets too, in the shape of :meth:`to_json`."""
        return {**self.to_json(), **self.options}


def _any_of(rules: Iterable[str | None]) -> str | None:
    """Return one rule that holds where any of them does; ``None`` for none."""
    # A rule may end in a comment: the line break ends it.
    parts = [f"({rule}\n)" for rule in rules if rule]
    if len(parts) == 1:
        return parts[0][1:-2]
    return " || ".join(parts) or None


NAME = re.compile(r"\w+", re.ASCII)
