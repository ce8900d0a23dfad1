from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa

from oneclick.db import Database, Params


@pytest.fixture
def params(database: Database) -> Params:
    return Params(database)


def test_after_commit_runs_once_and_after_the_commit(database: Database, params: Params) -> None:
    seen = []
    with database.transaction() as transaction:
        params.set("a", 1)
        transaction.after_commit(lambda: seen.append((database.in_transaction, params.get("a"))))
        assert seen == []
    assert seen == [(False, 1)]


def test_a_rollback_leaves_nothing_and_tells_why(database: Database, params: Params) -> None:
    committed, undone = [], []
    with pytest.raises(RuntimeError), database.transaction() as transaction:
        params.set("a", 1)
        transaction.after_commit(lambda: committed.append(1))
        transaction.after_rollback(lambda error: undone.append(str(error)))
        raise RuntimeError("no")
    assert (committed, undone, params.get("a")) == ([], ["no"], None)


def test_nested_transactions_join_the_outermost(database: Database, params: Params) -> None:
    order = []
    with database.transaction() as outer:
        outer.after_commit(lambda: order.append("outer"))
        with database.transaction() as inner:
            params.set("a", 1)
            inner.after_commit(lambda: order.append("inner"))
        assert order == []
    assert order == ["outer", "inner"]
    assert params.get("a") == 1


def test_a_failed_nested_one_is_undone_alone(database: Database, params: Params) -> None:
    told = []
    with database.transaction():
        params.set("a", 1)
        with pytest.raises(sa.exc.SQLAlchemyError), database.transaction() as inner:
            params.set("b", 2)
            inner.after_commit(lambda: told.append("committed"))
            inner.after_rollback(lambda error: told.append("undone"))
            inner.connection.exec_driver_sql("SELECT * FROM nowhere")
        # Callbacks wait until no transaction is open, and the outer one still works (on PostgreSQL too).
        assert told == []
        params.set("c", 3)
    assert told == ["undone"]
    assert [params.get(name) for name in "abc"] == [1, None, 3]


def test_what_nested_ones_committed_is_undone_with_the_outer(database: Database, params: Params) -> None:
    told = []
    with pytest.raises(RuntimeError), database.transaction():
        with database.transaction() as inner:
            params.set("a", 1)
            inner.after_commit(lambda: told.append("committed"))
            inner.after_rollback(lambda error: told.append("undone"))
        raise RuntimeError
    assert told == ["undone"]
    assert params.get("a") is None


def test_a_failing_callback_stops_no_other(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    seen = []

    def fail() -> None:
        raise RuntimeError("callback")

    with database.transaction() as transaction:
        transaction.after_commit(fail)
        transaction.after_commit(lambda: seen.append(1))
    assert seen == [1]
    assert "callback" in caplog.text


def test_a_thread_holds_one_connection_however_deep(database: Database) -> None:
    with database.connection() as first, database.connection() as second, database.transaction() as transaction:
        assert first is second is transaction.connection
        with database.connection() as third:
            assert third is first
    assert database.engine.pool.checkedout() == 0  # type: ignore[attr-defined]


def test_a_transaction_of_another_thread_is_not_joined(database: Database, params: Params) -> None:
    seen = []

    def look() -> None:
        seen.append((database.in_transaction, params.get("a")))

    with database.transaction():
        params.set("a", 1)
        thread = threading.Thread(target=look)
        thread.start()
        thread.join(20)
    assert seen == [(False, None)]


def test_writers_of_many_threads_all_get_through(database: Database, params: Params) -> None:
    params.set("n", 0)
    failures = []

    def add() -> None:
        try:
            for _ in range(10):
                with database.transaction() as transaction:
                    if database.dialect == "postgresql":
                        transaction.connection.exec_driver_sql("SELECT 1 FROM _params WHERE id = 'n' FOR UPDATE")
                    params.set("n", params.get("n") + 1)
        except BaseException as error:  # noqa: BLE001
            failures.append(error)

    threads = [threading.Thread(target=add) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert params.get("n") == 60


def test_a_failed_commit_counts_as_a_rollback(database: Database) -> None:
    told = []
    if database.dialect == "sqlite":
        with database.connection() as connection:
            connection.exec_driver_sql("PRAGMA foreign_keys = ON")
    with database.connection() as connection:
        if database.dialect == "sqlite":
            connection.exec_driver_sql("PRAGMA foreign_keys = ON")
        connection.exec_driver_sql("CREATE TABLE a (id INTEGER PRIMARY KEY)")
        connection.exec_driver_sql("CREATE TABLE b (a INTEGER REFERENCES a (id) DEFERRABLE INITIALLY DEFERRED)")
        with pytest.raises(sa.exc.IntegrityError), database.transaction() as transaction:
            transaction.after_commit(lambda: told.append("committed"))
            transaction.after_rollback(lambda error: told.append(type(error).__name__))
            connection.exec_driver_sql("INSERT INTO b VALUES (1)")
        assert connection.exec_driver_sql("SELECT count(*) FROM b").scalar() == 0
    assert told == ["IntegrityError"]
