"""One record: values by field, what is stored of them, and what has changed since."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from oneclick.collections import Collection
from oneclick.fields import Field

Show = Callable[[Any], Any]

_MISSING: Any = object()


class Record:
    """A record. Values are Python values as in PocketBase's JSON; setting one casts it to the field's kind.

    What comes from the database is decoded when it is first looked at: a list of a thousand records decodes only
    what is shown.
    """

    __slots__ = ("_stored", "_values", "collection", "is_new")

    def __init__(
        self, collection: Collection, stored: Mapping[str, Any] | None = None, values: Mapping[str, Any] | None = None
    ) -> None:
        self.collection = collection
        self.is_new = stored is None
        self._stored: dict[str, Any] = {} if stored is None else dict(stored)
        self._values: dict[str, Any] = {}
        for name, value in (values or {}).items():
            self[name] = value

    def __repr__(self) -> str:
        return f"<Record {self.collection.name}/{self.id or 'new'}>"

    @property
    def id(self) -> str:
        """The record's id; a new one has it too."""
        return str(self["id"])

    def __getitem__(self, name: str) -> Any:
        value = self._values.get(name, _MISSING)
        if value is _MISSING:
            value = self._values[name] = self._decoded(self._field(name))
        return value

    def __setitem__(self, name: str, value: Any) -> None:
        self._values[name] = self._field(name).normalise(value)

    def __contains__(self, name: object) -> bool:
        return name in self.collection.by_name

    def __iter__(self) -> Iterator[str]:
        return iter(self.collection.by_name)

    def get(self, name: str, default: Any = None) -> Any:
        """Return a value; ``default`` when the collection has no such field."""
        return self[name] if name in self.collection.by_name else default

    def original(self, name: str) -> Any:
        """Return the value that is stored in the database (the field's zero value for a new record)."""
        return self._decoded(self._field(name))

    def changed(self, name: str) -> bool:
        """Tell whether a value differs from the stored one."""
        if name not in self._values:
            return False
        return bool(self._values[name] != self.original(name))

    def copy(self) -> Record:
        """Return a record of its own with the same values, stored and changed."""
        twin = Record(self.collection)
        twin.is_new, twin._stored, twin._values = self.is_new, dict(self._stored), dict(self._values)
        return twin

    def shown(self, plan: Iterable[tuple[str, Show | None, Show | None]]) -> dict[str, Any]:
        """Return values as JSON. ``plan`` has for each its name, what makes JSON of what is stored, and what makes it
        of a value (``None``: nothing needs to be done). Values that were never looked at are not decoded for it."""
        values, stored, data = self._values, self._stored, {}
        for name, of_stored, of_value in plan:
            if name in values or name not in stored:
                value = self[name]
                data[name] = value if of_value is None else of_value(value)
            else:
                value = stored[name]
                data[name] = value if of_stored is None else of_stored(value)
        return data

    def changes(self) -> dict[str, Any]:
        """Return by field what is to be stored: everything of a new record, of another what differs."""
        row: dict[str, Any] = {}
        for name, field in self.collection.by_name.items():
            if self.is_new:
                row[name] = field.to_db(self[name])
            elif name in self._values:
                value = field.to_db(self._values[name])
                if value != self._stored.get(name):
                    row[name] = value
        return row

    def state(self) -> tuple[bool, dict[str, Any]]:
        """Return what :meth:`restore` needs to undo :meth:`mark_stored`."""
        return self.is_new, self._stored

    def mark_stored(self, row: Mapping[str, Any]) -> None:
        """Note that ``row`` is in the database now."""
        self.is_new, self._stored = False, {**self._stored, **row}

    def restore(self, state: tuple[bool, dict[str, Any]]) -> None:
        """Note that what was stored since ``state`` is not in the database after all."""
        self.is_new, self._stored = state

    def _field(self, name: str) -> Field:
        field = self.collection.by_name.get(name)
        if field is None:
            raise KeyError(f"{self.collection.name} has no field {name!r}")
        return field

    def _decoded(self, field: Field) -> Any:
        stored = self._stored.get(field.name, _MISSING)
        return field.zero() if stored is _MISSING else field.from_db(stored)
