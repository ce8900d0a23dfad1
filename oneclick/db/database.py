"""The database as the rest of the core sees it: a connection for this thread, and write transactions."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from oneclick.db.engine import make_engine
from oneclick.db.transaction import Transaction


class _Held(threading.local):
    """What the current thread holds."""

    connection: sa.Connection | None = None
    transaction: Transaction | None = None


class Database:
    """An engine with one connection a thread at a time.

    ``connection()`` and ``transaction()`` may be nested in any way and use the same connection: a request never
    holds two, so that the pool cannot lock itself up.
    """

    def __init__(self, url: str) -> None:
        self.engine = make_engine(url)
        self._held = _Held()
        # SQLite has one writer. Threads of one process queue up here in good order, rather than poll the file's lock.
        self._writer = threading.Lock() if self.dialect == "sqlite" else None

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self.engine.dialect.name

    @property
    def in_transaction(self) -> bool:
        """Whether this thread has a write transaction open."""
        return self._held.transaction is not None

    @contextmanager
    def connection(self) -> Iterator[sa.Connection]:
        """Give this thread's connection: the open transaction's, the one it holds, or one from the pool."""
        held = self._held
        if held.connection is not None:
            yield held.connection
            return
        with self.engine.connect() as connection:
            held.connection = connection
            try:
                yield connection
            finally:
                held.connection = None

    @contextmanager
    def transaction(self, *, savepoint: bool = True) -> Iterator[Transaction]:
        """Open a write transaction, or join the one that this thread holds.

        A joined one is a savepoint, so that an error caught in between leaves nothing of it behind; with
        ``savepoint=False`` it is the outer one itself.
        """
        outer = self._held.transaction
        if outer is None:
            with self._outermost() as transaction:
                yield transaction
        elif savepoint:
            with self._nested(outer) as transaction:
                yield transaction
        else:
            yield outer

    @contextmanager
    def _outermost(self) -> Iterator[Transaction]:
        failure: BaseException | None = None
        transaction: Transaction | None = None
        try:
            if self._writer is not None:
                self._writer.acquire()
            try:
                with self.connection() as connection:
                    opened = Transaction(connection)
                    opened.begin("BEGIN IMMEDIATE" if self._writer is not None else "BEGIN")
                    transaction = opened
                    with self._current(opened, None):
                        yield from _run(opened)
            finally:
                if self._writer is not None:
                    self._writer.release()
        except BaseException as error:
            failure = error
            raise
        finally:
            # Neither the writer's place nor a connection is held by now: what comes after may take its time.
            if transaction is not None:
                transaction.finish(failure)

    @contextmanager
    def _nested(self, outer: Transaction) -> Iterator[Transaction]:
        transaction = Transaction(outer.connection, outer)
        transaction.begin("")
        try:
            with self._current(transaction, outer):
                yield from _run(transaction)
        except BaseException as error:
            transaction.hand_over(error)
            raise
        transaction.hand_over(None)

    @contextmanager
    def _current(self, transaction: Transaction, before: Transaction | None) -> Iterator[None]:
        self._held.transaction = transaction
        try:
            yield
        finally:
            self._held.transaction = before

    def close(self) -> None:
        """Close all pooled connections."""
        self.engine.dispose()


def _run(transaction: Transaction) -> Iterator[Transaction]:
    """Yield the transaction; commit it after the block, roll it back when the block or the commit raised."""
    try:
        yield transaction
        transaction.commit()
    except BaseException:
        transaction.rollback()
        raise
