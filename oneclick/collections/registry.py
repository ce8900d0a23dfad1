"""The collections that this process knows, kept equal to the database's."""

from __future__ import annotations

import dataclasses
import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from oneclick.clock import now_text
from oneclick.collections import ensure as declarations
from oneclick.collections import rows, sync
from oneclick.collections.definition import changed_collection, new_collection
from oneclick.collections.model import ACTIONS, Collection
from oneclick.collections.providers import CheckProvider
from oneclick.collections.system import USERS_ID, system_collections
from oneclick.collections.validate import Check, CheckRule
from oneclick.db import Database, Params
from oneclick.errors import BadRequest, Unavailable, ValidationError, field_error

log = logging.getLogger(__name__)

VERSION = "schemaVersion"
LOCK = 7_263_549_002
"""The PostgreSQL advisory lock around changes of the schema."""


@dataclasses.dataclass(frozen=True)
class _Snapshot:
    version: int = -1
    ordered: tuple[Collection, ...] = ()
    by_key: Mapping[str, Collection] = dataclasses.field(default_factory=dict)


class _Pending(threading.local):
    """What the current thread's open transaction has made of the collections."""

    snapshot: _Snapshot | None = None


class Collections:
    """The registry. Reads cost nothing but a dictionary's look-up; :meth:`refresh` one small query.

    ``on_changed`` are called after a change was committed, for telling other processes to refresh.
    """

    def __init__(
        self,
        database: Database,
        *,
        signup: bool = False,
        check_rule: CheckRule | None = None,
        check_provider: CheckProvider | None = None,
    ) -> None:
        self.database = database
        self.params = Params(database)
        self.on_changed: list[Callable[[], None]] = []
        self._closed = frozenset() if signup else frozenset({"create"})
        self._check_rule = check_rule or (lambda collection, rule: None)
        self._check_provider = check_provider or (lambda provider: None)
        self._snapshot = _Snapshot()
        self._pending = _Pending()
        self._extra_rules: dict[str, dict[str, tuple[str, ...]]] = {}
        self._shown_by: dict[str, dict[str, frozenset[str]]] = {}
        self._active_plugins: frozenset[str] | None = None

    # Reading

    def get(self, name_or_id: str) -> Collection | None:
        """Return a collection by its id, or by its name whatever the case."""
        found = self._now.by_key
        return found.get(name_or_id) or found.get(name_or_id.lower())

    def require(self, name_or_id: str) -> Collection:
        """Return a collection that must be there. Raises ``KeyError``."""
        collection = self.get(name_or_id)
        if collection is None:
            raise KeyError(f"there is no collection {name_or_id!r}")
        return collection

    def all(self) -> tuple[Collection, ...]:
        """Return all collections, the system's first, then by name."""
        return self._now.ordered

    @property
    def version(self) -> int:
        """A number that grows with each change of the schema, in all processes."""
        return self._now.version

    def refresh(self) -> bool:
        """Load what other processes changed; tell whether anything was new."""
        with self.database.connection() as connection:
            version = int(self.params.get(VERSION, 0))
            if version == self._now.version:
                return False
            self._set(_snapshot(version, rows.read_all(connection), self._finished))
        return True

    def set_active(self, plugins: Iterable[str]) -> None:
        """Note which plugins run; collections of others are guarded."""
        self._active_plugins = frozenset(plugins)

    def plugin_is_off(self, collection: Collection) -> bool:
        """Tell whether the collection belongs to a plugin that is not running."""
        return (
            bool(collection.plugin)
            and self._active_plugins is not None
            and collection.plugin not in self._active_plugins
        )

    def check_plugin(self, collection: Collection) -> None:
        """Raise a 503 for a collection whose plugin is off: its data is never left without its guard."""
        if self.plugin_is_off(collection):
            text = f"The plugin {collection.plugin} that guards {collection.name} is off"
            raise Unavailable(text, {"plugin": field_error("plugin_off", text)})

    # Writing

    def create(self, data: Mapping[str, Any]) -> Collection:
        """Make a collection and its table. Raises ``ValidationError``."""
        with self._changing("Failed to create collection."):
            collection = new_collection(data, (other.id for other in self.all()))
            return self._create(collection)

    def update(self, collection: Collection, data: Mapping[str, Any]) -> Collection:
        """Change a collection and its table. Raises ``ValidationError``."""
        with self._changing("Failed to update collection."):
            current = self.require(collection.id)
            return self._update(current, changed_collection(current, data))

    def delete(self, collection: Collection) -> None:
        """Drop a collection and its table. Raises ``BadRequest`` for a system one, or one that others refer to."""
        if collection.system:
            raise BadRequest("Failed to delete collection.")
        with self._changing("Failed to delete collection.") as connection:
            pointing = [
                other.name
                for other in self.all()
                if other.id != collection.id and any(f.collection_id == collection.id for f in other.relation_fields)
            ]
            if pointing:
                names = ", ".join(sorted(pointing))
                raise BadRequest(f"Failed to delete collection probably due to existing reference in {names}.")
            rows.delete(connection, collection)
            sync.drop_table(connection, collection)

    def ensure(
        self,
        definitions: Iterable[tuple[str, Mapping[str, Any]]] = (),
        extensions: Iterable[tuple[str, Mapping[str, Mapping[str, Any]]]] = (),
        active_plugins: Iterable[str] | None = None,
    ) -> list[tuple[str, Exception]]:
        """Make the system collections and those of plugins, or bring them up to date, at start.

        ``definitions`` and ``extensions`` are ``(plugin, …)`` pairs; ``active_plugins`` the names of all that run
        (by default those in the pairs). Returns ``(plugin, error)`` for each whose definition cannot be used.
        """
        definitions = list(definitions)
        extensions, failures = declarations.checked(extensions)
        names = {name for name, _ in (*definitions, *extensions)}
        self._active_plugins = frozenset(names if active_plugins is None else active_plugins)
        self._extra_rules = declarations.extra_rules(extensions)
        self._shown_by = declarations.shown_by(extensions)
        wanted = declarations.combine([("", item) for item in system_collections()], definitions, extensions)
        self._snapshot = _Snapshot()
        self.refresh()
        with self.database.connection() as connection:
            done = all(declarations.is_done(self.get, rows.read_declared(connection), item) for item in wanted)
        return failures if done else failures + self._apply(wanted)

    def _apply(self, wanted: list[declarations.Declared]) -> list[tuple[str, Exception]]:
        failures: list[tuple[str, Exception]] = []
        with self._changing("") as connection:
            declared = rows.read_declared(connection)
            for item in declarations.in_order(wanted):
                failures += self._try_one(item, declared)
        return failures

    def _try_one(self, item: declarations.Declared, declared: Mapping[str, Any]) -> list[tuple[str, Exception]]:
        """Make one collection as declared. When that fails, without what others add; when that fails too, not at
        all: its plugin is to blame."""
        try:
            with self.database.transaction():
                self._ensure_one(item, declared)
        except Exception as error:
            if item.added_by:
                log.error("what %s add to %s cannot be used: %s", ", ".join(item.added_by), item.name, error)
                others = self._try_one(item.alone(), declared)
                return others or [(plugin, error) for plugin in item.added_by]
            if not item.plugin:
                raise
            log.error("plugin %s: its collection %s cannot be used: %s", item.plugin, item.name, error)
            return [(item.plugin, error)]
        return []

    def _ensure_one(self, item: declarations.Declared, declared: Mapping[str, Any]) -> None:
        current = item.find(self.get)
        data = item.resolved(self.get)
        if current is None:
            new = new_collection(data, (other.id for other in self.all()))
            self._create(dataclasses.replace(new, plugin=item.plugin), data)
        else:
            before = declared.get(current.id, {})
            changes = declarations.changes(current, before, data)
            new = dataclasses.replace(changed_collection(current, changes), plugin=item.plugin)
            self._update(current, new, data, force=True)

    def _create(self, collection: Collection, declared: Mapping[str, Any] | None = None) -> Collection:
        self._check(collection, None)
        now = now_text()
        collection = self._finished(dataclasses.replace(collection, created=now, updated=now))
        with self.database.transaction(savepoint=False) as transaction:
            sync.create_table(transaction.connection, collection)
            rows.insert(transaction.connection, collection, declared)
        self._put(collection)
        return collection

    def _update(
        self, current: Collection, new: Collection, declared: Mapping[str, Any] | None = None, *, force: bool = False
    ) -> Collection:
        self._check(new, current, force=force)
        new = self._finished(dataclasses.replace(new, updated=now_text()))
        with self.database.transaction(savepoint=False) as transaction:
            sync.alter_table(transaction.connection, current, new)
            rows.update(transaction.connection, new, declared)
        self._put(new)
        return new

    def _check(self, new: Collection, old: Collection | None, *, force: bool = False) -> None:
        """Validate; ``force``: the core's own definitions may change what is fixed for others."""
        dialect = self.database.dialect
        errors = Check(new, old, self.all(), dialect, self._check_rule, self._check_provider).errors()
        if force and new.system:
            errors = {name: error for name, error in errors.items() if not name.endswith("Rule")}
        if errors:
            raise ValidationError(errors)

    # The snapshot

    @property
    def _now(self) -> _Snapshot:
        return self._pending.snapshot or self._snapshot

    def _set(self, snapshot: _Snapshot) -> None:
        if self._pending.snapshot is not None:
            self._pending.snapshot = snapshot
        else:
            self._snapshot = snapshot

    def _put(self, collection: Collection) -> None:
        others = [other for other in self.all() if other.id != collection.id]
        self._set(_snapshot(self.version, [*others, collection], self._finished))

    def _finished(self, collection: Collection) -> Collection:
        """Add what is not stored: plugins' rules, and sign-up when it is off."""
        extra = self._extra_rules.get(collection.name, {})
        shown_by = self._shown_by.get(collection.name, {})
        closed = self._closed if collection.id == USERS_ID else frozenset()
        if (collection.extra_rules, collection.shown_by, collection.closed) == (extra, shown_by, closed):
            return collection
        return dataclasses.replace(collection, extra_rules=extra, shown_by=shown_by, closed=closed)

    @contextmanager
    def _changing(self, message: str) -> Iterator[Any]:
        """Change the schema in a transaction: one at a time, on the newest state, seen by others once committed."""
        nested = self._pending.snapshot is not None
        before = self._pending.snapshot
        try:
            with self.database.transaction() as transaction:
                connection = transaction.connection
                if not nested:
                    if self.database.dialect == "postgresql":
                        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
                    self._pending.snapshot = self._snapshot
                    transaction.after_commit(self._committed)
                    transaction.after_rollback(self._undone)
                self.refresh()
                yield connection
                version = int(self.params.get(VERSION, 0)) + 1
                self.params.set(VERSION, version)
                self._set(_snapshot(version, rows.read_all(connection), self._finished))
        except ValidationError as error:
            self._pending.snapshot = before
            raise ValidationError(error.data, message or error.message) from error
        except BaseException:
            self._pending.snapshot = before
            raise
        finally:
            if not nested and not self.database.in_transaction:
                self._pending.snapshot = None

    def _undone(self, _error: BaseException) -> None:
        self._pending.snapshot = None

    def _committed(self) -> None:
        self._pending.snapshot = None
        self._snapshot = _Snapshot()
        self.refresh()
        for changed in self.on_changed:
            changed()


def _snapshot(version: int, found: Iterable[Collection], finish: Callable[[Collection], Collection]) -> _Snapshot:
    ordered = sorted((finish(item) for item in found), key=lambda item: (not item.system, item.name.lower()))
    by_name = {item.name.lower(): item for item in ordered}
    return _Snapshot(version, tuple(ordered), by_name | {item.id: item for item in ordered})


__all__ = ["ACTIONS", "Collections"]
