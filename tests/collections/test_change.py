from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from oneclick.collections import Collection, Collections
from oneclick.db import Database
from oneclick.errors import BadRequest, ValidationError


def make(collections: Collections, **changes: Any) -> Collection:
    data: dict[str, Any] = {
        "name": "notes",
        "fields": [
            {"type": "text", "name": "a"},
            {"type": "text", "name": "b"},
            {"type": "select", "name": "tags", "values": ["x", "y"], "maxSelect": 1},
        ],
    }
    return collections.create(data | changes)


def insert(database: Database, collection: Collection, **values: Any) -> None:
    with database.transaction() as transaction:
        transaction.connection.execute(sa.insert(collection.table), {"id": "r" * 15} | values)


def row(database: Database, collection: Collection) -> dict[str, Any]:
    with database.connection() as connection:
        return dict(connection.execute(sa.select(collection.table)).mappings().one())


def fields(collection: Collection) -> list[dict[str, Any]]:
    return [field.to_dict() for field in collection.fields]


def errors(call: Any, *arguments: Any) -> dict[str, Any]:
    with pytest.raises(ValidationError) as caught:
        call(*arguments)
    return caught.value.data


def test_ids_are_pocketbases(collections: Collections) -> None:
    assert collections.create({"name": "tags"}).id == "pbc_1219621782"


def test_names_can_be_swapped_and_a_field_dropped(database: Database, collections: Collections) -> None:
    notes = make(collections)
    insert(database, notes, a="1", b="2", tags="x")
    changed = fields(notes)
    changed[1]["name"], changed[2]["name"] = "b", "a"
    notes = collections.update(notes, {"fields": changed[:3]})
    assert row(database, notes) == {"id": "r" * 15, "b": "1", "a": "2"}


def test_a_field_without_id_keeps_that_of_its_name(database: Database, collections: Collections) -> None:
    notes = make(collections)
    insert(database, notes, a="1")
    notes = collections.update(notes, {"fields": [{"type": "text", "name": "a", "max": 7}]})
    assert row(database, notes)["a"] == "1"
    assert notes.field("a").max == 7  # type: ignore[union-attr]


def test_single_values_become_lists_and_back(database: Database, collections: Collections) -> None:
    notes = make(collections)
    insert(database, notes, tags="x")
    several = fields(notes)
    several[3]["maxSelect"] = 2
    notes = collections.update(notes, {"fields": several})
    assert row(database, notes)["tags"] == '["x"]'
    several[3]["maxSelect"] = 1
    notes = collections.update(notes, {"fields": several})
    assert row(database, notes)["tags"] == "x"


def test_a_renamed_collection_takes_its_rows_and_indexes_along(database: Database, collections: Collections) -> None:
    notes = make(collections, indexes=["create unique index idx_a on notes (a)"])
    insert(database, notes, a="1")
    renamed = collections.update(notes, {"name": "papers"})
    assert row(database, renamed)["a"] == "1"
    assert renamed.indexes == ("CREATE UNIQUE INDEX `idx_a` ON `papers` (`a`)",)
    with pytest.raises(sa.exc.IntegrityError):
        insert(database, renamed, id="s" * 15, a="1")


def test_a_unique_index_may_ignore_case(database: Database, collections: Collections) -> None:
    notes = make(collections, indexes=["CREATE UNIQUE INDEX `i` ON `notes` (`a` COLLATE NOCASE) WHERE `a` != ''"])
    insert(database, notes, a="Ab")
    insert(database, notes, id="s" * 15, a="")
    insert(database, notes, id="t" * 15, a="")
    with pytest.raises(sa.exc.IntegrityError):
        insert(database, notes, id="u" * 15, a="aB")


def test_text_sorts_by_byte(database: Database, collections: Collections) -> None:
    notes = make(collections)
    for number, text in enumerate(("b", "A", "a", "B", "ä")):
        insert(database, notes, id=f"{number}" * 15, a=text)
    with database.connection() as connection:
        texts = connection.execute(sa.select(notes.table.c.a).order_by(notes.table.c.a)).scalars().all()
    assert texts == ["A", "B", "a", "b", "ä"]


def test_deleting(database: Database, collections: Collections) -> None:
    notes = make(collections)
    other = collections.create(
        {"name": "other", "fields": [{"type": "relation", "name": "of", "collectionId": notes.id}]}
    )
    with pytest.raises(BadRequest, match="existing reference in other"):
        collections.delete(notes)
    collections.delete(other)
    collections.delete(notes)
    assert collections.get("notes") is None
    with database.connection() as connection:
        assert not sa.inspect(connection).has_table("notes")
    with pytest.raises(BadRequest):
        collections.delete(collections.require("_superusers"))


