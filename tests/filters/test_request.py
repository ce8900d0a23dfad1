"""``@request``: what a rule sees of who asks for what."""

import pytest

from oneclick.filters import FilterError, RequestValues
from tests.filters.kit import FakeRecord, World, collection


@pytest.fixture(scope="module")
def world(engine):
    world = World(
        engine,
        collection("users", type="auth", email="email", emailVisibility="bool", verified="bool", role="text",
                   teams={"to": "teams", "maxSelect": 5}, boss={"to": "users"}),
        collection("teams", name="text"),
        collection("projects", owner={"to": "users"}, team={"to": "teams"}, teams={"to": "teams", "maxSelect": 5},
                   title="text", n="number", done="bool", meta="json",
                   s={"type": "select", "values": ["x", "y"], "maxSelect": 2}, password="password"),
    )  # fmt: skip
    world.add("teams", id="t1", name="one")
    world.add("teams", id="t2", name="two")
    world.add("users", id="ann", email="ann@x.com", role="admin", verified=True, teams=["t1"])
    world.add("users", id="bob", email="bob@x.com", role="user", teams=["t1", "t2"], boss="ann")
    world.add("projects", id="free", title="free")
    world.add("projects", id="anns", owner="ann", team="t1", teams=["t1"], title="A", n=5, done=True, meta={"x": 1})
    world.add("projects", id="bobs", owner="bob", team="t2", teams=["t1", "t2"], title="B", s=["x", "y"])
    return world


def person(world, name, **values):
    return FakeRecord(world.collections["users"], {"id": name, **values})


@pytest.mark.parametrize(
    ("rule", "guest", "ann", "bob"),
    [
        # An ownerless record is a guest's: null and "" are one.
        ("owner = @request.auth.id", "free", "anns", "bobs"),
        ("owner != @request.auth.id", "anns bobs", "free bobs", "free anns"),
        ("@request.auth.id != '' && owner = @request.auth.id", "", "anns", "bobs"),
        ("@request.auth.id = null", "free anns bobs", "", ""),
        ("@request.auth.email = 'ann@x.com'", "", "free anns bobs", ""),
        ("@request.auth.verified = true", "", "free anns bobs", ""),
        ("@request.auth.collectionName = 'users'", "", "free anns bobs", "free anns bobs"),
        ("@request.auth.collectionId = 'pbc_users'", "", "free anns bobs", "free anns bobs"),
        ("@request.auth.role = 'admin'", "", "free anns bobs", ""),
        ("@request.auth.role:lower = 'admin'", "", "free anns bobs", ""),
        ("@request.auth.teams ~ team && team != ''", "", "anns", "anns bobs"),
        ("team ?= @request.auth.teams.id", "free", "anns", "anns bobs"),
        ("team ?= @request.auth.teams:each", "free", "anns", "anns bobs"),
        ("@request.auth.teams:length = 2", "", "", "free anns bobs"),
        ("@request.auth.teams.name ?= 'two'", "", "", "free anns bobs"),
        ("@request.auth.teams.name = 'one'", "", "free anns bobs", ""),
        ("@request.auth.teams.name = 'two'", "", "", ""),
        ("@request.auth.boss.role = 'admin'", "", "", "free anns bobs"),
        ("@request.auth.users_via_boss.role ?= 'user'", "", "free anns bobs", ""),
        ("@request.auth.projects_via_owner.title ?= title", "", "anns", "bobs"),
        ("@request.auth.nothing = null", "free anns bobs", "free anns bobs", "free anns bobs"),
        ("@request.auth.nothing.deep = null", "free anns bobs", "free anns bobs", "free anns bobs"),
        ("owner.teams.name ?= 'two'", "bobs", "bobs", "bobs"),
    ],
)
def test_auth(world, rule, guest, ann, bob):
    found = [
        " ".join(world.find("projects", rule, request=RequestValues(auth=auth)))
        for auth in (
            None,
            person(world, "ann", email="ann@x.com", verified=True),
            person(world, "bob", email="bob@x.com", verified=False),
        )
    ]
    assert found == [guest, ann, bob]


