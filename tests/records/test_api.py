from __future__ import annotations

from typing import Any

import pytest

from oneclick.errors import ApiError, BadRequest, Forbidden, NotFound, ValidationError
from oneclick.records import RequestInfo, create_record, delete_record, list_page, update_record, view_record
from tests.records.conftest import App

GUEST = RequestInfo()
FORBIDDEN = "Only superusers can perform this action."


def outcome(call: Any, *arguments: Any) -> Any:
    try:
        return call(*arguments)
    except ApiError as error:
        return error.status, error.message, error.data


def make(app: App, *titles: str, **values: Any) -> list[str]:
    return [app.records.save(app.records.new("notes", {"title": title} | values)).id for title in titles]


def titles(page: dict[str, Any]) -> list[str]:
    return [item["title"] for item in page["items"]]


def rules(app: App, **changes: Any) -> Any:
    return app.collections.update(app.collections.require("notes"), {f"{k}Rule": v for k, v in changes.items()})


def test_rule_null_is_for_superusers_alone(app: App, notes: Any, superuser: RequestInfo) -> None:
    notes = rules(app, list=None, view=None, create=None, update=None, delete=None)
    (record_id,) = make(app, "a")
    body = GUEST.with_body({"title": "b"})
    for call in (
        (list_page, notes, GUEST), (view_record, notes, record_id, GUEST), (create_record, notes, body),
        (update_record, notes, "missing", body), (delete_record, notes, "missing", GUEST),
    ):  # fmt: skip
        assert outcome(call[0], app.records, *call[1:]) == (403, FORBIDDEN, {})
    assert list_page(app.records, notes, superuser)["totalItems"] == 1
    create_record(app.records, notes, superuser.with_body({"title": "b"}))
    update_record(app.records, notes, record_id, superuser.with_body({"title": "c"}))
    delete_record(app.records, notes, record_id, superuser)
    assert titles(list_page(app.records, notes, superuser)) == ["b"]


def test_rule_that_does_not_hold(app: App, notes: Any) -> None:
    rule = "stars > 1"
    notes = rules(app, list=rule, view=rule, create=rule, update=rule, delete=rule)
    (low,) = make(app, "low", stars=1)
    (high,) = make(app, "high", stars=2)
    assert titles(list_page(app.records, notes, GUEST)) == ["high"]
    missing = (404, "The requested resource wasn't found.", {})
    body = GUEST.with_body({"stars": 5})
    for record_id in (low, "missing"):
        assert outcome(view_record, app.records, notes, record_id, GUEST) == missing
        assert outcome(update_record, app.records, notes, record_id, body) == missing
        assert outcome(delete_record, app.records, notes, record_id, GUEST) == missing
    # The create rule sees the would-be values, and hides what the validation would say.
    refused = (400, "Failed to create record.", {})
    assert outcome(create_record, app.records, notes, GUEST.with_body({"stars": 1, "title": ""})) == refused
    assert create_record(app.records, notes, GUEST.with_body({"stars": 2, "title": "x"}))["stars"] == 2
    # The update rule sees the stored values as plain names.
    assert update_record(app.records, notes, high, GUEST.with_body({"stars": 0}))["stars"] == 0


def test_rules_about_the_body(app: App, notes: Any) -> None:
    notes = rules(
        app,
        create="@request.body.title = 'ok' && @request.body.meta:isset = false",
        update="@request.body.stars:changed = false || @request.body.stars = 3",
    )
    assert outcome(create_record, app.records, notes, GUEST.with_body({"title": "no"}))[0] == 400
    assert outcome(create_record, app.records, notes, GUEST.with_body({"title": "ok", "meta": 1}))[0] == 400
    record = create_record(app.records, notes, GUEST.with_body({"title": "ok", "stars": 1}))
    assert outcome(update_record, app.records, notes, record["id"], GUEST.with_body({"stars": 2}))[0] == 404
    # Modifiers are resolved before the rule sees them.
    assert update_record(app.records, notes, record["id"], GUEST.with_body({"stars+": 2}))["stars"] == 3
    assert update_record(app.records, notes, record["id"], GUEST.with_body({"stars": 3, "title": "t"}))["title"] == "t"


