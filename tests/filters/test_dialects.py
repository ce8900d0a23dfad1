"""Both databases give the same answers, whatever is compared with whatever."""

from datetime import datetime

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oneclick.testing import frozen
from tests.filters.kit import World, collection

VALUES = [
    "",
    "0",
    "5",
    "5.0",
    "-1",
    "1e1",
    " 7 ",
    "abc",
    "ABC",
    "é",
    "É",
    "a%c",
    "a_c",
    "a\\c",
    "true",
    "2024-02-30",
    "2024-01-31 10:20:30.456Z",
    "2024-12-30T23:59:59+02:00",
    "2024-01-01",
    "[1,2]",
    "null",
    "1" * 250,
]
JSONS = [
    None,
    True,
    False,
    0,
    5,
    5.5,
    -12.25,
    "5",
    "",
    "abc",
    [1, "a"],
    [],
    {},
    {"x": 5, "y": {"0": "z"}},
    ["5", 5],
]


def _world(engine):
    world = World(
        engine,
        collection(
            "others",
            t="text",
            n="number",
            d="date",
            j="json",
            rows={"to": "rows"},
            more={"to": "others", "maxSelect": 3},
        ),
        collection(
            "rows",
            t="text",
            n="number",
            b="bool",
            d="date",
            j="json",
            one={"to": "others"},
            g="geoPoint",
            m={"to": "others", "maxSelect": 5},
            s={"type": "select", "values": ["5", "abc"], "maxSelect": 2},
        ),
    )
    for index, value in enumerate(VALUES):
        world.add(
            "others",
            id=f"o{index}",
            t=value,
            d=value,
            n=index - 3,
            j=JSONS[index % len(JSONS)],
            rows=f"r{index // 2}",
            more=["o1", "o2"][: index % 3],
        )
        # JSON text is set as it is: the field would parse what looks like JSON.
        world.add(
            "rows",
            id=f"r{index}",
            t=value,
            n=[0, 5, -1.5, 1e20][index % 4],
            b=index % 2 == 1,
            d=value if value[:4] == "2024" else "",
            j=JSONS[index % len(JSONS)],
            one=f"o{index}" if index % 3 else "",
            m=[f"o{item}" for item in range(index % 4, index % 7)][:5],
            s=[["5"], ["abc", "5"], []][index % 3],
            g={"lon": index * 8, "lat": index},
        )
    return world


@pytest.fixture(scope="module")
def worlds(sqlite_engine, postgresql_engine):
    return _world(sqlite_engine), _world(postgresql_engine)


FIELDS = [
    "t",
    "n",
    "b",
    "d",
    "j",
    "j.x",
    "j.0",
    "j.1",
    "j.y.0",
    "g.lon",
    "g",
    "s",
    "m",
    "one",
    "one.t",
    "one.n",
    "one.j",
    "m.t",
    "m.n",
    "m.j",
    "m:length",
    "s:each",
    "s:length",
    "one:length",
    "t:lower",
    "n:lower",
    "j:lower",
    "one.more.n",
    "m.more.t",
    "others_via_rows.t",
    "others_via_rows.j.x",
    "@collection.others.n",
    "@now",
    "@year",
    "null",
    "true",
    "false",
    "strftime('%Y-%m-%d %H:%M:%S %j %w %W %s', d)",
    "strftime('%f%%', one.d)",
    "strftime('%d', m.d)",
]
LITERALS = [
    "0",
    "5",
    "-1.5",
    "5.5",
    "100000000000000000000",
    *(
        "'" + value.replace("\\", "\\\\") + "'"
        for value in [*VALUES, "%", "a%", "%c", "_", "a\\%", "5%\\", "x\\", "%5%"]
    ),
]
SIGNS = ["=", "!=", "<", "<=", ">", ">=", "~", "!~"]

comparisons = st.builds(
    lambda left, any_of, sign, right: f"{left} {any_of}{sign} {right}",
    st.sampled_from(FIELDS),
    st.sampled_from(["", "?"]),
    st.sampled_from(SIGNS),
    st.sampled_from([*FIELDS, *LITERALS]),
)
filters = st.recursive(
    comparisons,
    lambda inner: st.builds(lambda a, join, b: f"({a} {join} {b})", inner, st.sampled_from(["&&", "||"]), inner),
    max_leaves=4,
)


@pytest.mark.postgresql
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(filter=filters)
def test_filters(worlds, filter):
    one, two = worlds
    # Both are asked at the same moment: a text may be part of one and not of the next.
    with frozen(datetime.fromisoformat("2026-03-01T12:00:00+00:00")):
        assert two.find("rows", filter) == one.find("rows", filter), filter


@pytest.mark.postgresql
@pytest.mark.parametrize("sign", ["", "-"])
@pytest.mark.parametrize(
    "name",
    [field for field in FIELDS if field[0] != "@" and "(" not in field and field not in ("null", "true", "false")],
)
def test_sort(worlds, name, sign):
    one, two = worlds
    # A list of values of several kinds has no first one that both databases agree on.
    if name not in ("m.j", "others_via_rows.j.x"):
        assert two.find("rows", sort=f"{sign}{name},id") == one.find("rows", sort=f"{sign}{name},id")


@pytest.mark.postgresql
@pytest.mark.parametrize("arguments", ["g.lon, g.lat, 5, 5", "g.lon, n, m.n, j.x", "t, j, one.n, 0", "d, 0, 0, 0"])
@pytest.mark.parametrize("rest", ["< 500.5", "> 1000.5", "= null", "!= null"])
def test_distance(worlds, arguments, rest):
    one, two = worlds
    assert two.find("rows", f"geoDistance({arguments}) {rest}") == one.find("rows", f"geoDistance({arguments}) {rest}")


MOMENTS = [
    "2024-02-29 13:14:15.678Z",
    "2023-12-31 23:59:59.999Z",
    "2024-01-01 00:00:00.000Z",
    "2021-01-03 12:00:00Z",
    "2024-02-29 13:14",
    "2024-02-29T13:14:15+05:30",
    "2024-13-01",
    "2024-02-29 25:00",
    "x",
    "",
]
MODIFIERS = [
    "",
    "+1 day",
    "-3 days",
    "+1 month",
    "+13 months",
    "-1 year",
    "+1.5 hours",
    "start of month",
    "start of year",
    "start of day",
    "weekday 0",
    "weekday 3",
    "utc",
    "+90 minutes",
    "-10 seconds",
    "nonsense",
]


@pytest.mark.postgresql
@pytest.mark.parametrize("modifier", MODIFIERS)
@pytest.mark.parametrize("moment", MOMENTS)
def test_strftime(worlds, moment, modifier):
    given_modifier = f", '{modifier}'" if modifier else ""
    forms = "%Y-%m-%d %H:%M:%S %f %j %w %W %s %%"
    expected = _strftime_of(worlds[0], forms, moment, modifier)
    for world in worlds:
        world_filter = f"strftime('{forms}', '{moment}'{given_modifier}) = '{expected}'"
        assert len(world.find("rows", world_filter)) == len(VALUES), expected


def _strftime_of(world, forms, moment, modifier):
    arguments = [forms, moment, *([modifier] if modifier else [])]
    with world.engine.connect() as connection:
        return connection.scalar(sa.select(sa.func.strftime(*arguments))) or ""
