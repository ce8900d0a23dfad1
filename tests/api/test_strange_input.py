"""Input that no client of good will sends: it is answered with a 4xx that names its place, on both databases alike."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from io import BytesIO
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oneclick.core import OneClick
from oneclick.fields.nesting import MOST_LEVELS
from oneclick.records import Record
from oneclick.testing import PASSWORD, HookCounter, TestApi

THINGS, RULED = "/api/collections/things/records", "/api/collections/ruled/records"
LOGIN = "/api/collections/users/auth-with-password"
TEXTS = (
    "title",
    "page",
    "mail",
    "link",
    "tag",
    "tags",
    "owner",
    "owners",
    "one",
    "many",
    "title:autogenerate",
    "tags+",
)
FIELDS: list[dict[str, Any]] = [
    {"name": "title", "type": "text"},
    {"name": "stars", "type": "number"},
    {"name": "page", "type": "editor"},
    {"name": "mail", "type": "email"},
    {"name": "link", "type": "url"},
    {"name": "meta", "type": "json", "maxSize": 5000},
    {"name": "tag", "type": "select", "values": ["red", "blue"]},
    {"name": "tags", "type": "select", "values": ["red", "blue"], "maxSelect": 2},
    {"name": "owner", "type": "relation", "collectionId": "_pb_users_auth_"},
    {"name": "owners", "type": "relation", "collectionId": "_pb_users_auth_", "maxSelect": 3},
    {"name": "one", "type": "file"},
    {"name": "many", "type": "file", "maxSelect": 3},
    {"name": "day", "type": "date"},
    {"name": "place", "type": "geoPoint"},
]
SEEN = "title != 'hidden' && owner.name != 'nobody' && @request.query.q != 'no' && @request.headers.h != 'no'"
WRITTEN = (
    "@request.body.title:lower != 'no' && @request.body.meta.a != 'no' && @request.body.owner.name != 'no' && "
    "@request.body.tags:each != 'no' && @request.body.owners.name ?!= 'no' && @request.body.other != 'no' && " + SEEN
)
IMPOSSIBLE_IDS = ("%00", "a%00b", "abcdefghijklmn%00", "%FF", "%ED%A0%80", "x" * 3000)


def make_collections(one_click: OneClick) -> None:
    rules = ("listRule", "viewRule", "createRule", "updateRule", "deleteRule")
    one_click.collections.create({"name": "things", "fields": FIELDS, **dict.fromkeys(rules, "")})
    ruled = dict.fromkeys(rules, SEEN) | {"createRule": WRITTEN, "updateRule": WRITTEN}
    one_click.collections.create({"name": "ruled", "fields": FIELDS, **ruled})


@pytest.fixture
def api(one_click: OneClick) -> TestApi:
    make_collections(one_click)
    return TestApi(one_click)


def nested(levels: int, left: str = "[", right: str = "]") -> str:
    return left * levels + "1" + right * levels


def send(api: TestApi, method: str, path: str, content: str | bytes, kind: str = "application/json") -> Any:
    return api.open(method, path, data=content, content_type=kind)


@pytest.mark.parametrize("path", [THINGS, RULED])
def test_ids_that_no_record_can_have(api: TestApi, superuser: Record, path: str) -> None:
    for caller in (api, api.acting(superuser)):
        for record_id in IMPOSSIBLE_IDS:
            for method, body in (("GET", None), ("PATCH", {"title": "a"}), ("DELETE", None)):
                assert caller.open(method, f"{path}/{record_id}", body).status_code == 404
            assert caller.get(f"/api/files/things/{record_id}/a.txt").status_code == 404


def test_a_token_for_an_impossible_id_is_a_guests(api: TestApi) -> None:
    claims = {"id": "a\0b", "collectionId": "_pb_users_auth_", "type": "auth", "exp": time.time() + 60}
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode() for part in ({"alg": "HS256"}, claims)]
    assert TestApi(api.one_click, api.web, ".".join([*parts, "c2ln"])).get(THINGS).status_code == 200


@pytest.mark.parametrize("path", [THINGS, RULED])
@pytest.mark.parametrize("value", ["\0", "a\0b", '["\\u0000"]'])
def test_values_with_nul_are_named(api: TestApi, path: str, value: str) -> None:
    there = api.post(path, {"title": "there"}).get_json()["id"]
    for key in (*TEXTS, "meta"):
        if value.startswith("[") and key in ("title", "page", "mail", "link", "title:autogenerate"):
            continue
        field = key.rstrip("+").partition(":")[0]
        for method, place in (("POST", path), ("PATCH", f"{path}/{there}"), ("PATCH", f"{path}/notthere")):
            answer = api.open(method, place, {key: value})
            assert (answer.status_code, set(answer.get_json()["data"])) == (400, {field}), (key, place)
        form = api.open("POST", path, data={key: value}, content_type="multipart/form-data")
        assert (form.status_code, set(form.get_json()["data"])) == (400, {field}), key


def test_passwords_and_identities_with_nul(api: TestApi, user: Record, superuser: Record) -> None:
    body = {"email": "new@example.com", "password": "12345\x00678", "passwordConfirm": "12345\x00678"}
    answer = api.acting(superuser).post("/api/collections/users/records", body)
    assert (answer.status_code, set(answer.get_json()["data"])) == (400, {"password"})
    assert api.post(LOGIN, {"identity": f"{user['email']}\0", "password": PASSWORD}).status_code == 400
    assert api.post(LOGIN, {"identity": user["email"], "password": f"{PASSWORD}\0"}).status_code == 400


def test_file_names_with_nul_are_made_usable(api: TestApi) -> None:
    part = 'Content-Disposition: form-data; name="one"; filename="a\0b.t\0xt"\r\nContent-Type: text/plain'
    answer = send(api, "POST", THINGS, f"--B\r\n{part}\r\n\r\nhello\r\n--B--\r\n", "multipart/form-data; boundary=B")
    assert answer.status_code == 200
    made = answer.get_json()
    assert "\0" not in made["one"]
    assert api.get(f"/api/files/things/{made['id']}/{made['one']}").data == b"hello"


@pytest.mark.parametrize("levels", [MOST_LEVELS + 1, 255, 1000, 1025, 100_000])
@pytest.mark.parametrize(("left", "right"), [("[", "]"), ('{"a":', "}")])
def test_bodies_that_are_nested_too_deep(api: TestApi, levels: int, left: str, right: str) -> None:
    value = nested(levels, left, right)
    body = f'{{"meta": {value}}}'
    answers = [
        send(api, "POST", THINGS, body),
        send(api, "POST", RULED, body),
        send(api, "POST", THINGS, f'{{"unknown": {value}}}'),
        api.open("POST", THINGS, data={"@jsonPayload": body}, content_type="multipart/form-data"),
        send(api, "POST", LOGIN, f'{{"identity": {value}}}'),
        send(api, "POST", "/api/realtime", f'{{"clientId": "a", "subscriptions": {value}}}'),
    ]
    for answer in answers:
        sentence = f"The JSON is nested deeper than {MOST_LEVELS} levels."
        assert (answer.status_code, answer.get_json()["message"]) == (400, sentence)


def test_json_texts_that_are_nested_too_deep(api: TestApi) -> None:
    for levels in (MOST_LEVELS + 1, 255, 1000):
        for answer in (
            api.post(THINGS, {"meta": nested(levels)}),
            api.post(RULED, {"meta": nested(levels)}),
            api.open("POST", THINGS, data={"meta": nested(levels)}, content_type="multipart/form-data"),
        ):
            assert (answer.status_code, set(answer.get_json()["data"])) == (400, {"meta"})
    made = api.post(THINGS, {"meta": nested(MOST_LEVELS)}).get_json()
    assert api.get(f"{THINGS}/{made['id']}").get_json()["meta"] == json.loads(nested(MOST_LEVELS))


@pytest.mark.parametrize("name", ["meta.2147483648", "meta.9999999999", "meta.a." + "9" * 40, "place.9999999999"])
def test_indexes_beyond_every_list(api: TestApi, name: str) -> None:
    api.post(THINGS, {"meta": [1], "title": "a"})
    assert api.get(THINGS, query_string={"filter": f"{name} = 1"}).get_json()["items"] == []
    found = api.get(THINGS, query_string={"filter": f"{name} = null", "sort": name}).get_json()["items"]
    assert [item["title"] for item in found] == ["a"]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"page": "99999999999999999999"}, 400),
        ({"page": "1e99"}, 400),
        ({"page": "999999999999999999"}, 200),
        ({"perPage": "99999999999999999999"}, 400),
        ({"filter": "stars = 1e400"}, 400),
        ({"filter": f"stars = 1{'0' * 400}"}, 400),
        ({"filter": "stars < '1e400'"}, 200),
        ({"filter": "day > '99999-01-01'"}, 200),
        ({"filter": "strftime('%Y', 99999999999999999999) = '1'"}, 200),
        ({"filter": "title = '\0'"}, 400),
        ({"sort": "title\0"}, 400),
        ({"expand": "owner\0"}, 200),
        ({"fields": f"title:excerpt({'9' * 5000})"}, 400),
        ({"filter": b"title = '\xff\xfe'"}, 200),
        ({"filter": b"title = '\xed\xa0\x80'"}, 200),
    ],
)
def test_queries(api: TestApi, query: dict[str, Any], status: int) -> None:
    api.post(THINGS, {"title": "a", "stars": 1, "meta": {"a": 1}})
    assert api.get(THINGS, query_string=query).status_code == status
    assert api.get(RULED, query_string=query | {"q": "\0", "h": "\0"}).status_code == status


@pytest.mark.parametrize(
    "content", [rb'{"title": "\ud800"}', rb'{"meta": {"\udfff": 1}}', b'{"title": "\xff"}', b"{\0}"]
)
def test_json_that_is_none(api: TestApi, content: bytes) -> None:
    assert send(api, "POST", THINGS, content).status_code == 400


def test_forms_that_are_no_utf_8(api: TestApi) -> None:
    answer = send(api, "POST", THINGS, b"title=%FF%ED%A0%80&%FF=1", "application/x-www-form-urlencoded")
    assert (answer.status_code, answer.get_json()["title"]) == (200, "%FF%ED%A0%80")


def test_plugins_see_nothing_that_is_beyond_the_limits(plugged: Callable[..., OneClick]) -> None:
    counter = HookCounter()
    one_click = plugged(counter.plugin())
    make_collections(one_click)
    api = TestApi(one_click)
    counter.counts.clear()
    answer = api.post(THINGS, {"meta": ["x"] * 2000})
    assert (answer.status_code, answer.get_json()["data"]["meta"]["code"]) == (400, "validation_json_size_limit")
    assert not counter.counts


HOSTILE = st.sampled_from(
    ["\0", "a\0b", "\ud800", "\udfff\ud800", "\uffff", "\U0010ffff", "'", '"', "\\", "%00", "%", "9" * 400, "1e400",
     "-1e999", "inf", "nan", "99999-01-01 00:00:00.000Z", "0001-01-01T00:00:00+14:00", '["\\u0000"]', '["\\ud800"]',
     '{"lon":1e400,"lat":"\\u0000"}', nested(300), nested(1100), nested(150, '{"a":'), "\u202e\u0301\u0130", "@request",
     "title = '\\u0000'", "meta.9999999999.a != 1", "strftime('%Y', meta, '+99999999999 years') != ''", "-meta.1.2",
     "things_via_owner.\0", "title:excerpt(99999999999)", "title ~ '\ud800'", "owner.id ?= {:a}"]
)  # fmt: skip
TEXT = HOSTILE | st.text(st.characters(), max_size=12)
NUMBER = st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from([10**30, -(10**400), 2**63])
VALUE = st.recursive(
    TEXT | NUMBER | st.none() | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=4,
)
KEYS = st.sampled_from([*TEXTS, "id", "meta", "stars", "stars+", "owners-", "one-", "day", "place", "other"]) | TEXT
QUERY = st.dictionaries(
    st.sampled_from(["filter", "sort", "expand", "fields", "page", "perPage", "skipTotal", "q", "h"]), TEXT, max_size=3
)
PLACES = st.sampled_from(["list", "view", "create", "form", "multipart", "update", "delete", "login", "realtime"])


def quoted(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"), safe="")


def asked(query: dict[str, str]) -> str:
    return "&".join(f"{name}={quoted(value)}" for name, value in query.items())


def plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


@settings(max_examples=250, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    place=PLACES,
    path=st.sampled_from([THINGS, RULED]),
    record_id=TEXT,
    query=QUERY,
    body=st.dictionaries(KEYS, VALUE, min_size=1, max_size=3),
    root=st.booleans(),
)
def test_nothing_is_the_servers_fault(
    api: TestApi,
    superuser: Record,
    place: str,
    path: str,
    record_id: str,
    query: dict[str, str],
    body: dict[str, Any],
    root: bool,
) -> None:
    caller = api.acting(superuser) if root else api
    content, one = json.dumps(body), f"{path}/{quoted(record_id) or 'a'}"
    values = [*body.values(), record_id]
    if place == "list":
        answer = caller.get(f"{path}?{asked(query)}")
    elif place == "view":
        answer = caller.get(f"{one}?{asked(query)}")
    elif place == "create":
        answer = send(caller, "POST", f"{path}?{asked(query)}", content)
    elif place == "form":
        form = asked({quoted(key): plain(value) for key, value in body.items()})
        answer = send(caller, "POST", path, form, "application/x-www-form-urlencoded")
    elif place == "multipart":
        file = (BytesIO(b"hello"), record_id.encode("utf-8", "replace").decode().replace("\n", " ") or "a")
        answer = caller.open("POST", path, data={"@jsonPayload": content, "one": file})
    elif place == "update":
        there = caller.post(path, {"title": "there"}).get_json()["id"]
        answer = send(caller, "PATCH", f"{path}/{there}?{asked(query)}", content)
    elif place == "delete":
        answer = caller.delete(one)
    elif place == "login":
        words = dict(zip(("identity", "password", "identityField"), values, strict=False))
        answer = send(caller, "POST", LOGIN, json.dumps({"password": PASSWORD, "identity": "a"} | words))
    else:
        topics = [f"things/{record_id}", f"things/*?options={asked(query)}", *map(plain, body.values())]
        stream = iter(api.get("/api/realtime").response)
        client = json.loads(str(next(stream), "utf-8").partition("data:")[2])["clientId"]
        answer = send(caller, "POST", "/api/realtime", json.dumps({"clientId": client, "subscriptions": topics}))
        assert api.post(THINGS, {"title": "told"}).status_code == 200
        stream.close()
    assert answer.status_code < 500, (place, answer.get_data(as_text=True))
