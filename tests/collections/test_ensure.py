from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from oneclick.collections import Collections
from oneclick.db import Database


def definition(**changes: Any) -> dict[str, Any]:
    return {
        "name": "notes",
        "type": "base",
        "listRule": "",
        "fields": [{"type": "text", "name": "title", "required": True}, {"type": "number", "name": "stars"}],
        "indexes": ["CREATE INDEX `idx_notes_title` ON `notes` (`title`)"],
    } | changes


def columns(database: Database, table: str) -> set[str]:
    with database.connection() as connection:
        return {column["name"] for column in sa.inspect(connection).get_columns(table)} - {"_rowid"}


def indexes(database: Database, table: str) -> set[str]:
    with database.connection() as connection:
        return {str(index["name"]) for index in sa.inspect(connection).get_indexes(table)}


def test_system_collections_are_pocketbases(collections: Collections) -> None:
    ids = {collection.name: collection.id for collection in collections.all()}
    assert ids == {
        "_authOrigins": "pbc_4275539003",
        "_externalAuths": "pbc_2281828961",
        "_mfas": "pbc_2279338944",
        "_otps": "pbc_1638494021",
        "_superusers": "pbc_3142635823",
        "users": "_pb_users_auth_",
    }
    users = collections.require("users")
    assert {field.name: field.id for field in users.fields}["email"] == "email3885137012"
    assert users.field("password").hidden  # type: ignore[union-attr]
    assert users.unique_fields == {"tokenKey", "email", "username"}
    assert users.options["passwordAuth"]["identityFields"] == ["email", "username"]
    assert collections.require("_superusers").options["authToken"]["duration"] == 86400


def test_secrets_of_tokens_are_not_shown(collections: Collections) -> None:
    users = collections.require("users")
    assert len(users.options["authToken"]["secret"]) == 50
    assert users.to_json()["authToken"] == {"duration": 432000}


def test_sign_up_is_closed_unless_asked_for(database: Database) -> None:
    for signup, rule in ((False, None), (True, "")):
        collections = Collections(database, signup=signup)
        collections.ensure()
        users = collections.require("users")
        assert users.rule("create") == rule
        assert users.to_json()["createRule"] == ""


def test_a_start_without_news_writes_nothing(database: Database, collections: Collections) -> None:
    collections.ensure([("p", definition())])
    version = collections.version
    again = Collections(database)
    again.ensure([("p", definition())])
    assert again.version == version


def test_new_fields_and_indexes_come_and_what_superusers_did_stays(
    database: Database, collections: Collections
) -> None:
    collections.ensure([("p", definition())])
    notes = collections.require("notes")
    fields = [field.to_dict() for field in notes.fields]
    collections.update(notes, {"fields": [*fields, {"type": "text", "name": "own"}], "listRule": "title != ''"})

    more = [*definition()["fields"], {"type": "bool", "name": "done"}]
    index = "CREATE UNIQUE INDEX `idx_notes_done` ON `notes` (`title`, `stars`) WHERE `title` != ''"
    changed = definition(fields=more, indexes=[*definition()["indexes"], index], viewRule="stars > 1")
    again = Collections(database)
    assert again.ensure([("p", changed)]) == []
    notes = again.require("notes")
    assert columns(database, "notes") == {"id", "title", "stars", "own", "done"}
    assert indexes(database, "notes") >= {"idx_notes_title", "idx_notes_done"}
    # The plugin did not change the list rule, so the superuser's stays; the view rule is news.
    assert (notes.rule("list"), notes.rule("view")) == ("title != ''", "stars > 1")


def test_a_field_that_a_plugin_drops_keeps_its_data_and_is_no_longer_required(collections: Collections) -> None:
    collections.ensure([("p", definition())])
    collections.ensure([("p", definition(fields=[{"type": "number", "name": "stars"}], indexes=[]))])
    title = collections.require("notes").field("title")
    assert title is not None
    assert not title.required


def test_extensions_add_fields_and_rules_that_are_not_stored(database: Database, collections: Collections) -> None:
    extension = {
        "users": {"fields": [{"type": "text", "name": "motto"}], "rules": {"listRule": "motto = 'x' // why"}},
        "nowhere": {"fields": [{"type": "text", "name": "motto"}]},
    }
    assert collections.ensure([], [("p", extension)]) == []
    users = collections.require("users")
    assert "motto" in columns(database, "users")
    assert users.rule("list") == "(id = @request.auth.id\n) || (motto = 'x' // why\n)"
    assert users.to_json()["listRule"] == "id = @request.auth.id"
    without = Collections(database)
    without.ensure()
    assert without.require("users").rule("list") == "id = @request.auth.id"


def test_a_rule_of_a_plugin_opens_what_is_for_superusers_alone(collections: Collections) -> None:
    collections.ensure([("p", definition())], [("q", {"notes": {"rules": {"deleteRule": "stars = 1"}}})])
    notes = collections.require("notes")
    assert (notes.rule("delete"), notes.rule("list"), notes.rule("update")) == ("stars = 1", "", None)


def test_a_plugin_with_a_bad_definition_is_named_and_the_rest_is_made(collections: Collections) -> None:
    bad = definition(name="bad", fields=[{"type": "nonsense", "name": "x"}])
    worse = definition(name="worse", indexes=["CREATE INDEX `i` ON `worse` (`nowhere`)"])
    failures = collections.ensure([("bad", bad), ("worse", worse), ("good", definition())])
    assert [name for name, _ in failures] == ["bad", "worse"]
    assert collections.get("notes") is not None
    assert collections.get("worse") is None


def test_a_bad_extension_is_its_own_plugins_fault(collections: Collections) -> None:
    extensions = [
        ("q", {"notes": {"fields": [{"type": "nonsense", "name": "x"}]}}),
        ("r", {"notes": {"rules": {"x": ""}}}),
    ]
    failures = collections.ensure([("p", definition())], extensions)  # type: ignore[arg-type]
    assert sorted(name for name, _ in failures) == ["q", "r"]
    assert collections.get("notes") is not None


def test_relations_may_name_a_collection_that_is_declared_later(collections: Collections) -> None:
    child = definition(name="child", indexes=[], fields=[{"type": "relation", "name": "of", "collectionId": "notes"}])
    assert collections.ensure([("p", child), ("p", definition())]) == []
    assert collections.require("child").relation_fields[0].collection_id == collections.require("notes").id


def test_collections_of_a_plugin_that_is_off_are_guarded(database: Database, collections: Collections) -> None:
    from oneclick.errors import Unavailable

    collections.ensure([("p", definition())])
    collections.check_plugin(collections.require("notes"))
    without = Collections(database)
    without.ensure(active_plugins=["q"])
    with pytest.raises(Unavailable) as caught:
        without.check_plugin(without.require("notes"))
    assert caught.value.data["plugin"]["code"] == "plugin_off"
    without.check_plugin(without.require("users"))


def test_several_processes_may_start_at_once(database: Database, database_url: str) -> None:
    import subprocess
    import sys

    code = (
        "from oneclick.db import Database; from oneclick.collections import Collections; "
        f"Collections(Database({database_url!r})).ensure()"
    )
    processes = [subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE) for _ in range(3)]
    for process in processes:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors.decode()