def test_create_rules_follow_relations_of_the_new_record(app: App, notes: Any) -> None:
    ann, bob = app.user("ann"), app.user("bob")
    notes = rules(app, create="@request.auth.id != '' && owner.id = @request.auth.id && owner.username = 'ann'")
    by_ann, by_bob = (RequestInfo(auth=user, body={"title": "x", "owner": user.id}) for user in (ann, bob))
    assert create_record(app.records, notes, by_ann)["owner"] == ann.id
    assert outcome(create_record, app.records, notes, by_bob)[0] == 400
    assert outcome(create_record, app.records, notes, by_ann.with_body({"title": "x", "owner": bob.id}))[0] == 400


def test_a_rule_that_no_longer_works_lets_nobody_through(app: App, notes: Any, caplog: Any) -> None:
    from oneclick.collections import rows

    make(app, "a")
    broken = {f"{action}Rule": "nowhere = 1" for action in ("list", "view", "create", "update", "delete")}
    with app.database.transaction() as transaction:
        from oneclick.collections.definition import changed_collection

        changed = changed_collection(notes, broken)
        rows.update(transaction.connection, changed)
    assert outcome(list_page, app.records, changed, GUEST)[0] == 400
    assert outcome(view_record, app.records, changed, "x", GUEST)[0] == 404
    assert outcome(create_record, app.records, changed, GUEST.with_body({"title": "x"}))[0] == 400


def test_pages(app: App, notes: Any) -> None:
    make(app, *(f"{number:02}" for number in range(35)))

    def page(**query: str) -> Any:
        return outcome(list_page, app.records, notes, RequestInfo(query=query))

    first = page()
    assert (first["page"], first["perPage"], first["totalItems"], first["totalPages"]) == (1, 30, 35, 2)
    assert titles(first) == [f"{number:02}" for number in range(30)]
    assert titles(page(page="2")) == ["30", "31", "32", "33", "34"]
    assert page(page="9") == {"items": [], "page": 9, "perPage": 30, "totalItems": 35, "totalPages": 2}
    assert (page(page="-3", perPage="-1")["page"], page(perPage="5000")["perPage"]) == (1, 1000)
    skipped = page(skipTotal="1", perPage="2")
    assert (skipped["totalItems"], skipped["totalPages"], len(skipped["items"])) == (-1, -1, 2)
    for wrong in ({"page": "x"}, {"perPage": "1.5"}, {"skipTotal": "yes"}, {"page": "9" * 30}):
        assert page(**wrong) == (400, "Something went wrong while processing your request.", {})
    assert titles(page(sort="-title", perPage="2")) == ["34", "33"]
    assert titles(page(filter="title >= '30' && title != '32'", sort="-@rowid")) == ["34", "33", "31", "30"]


def test_what_clients_may_not_filter_by(app: App, notes: Any, superuser: RequestInfo) -> None:
    make(app, "a", secretive="x")

    def page(request: RequestInfo = GUEST, **query: str) -> Any:
        return outcome(list_page, app.records, notes, RequestInfo(query=query, auth=request.auth))

    assert page(filter="secretive = 'x'")[0] == 400
    assert page(sort="secretive")[0] == 400
    assert page(filter="nowhere = 1")[0] == 400
    assert page(filter="@request.auth.id = ''") == (403, "Only superusers can filter by @request.", {})
    assert page(filter="@collection.users.id = ''") == (403, "Only superusers can filter by @collection.", {})
    assert page(superuser, filter="secretive = 'x' && @request.auth.id != ''")["totalItems"] == 1


def test_hidden_fields(app: App, notes: Any, superuser: RequestInfo) -> None:
    body = {"title": "a", "secretive": "x"}
    by_guest = create_record(app.records, notes, GUEST.with_body(body))
    assert "secretive" not in by_guest
    assert app.records.find("notes", by_guest["id"])["secretive"] == ""  # type: ignore[index]
    assert create_record(app.records, notes, superuser.with_body(body))["secretive"] == "x"


