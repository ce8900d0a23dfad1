"""One write transaction and what waits for its end."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Callable

import sqlalchemy as sa

log = logging.getLogger(__name__)

_savepoints = itertools.count(1)


class Transaction:
    """An open write transaction, or one nested in it (a savepoint).

    What a nested one wants done after the commit waits for the outermost commit. When a nested one is rolled back,
    what it wants done after a rollback waits for the end of the outermost, whichever end that is: no such callback
    runs while a transaction is open.
    """

    __slots__ = ("_committed", "_ended", "_rolled_back", "connection", "parent", "savepoint")

    def __init__(self, connection: sa.Connection, parent: Transaction | None = None) -> None:
        self.connection = connection
        self.parent = parent
        self.savepoint = f"oneclick_{next(_savepoints)}" if parent is not None else ""
        self._committed: list[Callable[[], None]] = []
        self._rolled_back: list[Callable[[BaseException], None]] = []
        self._ended: list[Callable[[], None]] = []

    def after_commit(self, action: Callable[[], None]) -> None:
        """Run ``action`` after the outermost commit; never after a rollback."""
        self._committed.append(action)

    def after_rollback(self, action: Callable[[BaseException], None]) -> None:
        """Run ``action(error)`` once what was written in this transaction is rolled back."""
        self._rolled_back.append(action)

    def begin(self, statement: str) -> None:
        """Open it: ``statement`` for the outermost, a savepoint for a nested one."""
        self.connection.exec_driver_sql(f"SAVEPOINT {self.savepoint}" if self.parent is not None else statement)

    def commit(self) -> None:
        """Make it stay."""
        if self.parent is None:
            self.connection.exec_driver_sql("COMMIT")
        else:
            self.connection.exec_driver_sql(f"RELEASE SAVEPOINT {self.savepoint}")

    def rollback(self) -> None:
        """Undo it. A connection that cannot even do that is thrown away."""
        try:
            if self.parent is None:
                self.connection.exec_driver_sql("ROLLBACK")
            else:
                self.connection.exec_driver_sql(f"ROLLBACK TO SAVEPOINT {self.savepoint}")
                self.connection.exec_driver_sql(f"RELEASE SAVEPOINT {self.savepoint}")
        except sa.exc.SQLAlchemyError:
            log.exception("a transaction could not be rolled back; its connection is closed")
            self.connection.invalidate()

    def hand_over(self, error: BaseException | None) -> None:
        """Give the parent what is still to be done."""
        assert self.parent is not None
        if error is None:
            self.parent._committed += self._committed
            self.parent._rolled_back += self._rolled_back
        else:
            self.parent._ended += [_bound(action, error) for action in self._rolled_back]
        self.parent._ended += self._ended

    def finish(self, error: BaseException | None) -> None:
        """Run what waits for the outermost end; each by itself, failures are logged."""
        waiting = self._committed if error is None else [_bound(action, error) for action in self._rolled_back]
        for action in [*self._ended, *waiting]:
            try:
                action()
            except Exception:
                log.exception("what was to be done after a transaction failed")


def _bound(action: Callable[[BaseException], None], error: BaseException) -> Callable[[], None]:
    return lambda: action(error)
