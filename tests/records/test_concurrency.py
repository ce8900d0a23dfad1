from __future__ import annotations

import threading
from typing import Any

from oneclick.errors import ValidationError
from tests.records.conftest import App


def in_threads(count: int, work: Any) -> list[Any]:
    results: list[Any] = []

    def run(number: int) -> None:
        try:
            results.append(work(number))
        except BaseException as error:  # noqa: BLE001
            results.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def test_one_of_many_wins_a_partial_unique_index(app: App, notes: Any) -> None:
    index = "CREATE UNIQUE INDEX `one_running` ON `notes` (`stars`) WHERE `secretive` = ''"
    app.collections.update(notes, {"indexes": [index]})

    def create(number: int) -> Any:
        return app.records.save(app.records.new("notes", {"title": str(number), "stars": 7}))

    results = in_threads(8, create)
    failures = [result for result in results if isinstance(result, BaseException)]
    assert len(failures) == 7
    for failure in failures:
        assert isinstance(failure, ValidationError)
        assert failure.data == {"stars": {"code": "validation_not_unique", "message": "Value must be unique."}}
    assert app.records.count("notes") == 1
    # Ended ones may be as many as there are.
    for title in "ab":
        app.records.save(app.records.new("notes", {"title": title, "stars": 7, "secretive": "ended"}))


def test_different_fields_changed_at_once_are_all_kept(app: App, notes: Any) -> None:
    record = app.records.save(app.records.new("notes", {"title": "a"}))
    first, second = app.records.find("notes", record.id), app.records.find("notes", record.id)
    assert first is not None
    assert second is not None
    first["title"], second["stars"] = "b", 5
    app.records.save(first)
    app.records.save(second)
    found = app.records.find("notes", record.id)
    assert found is not None
    assert (found["title"], found["stars"]) == ("b", 5)


def test_readers_see_nothing_of_an_open_transaction(app: App, notes: Any) -> None:
    with app.database.transaction():
        app.records.save(app.records.new("notes", {"title": "a"}))
        assert in_threads(1, lambda _number: app.records.count("notes")) == [0]
    assert app.records.count("notes") == 1


def test_threads_do_not_run_out_of_connections(app: App, notes: Any) -> None:
    def work(number: int) -> str:
        with app.database.connection():
            record = app.records.save(app.records.new("notes", {"title": str(number)}))
            assert app.records.find("notes", record.id) is not None
            return "done"

    assert in_threads(60, work) == ["done"] * 60
    assert app.database.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
