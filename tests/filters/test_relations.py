"""Relations with several rows: "all" against "any", as the real PocketBase 0.40.6 answered (contract §4.3)."""

import pytest

from tests.filters.kit import World, collection


@pytest.fixture(scope="module")
def world(engine):
    world = World(
        engine,
        collection("tags", a="text", w="number", boss={"to": "tags"}),
        collection("posts", t="text", m={"to": "tags", "maxSelect": 5}, one={"to": "tags"}, s={
            "type": "select", "values": ["x", "y"], "maxSelect": 2}, j="json"),
        collection("notes", unique=("only",), p={"to": "posts"}, only={"to": "posts"}, stars="number", t="text"),
    )  # fmt: skip
    world.add("tags", id="red", a="red", w=1)
    world.add("tags", id="blue", a="blue", w=2, boss="red")
    world.add("posts", id="none", t="none")
    world.add("posts", id="r", t="r", m=["red"], one="red", s=["x"], j={"w": 1})
    world.add("posts", id="rb", t="rb", m=["red", "blue"], one="blue", s=["x", "y"], j={"w": 2})
    world.add("posts", id="b", t="b", m=["blue"], s=["y"])
    world.add("notes", id="n1", p="r", only="r", stars=5, t="one")
    world.add("notes", id="n2", p="r", stars=1, t="two")
    world.add("notes", id="n3", p="rb", only="rb", stars=1, t="red")
    return world


POSTS = {
    'm.a = "red"': "r",
    'm.a ?= "red"': "r rb",
    'm.a != "red"': "none b",
    'm.a ?!= "red"': "none rb b",
    'm.a ~ "e"': "r rb b",
    'm.a !~ "red"': "b",
    'm.a = ""': "none",
    'm.a ?= ""': "none",
    "m.w > 0": "r rb b",
    "m.w < 2": "r",
    "m.w ?< 2": "r rb",
    'm:each = "red"': "r",
    'm:each != "red"': "none b",
    'm:each ?= "red"': "r rb",
    'm ?= "red"': "",
    'm ~ "red"': "r rb",
    'm.id ?= "red"': "r rb",
    'm.id = "red"': "r",
    'm = ""': "",
    'm != ""': "none r rb b",
    "m:length = 0": "none",
    "m:length = 2": "rb",
    "m:length > 0": "r rb b",
    "one:length = 0": "none b",
    "one:length = 1": "r rb",
    "m.a != m.a": "",
    "m.a = m.a": "none r b",
    "m.a ?= m.a": "none r rb b",
    "m.w = m.w": "none r b",
    "one.a = 'red'": "r",
    "one.a != 'red'": "none rb b",
    "one.a = ''": "none b",
    "one.a != ''": "r rb",
    "one.id = 'red'": "r",
    "one = 'red'": "r",
    "one.boss.a = 'red'": "rb",
    "one.boss.a != 'red'": "none r b",
    "m.boss.a ?= 'red'": "rb b",
    "m.boss.a = 'red'": "rb b",
    "m.boss ?= 'red'": "rb b",
    "one.w > 1": "rb",
    "m.a ?= one.a": "none r rb",
    "m.a = one.a": "none r",
    "one.a = m.a": "none r",
    "s:each = 'x'": "r",
    "s:each ?= 'x'": "r rb",
    "s:length = 2": "rb",
    "s ~ 'x'": "r rb",
    "m:each ?= s:each": "none",
    "m.a ?= 'red' && m.a ?= 'blue'": "",
    "m.a ?= 'red' && m.w ?= 1": "r rb",
    "m.a ?= 'red' && m.w ?= 2": "",
    "m.a ?= 'red' && m:each ?= 'blue'": "",
    "m.a ?= 'red' || t = 'b'": "r rb b",
    "(m.a ?= 'red' || m.a ?= 'blue') && m.w ?= 2": "rb b",
    "t = 'none' || m.w ?> 1 || notes_via_p.stars ?> 4": "none r rb b",
    "m.w ?= j.w": "none r rb",
    "m.w = j.w": "none r",
    "notes_via_p.stars ?= 5": "r",
    "notes_via_p.stars = 5": "",
    "notes_via_p.stars >= 1": "r rb",
    "notes_via_p.t ?= 'red'": "rb",
    "notes_via_p.id ?= ''": "none b",
    "notes_via_p.id = ''": "none b",
    "notes_via_only.stars = 5": "r",
    "notes_via_only.stars != 5": "none rb b",
    "notes_via_p.stars ?= 5 && notes_via_p.t ?= 'two'": "",
    "notes_via_p.stars ?= 1 && notes_via_p.t ?= 'two'": "r",
    "@collection.notes.p ?= id": "r rb",
    "@collection.notes.p ?= id && @collection.notes.stars ?= 5": "r",
    "@collection.notes.p ?= id && @collection.notes.t ?= 'red'": "rb",
    "@collection.notes:x.p ?= id && @collection.notes:y.stars ?= 5": "r rb",
    "@collection.notes.stars ?> 4": "none r rb b",
    "@collection.notes.stars > 4": "",
    "@collection.notes.p.t ?= t": "r rb",
    "@collection.tags.posts_via_m.id ?= id": "r rb b",
    "@collection.notes.id = ''": "",
    "strftime('%Y', m.a) = ''": "none r rb b",
    "geoDistance(m.w, m.w, 2, 2) = 0": "rb b",
}

TAGS = {
    'posts_via_m.t = "rb"': "",
    'posts_via_m.t ?= "rb"': "red blue",
    'posts_via_m.t ~ "b"': "blue",
    'posts_via_one.t = "rb"': "blue",
    "posts_via_m.m.a ?= 'red'": "red blue",
    "posts_via_m.m.a = 'red'": "",
    "posts_via_one.m.a = 'red'": "red",
    "posts_via_one.notes_via_p.stars ?= 5": "red",
    "posts_via_one.s:length = 2": "blue",
    "tags_via_boss.a = 'blue'": "red",
    "tags_via_boss.tags_via_boss.a = ''": "red blue",
    "posts_via_one.j.w = 2": "blue",
    "posts_via_one.j.w != 2": "red",
    "posts_via_m.j.w ?= 1": "red",
}


@pytest.mark.parametrize(("filter", "expected"), POSTS.items())
def test_posts(world, filter, expected):
    assert " ".join(world.find("posts", filter)) == expected


@pytest.mark.parametrize(("filter", "expected"), TAGS.items())
def test_back_relations(world, filter, expected):
    assert " ".join(world.find("tags", filter)) == expected


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("one.a,id", "b none rb r"),
        ("-one.a,id", "r rb b none"),
        ("one.w,-id", "none b r rb"),
        ("one.boss.a,id", "b none r rb"),
        ("m.a,id", "none b rb r"),
        ("-m.a,id", "r rb b none"),
        ("-notes_via_p.stars,id", "r rb b none"),
        ("m:length,id", "none b r rb"),
        ("j.w,id", "b none r rb"),
    ],
)
def test_sort(world, sort, expected):
    assert " ".join(world.find("posts", sort=sort)) == expected
