"""Records without rules, with hooks: what plugins and the API read and write with."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from oneclick.collections import Collection, Collections
from oneclick.db import Database
from oneclick.errors import NotFound
from oneclick.fields.casting import is_storable
from oneclick.records.delete import delete_record
from oneclick.records.files import Storage
from oneclick.records.query import Query
from oneclick.records.record import Record
from oneclick.records.request import RequestInfo
from oneclick.records.secrets import Secrets
from oneclick.records.statements import chunks, statements
from oneclick.records.write import save_record
from oneclick_hooks import OperationEvent
from oneclick_hooks.protocols import App
from oneclick_hooks.protocols import RequestInfo as RequestInfoProtocol

log = logging.getLogger(__name__)


class Plugins(Protocol):
    """What records need of the plugins."""

    @property
    def hook(self) -> Any:
        """pluggy's relay."""
        ...

    def has(self, hook_name: str) -> bool:
        """Tell whether any plugin implements the hook."""
        ...

    def run(self, hook_name: str, event: OperationEvent) -> Any:
        """Run the event's operation within a hook."""
        ...

    def after(self, hook_name: str, event: Any) -> None:
        """Call a hook's implementations, each by itself."""
        ...


class RecordsApp(App, Protocol):
    """The application as records need it: its parts are taken from it when a store is made."""

    @property
    def database(self) -> Database:
        """The database."""
        ...

    @property
    def collections(self) -> Collections:
        """The registry of collections."""
        ...

    @property
    def plugins(self) -> Plugins:
        """The plugins."""
        ...

    @property
    def storage(self) -> Storage:
        """Where files lie."""
        ...

    @property
    def secrets(self) -> Secrets:
        """What seals secret values."""
        ...


class RecordStore:
    """Reads and writes records. Writing fires the hooks of contract §9; no rule is looked at.

    ``on_committed`` are called as ``(action, record)`` after each outermost commit, before the plugins' hooks, and
    ``on_deleting`` as ``(record)`` right before a record disappears, within the transaction.
    """

    def __init__(self, app: Any) -> None:
        parts: RecordsApp = app
        self.app: App = app
        self.database, self.collections = parts.database, parts.collections
        self.plugins, self.storage, self.secrets = parts.plugins, parts.storage, parts.secrets
        self.on_committed: list[Callable[[str, Record], None]] = []
        self.on_deleting: list[Callable[[Record], None]] = []

    # Reading

    def find(self, collection: str | Collection, record_id: str) -> Record | None:
        """Return a record by its id."""
        found = self._collection(collection)
        if not is_storable(record_id):
            return None
        with self.database.connection() as connection:
            row = connection.execute(statements(found).by_id, {"id": record_id}).first()
        return None if row is None else Record(found, statements(found).row(row))

    def find_many(self, collection: str | Collection, ids: Iterable[str]) -> dict[str, Record]:
        """Return records by id; one query for (nearly) any number."""
        found = self._collection(collection)
        records: dict[str, Record] = {}
        with self.database.connection() as connection:
            for part in chunks(dict.fromkeys(ids)):
                for row in connection.execute(statements(found).by_ids, {"ids": part}):
                    record = Record(found, statements(found).row(row))
                    records[record.id] = record
        return records

    def first(
        self,
        collection: str | Collection,
        filter: str = "",
        params: Mapping[str, Any] | None = None,
        sort: str = "",
    ) -> Record | None:
        """Return the first record that a filter matches; ``{:name}`` in it are bound to ``params``."""
        records = self.list(collection, filter, params, sort, limit=1)
        return records[0] if records else None

    def list(
        self,
        collection: str | Collection,
        filter: str = "",
        params: Mapping[str, Any] | None = None,
        sort: str = "",
        limit: int = 500,
        offset: int = 0,
    ) -> Sequence[Record]:
        """Return records that a filter matches."""
        query = self.query(collection, params)
        query.filter(filter)
        query.sort(sort)
        return query.records(limit, offset)

    def count(self, collection: str | Collection, filter: str = "", params: Mapping[str, Any] | None = None) -> int:
        """Return how many records a filter matches."""
        query = self.query(collection, params)
        query.filter(filter)
        return query.count()

    def query(
        self,
        collection: str | Collection,
        params: Mapping[str, Any] | None = None,
        request: RequestInfo | None = None,
    ) -> Query:
        """Return a query that sees everything; rules and clients' filters are added by their own methods."""
        return Query(self.database, self.collections, self._collection(collection), request, params)

    def allowed(self, collection: str | Collection, action: str, record_id: str, request: RequestInfo) -> Record | None:
        """Return a record if ``request`` may do ``action`` (``view``, ``update``, ``delete``) on it."""
        found = self._collection(collection)
        if request.is_superuser:
            return self.find(found, record_id)
        rule = found.rule(action)
        if rule is None:
            return None
        query = self.query(found, request=request)
        query.rule(rule)
        return query.one(record_id)

    # Writing

    def new(self, collection: str | Collection, values: Mapping[str, Any] | None = None) -> Record:
        """Return a record that is not stored yet, with its id."""
        record = Record(self._collection(collection), None, values)
        if not record["id"]:
            record["id"] = record.collection.id_field.generated()
        return record

    def save(self, record: Any, request: RequestInfoProtocol | None = None) -> Record:
        """Create or update with all record hooks. Raises ``ApiError`` with field errors when it is not valid."""
        save_record(self, record, request)
        return record  # type: ignore[no-any-return]

    def save_unchecked(self, record: Record, request: RequestInfoProtocol | None = None) -> Record:
        """Create or update with all record hooks but the validation's."""
        save_record(self, record, request, validate=False)
        return record

    def delete(self, record: Any, request: RequestInfoProtocol | None = None) -> None:
        """Delete with all record hooks; what refers to it goes along, lets go of it, or keeps it from going."""
        delete_record(self, record, request)

    # What the write operations use

    def tell(self, action: str, record: Record) -> None:
        """Tell ``on_committed``; one that fails is logged."""
        for listener in self.on_committed:
            try:
                listener(action, record)
            except Exception:
                log.exception("%s of %r could not be published", action, record)

    def tell_deleting(self, record: Record) -> None:
        """Tell ``on_deleting``; one that fails is logged."""
        for listener in self.on_deleting:
            try:
                # What fails in the database must not take the deletion along.
                with self.database.transaction():
                    listener(record)
            except Exception:
                log.exception("the deletion of %r could not be announced", record)

    def _collection(self, collection: str | Collection) -> Collection:
        if isinstance(collection, Collection):
            return collection
        found = self.collections.get(collection)
        if found is None:
            raise NotFound(f"There is no collection {collection!r}.")
        return found
