"""Records of which a rule shows some fields alone: the others are neither sent nor told apart by filters and sorts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

import pytest

from oneclick.core import OneClick
from oneclick.records import Record
from oneclick.testing import TestApi, make_superuser, make_user
from oneclick_hooks import hookimpl

CARDS, NOTES = "/api/collections/cards/records", "/api/collections/notes/records"
OWN = "owner = @request.auth.id"
PARTLY = {"id", "title", "collectionId", "collectionName"}


def relation(name: str, collection: str, most: int = 1) -> dict[str, Any]:
    return {"name": name, "type": "relation", "collectionId": collection, "maxSelect": most}


def collections() -> list[dict[str, Any]]:
    texts = [{"name": name, "type": "text"} for name in ("title", "secret")]
    return [
        {
            "name": "cards",
            "type": "base",
            "listRule": OWN,
            "viewRule": OWN,
            "createRule": "",
            "updateRule": "",
            "fields": [
                *texts,
                {"name": "data", "type": "json"},
                {"name": "tags", "type": "select", "values": ["s", "t"], "maxSelect": 2},
                relation("owner", "users"),
                relation("boss", "cards"),
                relation("peers", "cards", 9),
            ],
        },
        {
            "name": "notes",
            "type": "base",
            "listRule": "",
            "viewRule": "",
            "fields": [{"name": "text", "type": "text"}, relation("card", "cards"), relation("cards", "cards", 9)],
        },
    ]


def extension() -> Mapping[str, Any]:
    rule = "title != '' // everybody's"
    return {"cards": {"rules": {"listRule": rule, "viewRule": rule}, "shows": ["title"]}}


@pytest.fixture
def house(plugged: Callable[..., OneClick]) -> OneClick:
    cards = SimpleNamespace(__name__="cards", register_collections=hookimpl(collections))
    shared = SimpleNamespace(__name__="shared", extend_collections=hookimpl(extension))
    return plugged(cards, shared)


@pytest.fixture
def guest(house: OneClick) -> TestApi:
    return TestApi(house)


@pytest.fixture
def ann(house: OneClick) -> Record:
    return make_user(house, "ann@example.com", username="ann")


@pytest.fixture
def bob(house: OneClick) -> Record:
    return make_user(house, "bob@example.com", username="bob")


@pytest.fixture
def ids(house: OneClick, ann: Record, bob: Record) -> dict[str, str]:
    """Ann's card a; Bob's cards b, which says much, and c; notes on them."""
    made: dict[str, str] = {}

    def add(key: str, collection: str, **values: Any) -> None:
        made[key] = house.records.save(house.records.new(collection, values)).id

    add("a", "cards", title="a", secret="x", owner=ann.id)
    b = {"secret": "y", "boss": made["a"], "peers": [made["a"]], "data": {"k": 1}, "tags": ["s"]}
    add("b", "cards", title="b", owner=bob.id, **b)
    add("c", "cards", title="c", secret="z", owner=bob.id)
    add("one", "notes", text="one", card=made["b"])
    add("many", "notes", text="many", cards=[made["a"], made["b"]])
    return made


def found(api: TestApi, path: str, ids: Mapping[str, str], **query: str) -> str:
    answer = api.get(path, query_string=query)
    assert answer.status_code == 200, answer.text
    names = {record: name for name, record in ids.items()}
    return " ".join(sorted(names[item["id"]] for item in answer.get_json()["items"]))


@pytest.mark.parametrize(
    ("path", "filter", "whole", "partly"),
    [
        (CARDS, "title = 'b'", "b", "b"),
        (CARDS, "secret = 'y'", "b", ""),
        (CARDS, "secret:lower = 'y'", "b", ""),
        (CARDS, "secret != 'x'", "b c", ""),
        (CARDS, "secret !~ 'x'", "b c", ""),
        (CARDS, "'y' = secret", "b", ""),
        (CARDS, "title = secret || secret = 'y'", "b", ""),
        (CARDS, "strftime('', secret) = ''", "b c", "a"),
        (CARDS, "data.k = 1", "b", ""),
        (CARDS, "data:lower ~ 'k'", "b", ""),
        (CARDS, "tags:each ?= 's'", "b", ""),
        (CARDS, "tags:length = 1", "b", ""),
        (CARDS, "tags ~ 's'", "b", ""),
        (CARDS, "boss = '{a}'", "b", ""),
        (CARDS, "boss.id = '{a}'", "b", ""),
        (CARDS, "boss.title = 'a'", "b", ""),
        (CARDS, "boss:length = 1", "b", ""),
        (CARDS, "peers.title ?= 'a'", "b", ""),
        (CARDS, "peers:each ?= '{a}'", "b", ""),
        (CARDS, "peers:length = 1", "b", ""),
        (CARDS, "cards_via_boss.title = 'b'", "a", ""),
        (CARDS, "cards_via_peers.title ?= 'b'", "a", ""),
        (CARDS, "cards_via_boss.secret = 'y'", "a", ""),
        (CARDS, "notes_via_card.text ?= 'one'", "b", "b"),
        (CARDS, "notes_via_card.card.secret ?= 'y'", "b", ""),
        (NOTES, "card.title = 'b'", "one", "one"),
        (NOTES, "card.secret = 'y'", "one", ""),
        (NOTES, "card.secret > 'x'", "one", ""),
        (NOTES, "card.data.k = 1", "one", ""),
        (NOTES, "card.boss.title = 'a'", "one", ""),
        (NOTES, "card.boss = '{a}'", "one", ""),
        (NOTES, "cards.secret ?= 'y'", "many", ""),
        (NOTES, "cards.title ?= 'b'", "many", "many"),
        (NOTES, "cards.cards_via_boss.title ?= 'b'", "many", ""),
    ],
)
def test_filters_match_what_is_seen(
    guest: TestApi, ann: Record, bob: Record, ids: dict[str, str], path: str, filter: str, whole: str, partly: str
) -> None:
    asked = filter.format(**ids)
    assert found(guest.acting(bob), path, ids, filter=asked) == whole
    assert found(guest.acting(ann), path, ids, filter=asked) == partly


@pytest.mark.parametrize(
    ("filter", "first", "second"),
    [
        ("cards.secret = '{}'", "x", "y"),
        ("cards.secret <= '{}'", "x", "y"),
        ("cards.boss.title != '{}'", "a", "q"),
        ("strftime('', cards.secret) = '{}'", "", ""),
    ],
)
def test_all_of_them_means_all_that_are_seen(
    guest: TestApi, house: OneClick, ann: Record, ids: dict[str, str], filter: str, first: str, second: str
) -> None:
    """What the unseen card of the note holds changes no answer."""
    before = [found(guest.acting(ann), NOTES, ids, filter=filter.format(value)) for value in (first, second)]
    card = house.records.find("cards", ids["b"])
    assert card is not None
    for secret, boss in (("x", ""), ("a", ids["c"]), ("", ids["b"])):
        card["secret"], card["boss"] = secret, boss
        house.records.save(card)
        after = [found(guest.acting(ann), NOTES, ids, filter=filter.format(value)) for value in (first, second)]
        assert after == before
    assert found(guest.acting(ann), NOTES, ids, filter="cards.secret = 'x' && cards.title ?= 'a'") == "many"


@pytest.mark.parametrize("name", ["secret", "data.k", "boss", "boss.title", "peers:length", "tags", "owner.id"])
def test_no_order_by_what_is_not_seen(guest: TestApi, bob: Record, ids: dict[str, str], name: str) -> None:
    def order(api: TestApi, sort: str) -> list[str]:
        answer = api.get(CARDS, query_string={"sort": sort, "filter": "title > 'a'"})
        assert answer.status_code == 200, answer.text
        return [item["title"] for item in answer.get_json()["items"]]

    assert order(guest, f"{name},title") == order(guest, f"-{name},title") == ["b", "c"]
    assert order(guest, "-title") == ["c", "b"]
    if name != "owner.id":
        assert order(guest.acting(bob), f"{name},title") != order(guest.acting(bob), f"-{name},title")


def test_answers_show_what_is_seen(guest: TestApi, ann: Record, bob: Record, ids: dict[str, str]) -> None:
    listed = {item["title"]: item for item in guest.acting(ann).get(CARDS).get_json()["items"]}
    assert set(listed["b"]) == PARTLY
    assert listed["a"]["secret"] == "x"
    viewed = guest.acting(ann).get(f"{CARDS}/{ids['b']}", query_string={"expand": "boss,peers,owner"}).get_json()
    assert set(viewed) == PARTLY
    assert guest.acting(bob).get(f"{CARDS}/{ids['b']}").get_json()["secret"] == "y"
    assert set(guest.get(f"{CARDS}/{ids['a']}").get_json()) == PARTLY


def test_expanding_shows_what_is_seen(guest: TestApi, ann: Record, bob: Record, ids: dict[str, str]) -> None:
    note = guest.acting(ann).get(f"{NOTES}/{ids['one']}", query_string={"expand": "card.boss"}).get_json()
    assert set(note["expand"]["card"]) == PARTLY
    back = {"expand": "cards_via_boss,cards_via_peers"}
    assert "expand" not in guest.acting(ann).get(f"{CARDS}/{ids['a']}", query_string=back).get_json()
    seen = guest.acting(bob).get(f"{CARDS}/{ids['a']}", query_string=back).get_json()
    assert set(seen["expand"]) == {"cards_via_boss", "cards_via_peers"}
    assert "secret" not in seen


def test_whoever_makes_a_record_is_shown_it_whole(guest: TestApi, bob: Record, ids: dict[str, str]) -> None:
    made = guest.post(CARDS, {"title": "d", "secret": "w", "owner": bob.id}).get_json()
    assert made["secret"] == "w"
    assert set(guest.get(f"{CARDS}/{made['id']}").get_json()) == PARTLY
    changed = guest.patch(f"{CARDS}/{made['id']}", {"title": "e"})
    assert (changed.status_code, set(changed.get_json())) == (200, PARTLY)


def test_a_rule_of_the_collection_that_lets_everybody_see_shows_everything(
    guest: TestApi, house: OneClick, ids: dict[str, str]
) -> None:
    house.collections.update(house.collections.require("cards"), {"viewRule": ""})
    assert guest.get(f"{CARDS}/{ids['b']}").get_json()["secret"] == "y"
    assert found(guest, CARDS, ids, filter="secret = 'y'") == "b"


def test_superusers_see_everything(guest: TestApi, house: OneClick, ids: dict[str, str]) -> None:
    boss = guest.acting(make_superuser(house))
    assert found(boss, CARDS, ids, filter="secret = 'y'") == "b"
    assert boss.get(f"{CARDS}/{ids['b']}").get_json()["secret"] == "y"