def test_a_change_that_is_rolled_back_is_not_seen(database: Database, collections: Collections) -> None:
    with pytest.raises(RuntimeError), database.transaction():
        make(collections)
        assert collections.get("notes") is not None
        raise RuntimeError
    assert collections.get("notes") is None
    make(collections)


def test_other_processes_hear_of_changes(database: Database, collections: Collections) -> None:
    other = Collections(database)
    other.refresh()
    told = []
    collections.on_changed.append(lambda: told.append(other.refresh()))
    make(collections)
    assert told == [True]
    assert other.require("NOTES").name == "notes"
    assert other.refresh() is False


@pytest.mark.parametrize(
    ("data", "path", "code"),
    [
        ({"name": ""}, "name", "validation_required"),
        ({"name": "a b"}, "name", "validation_match_invalid"),
        ({"name": "a_via_b"}, "name", "validation_found_via"),
        ({"name": "USERS"}, "name", "validation_collection_name_exists"),
        ({"name": "_pb_users_auth_"}, "name", "validation_collection_name_id_duplicate"),
        ({"name": "_params"}, "name", "validation_collection_name_invalid"),
        ({"id": "_pb_users_auth_"}, "id", "validation_invalid_or_existing_id"),
        ({"type": "nonsense"}, "type", "validation_in_invalid"),
        (
            {"fields": [{"type": "text", "name": "a"}, {"type": "text", "name": "A"}]},
            "fields.1.name",
            "validation_duplicated_field_name",
        ),
        (
            {"fields": [{"type": "number", "name": "a", "min": 5, "max": 1}]},
            "fields.1.max",
            "validation_min_number_constraint",
        ),
        (
            {"fields": [{"type": "relation", "name": "a", "collectionId": "zz"}]},
            "fields.1.collectionId",
            "validation_field_relation_missing_collection",
        ),
        ({"indexes": ["DROP TABLE users"]}, "indexes.0", "validation_invalid_index_expression"),
        ({"indexes": ["CREATE INDEX `x` ON `n` (`nowhere`)"]}, "indexes.0", "validation_invalid_index_expression"),
        (
            {"indexes": ["CREATE INDEX `idx_email__pb_users_auth_` ON `n` (`id`)"]},
            "indexes.0",
            "validation_existing_index_name",
        ),
        (
            {"type": "auth", "fields": [{"type": "text", "name": "oldPassword"}]},
            "fields.6.name",
            "validation_reserved_field_name",
        ),
        (
            {"type": "auth", "passwordAuth": {"identityFields": ["zz"]}},
            "passwordAuth.identityFields",
            "validation_missing_field",
        ),
        ({"type": "auth", "manageRule": ""}, "manageRule", "validation_nil_or_not_empty_required"),
        ({"type": "auth", "authToken": {"secret": "short"}}, "authToken.secret", "validation_length_out_of_range"),
    ],
)
def test_bad_definitions_are_named(collections: Collections, data: dict[str, Any], path: str, code: str) -> None:
    found: Any = errors(collections.create, {"name": "n"} | data)
    for step in path.split("."):
        found = found[step]
    assert found["code"] == code
    assert collections.get("n") is None


def test_what_may_not_be_changed(collections: Collections) -> None:
    notes = make(collections)
    wrong = fields(notes)
    wrong[1]["type"] = "number"
    assert (
        errors(collections.update, notes, {"fields": wrong})["fields"]["1"]["type"]["code"]
        == "validation_field_type_change"
    )
    superusers = collections.require("_superusers")
    assert (
        errors(collections.update, superusers, {"listRule": ""})["listRule"]["code"]
        == "validation_collection_system_rule_change"
    )
    assert (
        errors(collections.update, superusers, {"name": "x"})["name"]["code"]
        == "validation_collection_system_name_change"
    )


def test_system_fields_return_when_left_out(collections: Collections) -> None:
    data = {"fields": [], "passwordAuth": {"identityFields": ["email"]}, "indexes": []}
    users = collections.update(collections.require("users"), data)
    assert [field.name for field in users.fields][:3] == ["id", "password", "tokenKey"]


def test_changing_the_auth_rule_ends_all_tokens(collections: Collections) -> None:
    users = collections.require("users")
    secret = users.options["authToken"]["secret"]
    changed = collections.update(users, {"authRule": "verified = true"})
    assert changed.options["authToken"]["secret"] != secret
    same = collections.update(changed, {"authToken": {"duration": 100}})
    assert same.options["authToken"] == {"secret": changed.options["authToken"]["secret"], "duration": 100}
