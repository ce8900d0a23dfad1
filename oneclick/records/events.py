"""The hooks around writing one record: their order, and what comes after the commit or the rollback."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from oneclick.records.record import Record
from oneclick_hooks import RecordErrorEvent, RecordEvent
from oneclick_hooks.protocols import RequestInfo

if TYPE_CHECKING:
    from oneclick.records.store import RecordStore


class WriteOperation:
    """Creating, updating or deleting one record, with its hooks.

    ``on_record_<action>`` is around ``operation``, which opens the transaction itself (:meth:`execute`). Within
    another transaction the whole is a savepoint of it, so that a veto at any point leaves nothing behind; what comes
    after waits for the outermost commit.
    """

    def __init__(self, store: RecordStore, action: str, record: Record, request: RequestInfo | None) -> None:
        self.store, self.action, self.record, self.request = store, action, record, request
        self._before = record.state()
        self._committed = False
        self._joined = store.database.in_transaction

    def run(self, operation: Callable[[], None]) -> None:
        """Perform ``operation`` within its hooks."""
        if self._joined:
            with self.store.database.transaction() as transaction:
                transaction.after_commit(self._succeed)
                transaction.after_rollback(self._fail)
                self._around(operation)
            return
        try:
            self._around(operation)
        except BaseException as error:
            # What raised after the commit cannot undo it: those who wait for the commit must hear of it.
            if self._committed:
                self._succeed()
            else:
                self._fail(error)
            raise
        if self._committed:
            self._succeed()

    def execute(self, statement: Callable[[], None], undo: Callable[[], None] | None = None) -> None:
        """Run ``statement`` in the transaction, within ``on_record_<action>_execute``; ``undo`` after a rollback."""
        with self.store.database.transaction(savepoint=False) as transaction:
            if undo is not None:
                transaction.after_rollback(lambda _error: undo())
            if not self._joined:
                transaction.after_commit(self._note_commit)
            self.hook(f"on_record_{self.action}_execute", statement)

    def hook(self, name: str, operation: Callable[[], Any]) -> None:
        """Run ``operation`` within the hook ``name``."""
        event = RecordEvent(self.store.app, self.record, self.request, operation=operation)
        self.store.plugins.run(name, event)

    def _around(self, operation: Callable[[], None]) -> None:
        self.hook(f"on_record_{self.action}", operation)

    def _note_commit(self) -> None:
        self._committed = True

    def _succeed(self) -> None:
        self.store.tell(self.action, self.record)
        event = RecordEvent(self.store.app, self.record, self.request)
        self.store.plugins.after(f"on_record_after_{self.action}_success", event)

    def _fail(self, error: BaseException) -> None:
        self.record.restore(self._before)
        event = RecordErrorEvent(self.store.app, self.record, self.request, error)
        self.store.plugins.after(f"on_record_after_{self.action}_error", event)
