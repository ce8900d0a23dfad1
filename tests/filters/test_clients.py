"""What clients that are no superusers may ask (as the real PocketBase 0.40.6 answered, except for sorting, and for "all
of them", which there includes rows that the list rule hides: what they hold could be found out by trying)."""

import pytest

from oneclick.errors import Forbidden
from oneclick.filters import FilterError
from tests.filters.kit import World, collection


@pytest.fixture(scope="module")
def world(engine):
    world = World(
        engine,
        collection("tags", rules={"list": "a='red'"}, a="text"),
        collection("closed", rules={"list": None}, a="text"),
        collection("ring", rules={"list": "posts_via_one.t ?= 'r'"}, a="text"),
        collection("posts", t="text", m={"to": "tags", "maxSelect": 5}, one={"to": "tags"}, c={"to": "closed"},
                   ring={"to": "ring"}, secret={"type": "text", "hidden": True}, h={"to": "tags", "hidden": True}),
        collection("notes", rules={"list": "stars>1"}, p={"to": "posts"}, stars="number", t="text"),
        collection("people", type="auth", email="email", emailVisibility="bool", verified="bool"),
        collection("letters", sender={"to": "people"}, readers={"to": "people", "maxSelect": 5}),
    )  # fmt: skip
    world.add("tags", id="red", a="red")
    world.add("tags", id="blue", a="blue")
    world.add("posts", id="none", t="none")
    world.add("posts", id="r", t="r", m=["red"], one="red")
    world.add("posts", id="rb", t="rb", m=["red", "blue"], one="blue", secret="x")
    world.add("posts", id="b", t="b", m=["blue"])
    world.add("notes", id="n1", p="r", stars=5, t="one")
    world.add("notes", id="n2", p="r", stars=1, t="two")
    world.add("notes", id="n3", p="rb", stars=1, t="red")
    world.add("people", id="open", email="open@x.com", emailVisibility=True)
    world.add("people", id="shy", email="shy@x.com")
    world.add("letters", id="l1", sender="open", readers=["shy"])
    world.add("letters", id="l2", sender="shy", readers=["open", "shy"])
    return world


def find(world, name, filter="", sort=""):
    return " ".join(world.find(name, filter, sort, client=True, see_hidden=False))


@pytest.mark.parametrize(
    ("filter", "expected"),
    [
        ("m.a ?= 'red'", "r rb"),
        ("m.a = 'red'", "r rb"),
        ("m.a ?= 'blue'", ""),
        ("m.a = 'blue'", ""),
        ("m.a != 'zz'", "none r rb"),
        ("m.a ?!= 'zz'", "none r rb"),
        ("one.a = 'red'", "r"),
        ("one.a = 'blue'", ""),
        ("one.a != 'red'", "none b"),
        ("one.a != 'zz'", "none r b"),
        ("t = 'b' || m.a ?= 'zz'", ""),
        ("t = 'rb' || one.a = 'zz'", ""),
        ("one.id = 'blue'", "rb"),
        ("m.id ?= 'blue'", ""),
        ("m:each ?= 'blue'", "rb b"),
        ("m:length = 2", "rb"),
        ("c = ''", "none r rb b"),
        ("c.id = ''", "none r rb b"),
        ("notes_via_p.t ?= 'one'", "r"),
        ("notes_via_p.t ?= 'two'", ""),
        ("notes_via_p.t ?= 'red'", ""),
        ("notes_via_p.t != 'zz'", "none r b"),
        ("notes_via_p.t ?!= 'zz'", "none r b"),
    ],
)
def test_list_rules_of_related_records_hold(world, filter, expected):
    assert find(world, "posts", filter) == expected


@pytest.mark.parametrize(
    "filter", ["c.a = 'x'", "c.a = 'x' || t = 'r'", "secret = 'x'", "secret:lower = 'x'", "h.a = 'x'", "h = ''"]
)
def test_hidden_and_closed_fields_are_refused(world, filter):
    with pytest.raises(FilterError):
        find(world, "posts", filter)
    with pytest.raises(FilterError):
        find(world, "posts", sort=filter.split(" ")[0])


def test_superusers_see_hidden_fields(world):
    assert world.find("posts", "secret = 'x'", client=True) == ["rb"]


@pytest.mark.parametrize("name", ["@request.", "@collection."])
@pytest.mark.parametrize("text", ["t = '{}x'", "t = 'r' // {}", "{}auth.id = ''"])
def test_superusers_names_are_forbidden(world, name, text):
    with pytest.raises(Forbidden, match=f"Only superusers can filter by {name}"):
        find(world, "posts", text.format(name))
    with pytest.raises(Forbidden):
        find(world, "posts", sort=name + "x")


@pytest.mark.parametrize(
    ("collection", "filter", "expected"),
    [
        ("people", "email ~ 'x.com'", "open"),
        ("people", "email != ''", "open"),
        ("people", "email = 'shy@x.com' || id = 'shy'", "shy"),
        ("letters", "sender.email ~ 'x'", "l1"),
        ("letters", "readers.email ?~ 'x'", "l2"),
    ],
)
def test_addresses_match_where_they_are_visible(world, collection, filter, expected):
    assert find(world, collection, filter) == expected


def test_sorting_does_not_reveal_what_may_not_be_listed(world):
    assert find(world, "posts", sort="one.a,id") == "b none rb r"
    assert find(world, "posts", sort="-m.a,-id") == "rb r none b"
    assert find(world, "people", sort="-email") == "open shy"


def test_a_list_rule_with_relations_of_its_own(world):
    world.add("ring", id="ring1", a="x")
    world.add("posts", id="p1", t="p1", ring="ring1")
    world.collections["ring"].rules["list"] = "posts_via_ring.t ?= 'nobody'"
    assert find(world, "posts", "ring.a = 'x'") == ""
    world.collections["ring"].rules["list"] = "posts_via_ring.t = 'p1'"
    assert find(world, "posts", "ring.a = 'x'") == "p1"


def test_long_filters_of_clients_are_refused(world):
    long = "t = '" + "x" * 3500 + "'"
    assert world.find("posts", long) == []
    for see_hidden in (True, False):
        with pytest.raises(FilterError, match="longer than 3500"):
            world.find("posts", long, client=True, see_hidden=see_hidden)