BODY = {"title": "New", "n": 7, "done": False, "team": "t2", "teams": ["t1", "t2"], "s": ["x"], "meta": {"x": 1},
        "extra": [1, {"y": "z"}], "nothing": None, "form": "7"}  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "holds"),
    [
        ("@request.method = 'PATCH'", True),
        ("@request.context = 'batch'", True),
        ("@request.query.page = '2'", True),
        ("@request.query.page = 2", False),
        ("@request.query.page:isset = true", True),
        ("@request.query.zz:isset = true", False),
        ("@request.query.zz:isset = false", True),
        ("@request.query.zz = ''", True),
        ("@request.headers.x_smoke = 'Yes'", True),
        ("@request.headers.x_smoke:lower = 'yes'", True),
        ("@request.body.title = 'New'", True),
        ("@request.body.title:lower = 'new'", True),
        ("@request.body.title:isset = true", True),
        ("@request.body.owner:isset = true", False),
        ("@request.body.owner = ''", True),
        ("@request.body.nothing:isset = true", True),
        ("@request.body.nothing = null", True),
        ("@request.body.n = 7", True),
        ("@request.body.n > 6", True),
        ("@request.body.n = '7'", False),
        ("@request.body.done = false", True),
        ("@request.body.done:isset = true && @request.body.done != true", True),
        ("@request.body.extra.1.y = 'z'", True),
        ("@request.body.extra.0 = 1", True),
        ("@request.body.extra.9 = null", True),
        ("@request.body.meta.x = 1", True),
        ("@request.body.meta.x:isset = true", True),
        ("@request.body.meta.y:isset = false", True),
        ("@request.body.teams ~ 't1'", True),
        ("@request.body.teams:length = 2", True),
        ("@request.body.s:length = 1", True),
        ("@request.body.team:length = 1", True),
        ("@request.body.owner:length = 0", True),
        ("@request.body.teams:each ?= 't1'", True),
        ("@request.body.teams:each = 't1'", False),
        ("@request.body.s:each = 'x'", True),
        ("@request.body.team:each = 't2'", True),
        ("@request.body.team.name = 'two'", True),
        ("@request.body.teams.name ?= 'two'", True),
        ("@request.body.teams.name = 'two'", False),
        ("@request.body.teams.name ~ 'o'", True),
        ("@request.body.owner.role = null", True),
        ("@request.body.team.zz = null", True),
        ("@request.body.teams:each ?= team && title = 'A'", True),
        ("title:changed = true", False),
        ("@request.body.title:changed = true", True),
        ("@request.body.title:changed = false", False),
        ("@request.body.owner:changed = false", True),
        ("@request.body.owner:changed = true", False),
        ("@request.body.meta:changed = false", True),
        ("@request.body.done:changed = true", True),
        ("@request.body.teams:changed = true", True),
    ],
)
def test_body_query_and_headers(world, rule, holds):
    request = RequestValues("batch", "PATCH", {"page": "2"}, {"x_smoke": "Yes"}, BODY)
    found = world.find("projects", f"id = 'anns' && ({rule})", request=request)
    assert (found == ["anns"]) is holds


def test_numbers_from_forms_compare_as_numbers(world):
    request = RequestValues(body={"n": "7"})
    assert world.find("projects", "@request.body.n = 7 && id = 'free'", request=request) == ["free"]


@pytest.mark.parametrize(
    "rule",
    [
        "@request = 1", "@request.foo = 1", "@request.auth = 1", "@request.query = 1", "@request.method:lower = 'x'",
        "@request.body.title:length = 1", "@request.body.title:each = 1", "@request.body.zz:each = 1",
        "@request.body.zz:length = 1", "@request.body.zz:changed = true", "@request.query.x:foo = 1",
        "@request.auth.zz:foo = 1", "@collection = 1", "@collection.users = 1", "@collection.zz.a = 1", "@foo = 1",
        "@NOW = 1", "zz = 1", "title.x = 1", "owner.zz = 1", "zz.a = 1", "teams_via_zz.a = 1", "zz_via_owner.a = 1",
        "projects_via_team.a = 1", "title:zz = 1", "title:lower:lower = 1", "a..b = 1", "collectionId = 'x'",
        "expand = 1", "@rowid = 1", "owner.boss.boss.boss.boss.boss.boss.boss.email = 1", "foo(1) = 1",
        "geoDistance(1,2,3) = 1", "geoDistance('1',2,3,4) = 1", "strftime() = 1", "strftime(title) = 1",
        "strftime('%Y', strftime('%Y')) = 1", "strftime('%Y', title, n) = 1", "title = {:missing}",
        "strftime('%Y'" + ", '1'" * 10 + ") = 1",
    ],
)  # fmt: skip
def test_wrong_names_are_refused(world, rule):
    with pytest.raises(FilterError) as caught:
        world.find("projects", rule, request=RequestValues(auth=person(world, "ann")))
    assert caught.value.position >= 0


def test_without_a_request_all_is_null(world):
    assert world.find("projects", "owner = @request.auth.id && @request.body.title = ''") == ["free"]


@pytest.mark.parametrize(
    ("value", "filter", "expected"),
    [
        ("A", "title = {:v}", "anns"),
        ("' || 1=1 || title='", "title = {:v}", ""),
        (None, "owner = {:v}", "free"),
        (5, "n = {:v}", "anns"),
        (True, "done = {:v}", "anns"),
        (["t1", "t2"], "teams = {:v}", "bobs"),
        ("a\0b\ud800", "title = {:v}", ""),
        ("%", "title ~ {:v}", "free anns bobs"),
        ("\\", "title ~ {:v}", ""),
        ("x%\\", "title !~ {:v}", "free anns bobs"),
        ("x" * 60_000, "title !~ {:v}", "free anns bobs"),
    ],
)
def test_placeholders(world, value, filter, expected):
    assert " ".join(world.find("projects", filter, params={"v": value})) == expected
