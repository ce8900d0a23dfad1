from __future__ import annotations

from typing import Any

import pytest

from oneclick.errors import BadRequest
from oneclick.records import Record
from tests.records.conftest import App

MESSAGE = "Failed to delete record. Make sure that the record is not part of a required relation reference."


def link(app: App, name: str, target: str, **options: Any) -> Any:
    relation = {"type": "relation", "name": "of", "collectionId": target} | options
    return app.collections.create({"name": name, "fields": [{"type": "text", "name": "title"}, relation]})


def add(app: App, collection: str, **values: Any) -> Record:
    return app.records.save(app.records.new(collection, {"title": "x"} | values))


def test_an_optional_relation_lets_go(app: App, notes: Any) -> None:
    link(app, "single", notes.id)
    link(app, "multi", notes.id, maxSelect=5)
    first, second = add(app, "notes"), add(app, "notes")
    single = add(app, "single", of=first.id)
    multi = add(app, "multi", of=[first.id, second.id])
    app.records.delete(first)
    assert app.records.find("single", single.id)["of"] == ""  # type: ignore[index]
    assert app.records.find("multi", multi.id)["of"] == [second.id]  # type: ignore[index]


def test_a_required_relation_keeps_the_record(app: App, notes: Any) -> None:
    link(app, "other", notes.id, required=True)
    note = add(app, "notes")
    other = add(app, "other", of=note.id)
    with pytest.raises(BadRequest) as caught:
        app.records.delete(note)
    assert caught.value.message == MESSAGE
    assert app.records.find("notes", note.id) is not None
    app.records.delete(other)
    app.records.delete(note)


def test_a_cascade_goes_all_the_way_with_hooks(app: App, notes: Any) -> None:
    child = link(app, "child", notes.id, required=True, cascadeDelete=True)
    link(app, "grandchild", child.id, cascadeDelete=True, maxSelect=3)
    note = add(app, "notes")
    children = [add(app, "child", of=note.id) for _ in range(2)]
    add(app, "grandchild", of=[children[0].id, children[1].id])
    kept = add(app, "child", of=add(app, "notes").id)
    told: list[str] = []
    app.records.on_committed.append(lambda action, record: told.append(f"{action} {record.collection.name}"))
    deleting: list[str] = []
    app.records.on_deleting.append(lambda record: deleting.append(record.collection.name))
    app.records.delete(note)
    assert app.records.count("grandchild") == 0
    assert [record.id for record in app.records.list("child")] == [kept.id]
    assert sorted(told) == ["delete child", "delete child", "delete grandchild", "delete notes", "update grandchild"]
    assert sorted(deleting) == ["child", "child", "grandchild", "notes"]


def test_a_refusal_deep_down_undoes_everything(app: App, notes: Any) -> None:
    child = link(app, "child", notes.id, cascadeDelete=True)
    link(app, "grandchild", child.id, required=True)
    note = add(app, "notes")
    add(app, "grandchild", of=add(app, "child", of=note.id).id)
    told: list[str] = []
    app.records.on_committed.append(lambda action, record: told.append(action))
    with pytest.raises(BadRequest, match="required relation"):
        app.records.delete(note)
    assert (app.records.count("notes"), app.records.count("child"), told) == (1, 1, [])


def test_a_listener_that_fails_in_the_database_does_not_stop_the_deletion(app: App, notes: Any) -> None:
    def fail(record: Record) -> None:
        with app.database.connection() as connection:
            connection.exec_driver_sql("SELECT * FROM nowhere")

    app.records.on_deleting.append(fail)
    app.records.delete(add(app, "notes"))
    assert app.records.count("notes") == 0
