from __future__ import annotations

from typing import Any

import pytest

from oneclick.records import Record, RequestInfo, list_page, view_record
from oneclick.records.expand import parse_expand
from tests.records.conftest import App

OPEN = {"listRule": "", "viewRule": ""}


@pytest.fixture
def blog(app: App) -> dict[str, Any]:
    """authors ← posts (author, tags*) ← comments (post); profiles (author, unique)."""

    def make(name: str, *relations: dict[str, Any], **more: Any) -> Any:
        fields = [{"type": "text", "name": "name"}, *({"type": "relation"} | item for item in relations)]
        return app.collections.create({"name": name, "fields": fields} | OPEN | more)

    authors, tags = make("authors"), make("tags")
    author = {"name": "author", "collectionId": authors.id}
    posts = make("posts", author, {"name": "tags", "collectionId": tags.id, "maxSelect": 9})
    make("comments", {"name": "post", "collectionId": posts.id})
    make("profiles", author, indexes=["CREATE UNIQUE INDEX `one` ON `profiles` (`author`)"])
    return {"posts": posts, "authors": authors, "tags": tags}


def add(app: App, collection: str, name: str, **values: Any) -> Record:
    return app.records.save(app.records.new(collection, {"name": name} | values))


@pytest.fixture
def post(app: App, blog: dict[str, Any]) -> Record:
    ann = add(app, "authors", "ann")
    red, blue = add(app, "tags", "red"), add(app, "tags", "blue")
    add(app, "profiles", "of ann", author=ann.id)
    found = add(app, "posts", "first", author=ann.id, tags=[blue.id, red.id])
    add(app, "posts", "second", author=ann.id, tags=[red.id])
    for text in ("one", "two"):
        add(app, "comments", text, post=found.id)
    return found


def expand(app: App, post: Record, text: str, request: RequestInfo | None = None) -> Any:
    request = request or RequestInfo()
    asked = RequestInfo(query={"expand": text}, auth=request.auth)
    return names(view_record(app.records, app.collections.require("posts"), post.id, asked).get("expand"))


def names(data: Any) -> Any:
    """Cut expanded records down to their names and what is expanded below them."""
    if isinstance(data, list):
        return [names(item) for item in data]
    if isinstance(data, dict) and "collectionId" in data:
        below = {key: names(value) for key, value in data.get("expand", {}).items()}
        return (data["name"], below) if below else data["name"]
    return {key: names(value) for key, value in data.items()} if isinstance(data, dict) else data


def test_relations(app: App, post: Record) -> None:
    assert expand(app, post, "author") == {"author": "ann"}
    assert expand(app, post, " tags , author ") == {"tags": ["blue", "red"], "author": "ann"}
    assert expand(app, post, "") is None
    assert expand(app, post, "name,nowhere,author.nowhere") == {"author": "ann"}


def test_back_relations(app: App, post: Record) -> None:
    assert expand(app, post, "comments_via_post") == {"comments_via_post": ["one", "two"]}
    assert expand(app, post, "comments(post)") == {"comments(post)": ["one", "two"]}
    assert expand(app, post, "author.profiles_via_author") == {"author": ("ann", {"profiles_via_author": "of ann"})}
    assert expand(app, post, "tags.posts_via_tags") == {
        "tags": [("blue", {"posts_via_tags": ["first"]}), ("red", {"posts_via_tags": ["first", "second"]})]
    }
    assert expand(app, post, "comments_via_nowhere,profiles_via_author,nowhere_via_post") is None


def test_paths_with_the_same_beginning_are_one(app: App, post: Record) -> None:
    found = expand(app, post, "author,author.posts_via_author.tags,author.profiles_via_author")
    posts = [("first", {"tags": ["blue", "red"]}), ("second", {"tags": ["red"]})]
    assert found == {"author": ("ann", {"posts_via_author": posts, "profiles_via_author": "of ann"})}


def test_the_depth_is_limited() -> None:
    tree: Any = parse_expand(".".join("abcdefgh"))
    depth = 0
    while tree:
        (tree,) = tree.values()
        depth += 1
    assert depth == 6


def test_view_rules_decide_what_is_seen(app: App, post: Record, superuser: RequestInfo) -> None:
    tags = app.collections.require("tags")
    app.collections.update(tags, {"viewRule": "name = 'red' && @request.context = 'expand'"})
    assert expand(app, post, "tags") == {"tags": ["red"]}
    app.collections.update(tags, {"viewRule": None})
    assert expand(app, post, "tags") is None
    assert expand(app, post, "tags", superuser) == {"tags": ["blue", "red"]}
    app.collections.update(app.collections.require("comments"), {"viewRule": "name = 'two'"})
    assert expand(app, post, "comments_via_post") == {"comments_via_post": ["two"]}


def test_one_query_a_relation_and_level(app: App, blog: dict[str, Any], post: Record) -> None:
    for number in range(20):
        author = add(app, "authors", f"a{number}")
        more = add(app, "posts", f"p{number}", author=author.id, tags=[add(app, "tags", f"t{number}").id])
        add(app, "comments", "c", post=more.id)
    query = {"expand": "author.profiles_via_author,tags,comments_via_post", "perPage": "100"}
    with app.counting() as statements:
        page = list_page(app.records, blog["posts"], RequestInfo(query=query))
    assert len(page["items"]) == 22
    assert len(statements) == 1 + 4
    assert all(item["expand"]["tags"] for item in page["items"])


def test_missing_targets_are_left_out(app: App, post: Record) -> None:
    with app.database.transaction() as transaction:
        transaction.connection.exec_driver_sql("DELETE FROM tags WHERE name = 'blue'")
        transaction.connection.exec_driver_sql("DELETE FROM authors")
    assert expand(app, post, "author,tags") == {"tags": ["red"]}
