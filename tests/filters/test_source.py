"""A create rule is judged on a row that is not stored yet."""

import pytest
import sqlalchemy as sa

from tests.filters.kit import World, collection


@pytest.fixture(scope="module")
def world(engine):
    world = World(
        engine,
        collection("users", name="text"),
        collection("projects", owner={"to": "users"}, members={"to": "users", "maxSelect": 9}, title="text", n="number",
                   ok="bool", parent={"to": "projects"}),
    )  # fmt: skip
    world.add("users", id="ann", name="Ann")
    world.add("users", id="bob", name="Bob")
    world.add("projects", id="old", owner="ann", title="old", parent="new")
    return world


@pytest.mark.parametrize(
    ("rule", "holds"),
    [
        ("title = 'new'", True),
        ("n = 3", True),
        ("n > 3", False),
        ("ok = true", True),
        ("owner.name = 'Ann'", True),
        ("owner.name = 'Bob'", False),
        ("members.name ?= 'Bob'", True),
        ("members.name = 'Bob'", False),
        ("members.name != 'Carl'", True),
        ("members:length = 2", True),
        ("projects_via_parent.title ?= 'old'", True),
        ("parent.title = 'old'", True),
        ("@collection.projects.id ?= id", False),
        ("@collection.projects.title ?= 'old'", True),
    ],
)
@pytest.mark.parametrize("form", ["subquery", "cte"])
def test_rule_on_a_new_row(world, rule, holds, form):
    target = world.collections["projects"]
    values = {
        "id": "new",
        "owner": "ann",
        "members": ["ann", "bob"],
        "title": "new",
        "n": 3,
        "ok": True,
        "parent": "old",
    }
    columns = [
        sa.literal(item.to_db(values[item.name]), target.table.c[item.name].type).label(item.name)
        for item in target.fields
    ]
    source = getattr(sa.select(*columns), form)("candidate")
    builder = world.builder("projects", source=source)
    query = sa.select(sa.literal(1)).select_from(source).where(builder.where(rule))
    with world.engine.connect() as connection:
        assert bool(connection.execute(query).first()) is holds


def test_filters_given_together_share_rows(world):
    builder = world.builder("projects")
    first, second = "@collection.users.name ?= 'Ann'", "@collection.users.id ?= 'bob'"
    query = sa.select(builder.source.c.id)
    with world.engine.connect() as connection:
        assert connection.execute(query.where(builder.where(first), builder.where(second))).first()
        assert not connection.execute(query.where(builder.where(first, second))).first()
        assert (
            connection.scalar(sa.select(sa.func.count()).select_from(builder.source).where(builder.where(first))) == 1
        )


def test_equal_filters_make_equal_statements(world):
    one, two = (
        world.statement("projects", f"members.name ?= '{name}' || owner.name != '{name}'") for name in ("Ann", "Bob")
    )
    dialect = world.engine.dialect
    assert str(one.compile(dialect=dialect)) == str(two.compile(dialect=dialect))
    assert one._generate_cache_key() == two._generate_cache_key()