def test_the_json_of_a_record(app: App, notes: Any) -> None:
    body = {"title": "a", "stars": "7", "tags": "red", "nonsense": 1, "created": "2001-01-01", "id": "abcdefghijklmno"}
    data = create_record(app.records, notes, GUEST.with_body(body))
    dates = data.pop("created"), data.pop("updated")
    assert dates[0] == dates[1] > "2026"
    assert list(data) == [*sorted(set(data) - {"collectionId", "collectionName"}), "collectionId", "collectionName"]
    assert data == {
        "id": "abcdefghijklmno", "title": "a", "stars": 7, "tags": ["red"], "meta": None, "owner": "", "one": "",
        "many": [], "collectionId": notes.id, "collectionName": "notes",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, {"title": "validation_required"}),
        ({"title": "a" * 21}, {"title": "validation_max_text_constraint"}),
        ({"title": "a", "tags": ["pink"]}, {"tags": "validation_invalid_value"}),
        ({"title": "a", "owner": "nobody"}, {"owner": "validation_missing_rel_records"}),
        ({"title": "a", "one": "unknown.png"}, {"one": "validation_invalid_file"}),
        ({"title": "a", "id": "short"}, {"id": "validation_min_text_constraint"}),
        ({"title": "a", "id": "ABCDEFGHIJKLMNO"}, {"id": "validation_invalid_format"}),
        ({"title": "a\0"}, {"title": "validation_invalid_format"}),
        ({"title": "", "tags": ["pink"]}, {"title": "validation_required", "tags": "validation_invalid_value"}),
    ],
)
def test_validation(app: App, notes: Any, body: dict[str, Any], errors: dict[str, str]) -> None:
    status, message, data = outcome(create_record, app.records, notes, GUEST.with_body(body))
    assert (status, message) == (400, "Failed to create record.")
    assert {name: leaf["code"] for name, leaf in data.items()} == errors


def test_ids_and_unique_values(app: App, notes: Any) -> None:
    notes = app.collections.update(
        notes, {"indexes": ["CREATE UNIQUE INDEX `u` ON `notes` (`title`, `stars`) WHERE `title` != ''"]}
    )
    body = {"title": "a", "stars": 1, "id": "abcdefghijklmno"}
    create_record(app.records, notes, GUEST.with_body(body))
    leaf = {"code": "validation_not_unique", "message": "Value must be unique."}
    twice = outcome(create_record, app.records, notes, GUEST.with_body(body | {"id": ""}))
    assert twice == (400, "Failed to create record.", {"title": leaf, "stars": leaf})
    taken = outcome(create_record, app.records, notes, GUEST.with_body(body | {"title": "b"}))
    assert taken == (400, "Failed to create record.", {"id": leaf})
    changed = outcome(update_record, app.records, notes, body["id"], GUEST.with_body({"id": "onmlkjihgfedcba"}))
    assert changed[2]["id"]["code"] == "validation_pk_change"


def test_a_unique_violation_in_a_transaction_leaves_it_usable(app: App, notes: Any) -> None:
    make(app, "a", id="abcdefghijklmno")
    with app.database.transaction():
        with pytest.raises(ValidationError):
            make(app, "b", id="abcdefghijklmno")
        make(app, "c")
    assert titles(list_page(app.records, notes, GUEST)) == ["a", "c"]


@pytest.mark.parametrize(
    ("before", "body", "after"),
    [
        ({"stars": 5}, {"stars+": 2}, {"stars": 7}),
        ({"stars": 5}, {"stars-": "2"}, {"stars": 3}),
        ({"stars": 5}, {"stars+": 2, "stars": 1}, {"stars": 3}),
        ({"tags": ["red"]}, {"tags+": ["blue", "red"]}, {"tags": ["red", "blue"]}),
        ({"tags": ["red"]}, {"+tags": "blue"}, {"tags": ["blue", "red"]}),
        ({"tags": ["red", "blue"]}, {"tags-": "red"}, {"tags": ["blue"]}),
        ({}, {"title:autogenerate": "pre-"}, {"title": "pre-"}),
        ({"meta": {"a": 1}}, {"meta+": 5}, {"meta": {"a": 1}}),
    ],
)
def test_modifiers(app: App, notes: Any, before: dict[str, Any], body: dict[str, Any], after: dict[str, Any]) -> None:
    (record_id,) = make(app, "x", **before)
    data = update_record(app.records, notes, record_id, GUEST.with_body(body))
    assert {name: data[name] for name in after} == after


def test_a_record_read_takes_one_connection_and_one_statement(app: App, notes: Any) -> None:
    (record_id,) = make(app, "a")
    view_record(app.records, notes, record_id, GUEST)
    taken = []
    import sqlalchemy as sa

    sa.event.listen(app.database.engine, "engine_connect", lambda connection: taken.append(1))
    with app.counting() as statements:
        view_record(app.records, notes, record_id, GUEST)
    assert (len(taken), len(statements)) == (1, 1)
    taken.clear()
    with app.counting() as statements:
        list_page(app.records, notes, RequestInfo(query={"perPage": "1", "filter": "stars = 0"}))
    assert len(taken) == 1
    assert len(statements) <= 2


def test_enrich_hooks_hide_and_add(app: App, notes: Any) -> None:
    def enrich(event: Any) -> None:
        event.hidden.add("stars")
        event.extra["more"] = event.record["title"] * 2

    app.plug(on_record_enrich=enrich)
    data = create_record(app.records, notes, GUEST.with_body({"title": "a"}))
    assert data["more"] == "aa"
    assert "stars" not in data


def test_list_hooks_see_the_records(app: App, notes: Any) -> None:
    make(app, "a", "b")
    from collections.abc import Generator

    def only_first(event: Any) -> Generator[None, Any, Any]:
        result = yield
        event.records = event.records[:1]
        return result

    app.plug(on_records_list_request=only_first)
    page = list_page(app.records, notes, GUEST)
    assert (titles(page), page["totalItems"]) == (["a"], 2)


def test_errors_of_plain_calls(app: App, notes: Any) -> None:
    with pytest.raises(NotFound):
        app.records.list("nowhere")
    with pytest.raises(KeyError):
        app.records.new("notes", {"nowhere": 1})
    with pytest.raises((BadRequest, Forbidden, ValidationError)):
        app.records.save(app.records.new("notes"))


def test_plain_reading(app: App, notes: Any) -> None:
    make(app, "a", "b", "c", stars=2)
    store = app.records
    assert [record["title"] for record in store.list("notes", "title > {:low}", {"low": "a"}, "-title")] == ["c", "b"]
    assert [record["title"] for record in store.list("notes", limit=1, offset=1)] == ["b"]
    first = store.first("notes", "title = {:t}", {"t": "' || 1=1 || '"})
    assert first is None
    assert store.first("notes", sort="-title")["title"] == "c"  # type: ignore[index]
    assert (store.count("notes"), store.count("notes", "stars = 2 && title != 'a'")) == (3, 2)
    assert store.find("notes", "missing") is None


def test_records_know_what_changed(app: App, notes: Any) -> None:
    (record_id,) = make(app, "a", meta={"x": [1]})
    record = app.records.find("notes", record_id)
    assert record is not None
    record["meta"]["x"].append(2)
    record["title"] = "b"
    assert record.changed("meta")
    assert record.original("meta") == {"x": [1]}
    assert (record.changed("title"), record.original("title"), record.changed("stars")) == (True, "a", False)
    app.records.save(record)
    assert (record.changed("title"), record.original("title")) == (False, "b")
    again = app.records.find("notes", record_id)
    assert again is not None
    assert again["meta"] == {"x": [1, 2]}
    assert again["updated"] >= again["created"]
