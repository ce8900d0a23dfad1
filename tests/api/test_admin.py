"""What superusers do: collections, settings, the list of plugins (contract §3.2, §8)."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from oneclick.core import OneClick
from oneclick.records import Record
from oneclick.testing import TestApi, make_superuser
from oneclick_hooks import hookimpl

COLLECTIONS = "/api/collections"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", COLLECTIONS),
        ("POST", COLLECTIONS),
        ("GET", f"{COLLECTIONS}/users"),
        ("PATCH", f"{COLLECTIONS}/users"),
        ("DELETE", f"{COLLECTIONS}/users"),
        ("GET", f"{COLLECTIONS}/meta/scaffolds"),
        ("GET", f"{COLLECTIONS}/meta/oauth2-providers"),
        ("GET", "/api/settings"),
        ("PATCH", "/api/settings"),
        ("GET", "/api/plugins"),
    ],
)
def test_guests_and_users_are_refused(api: TestApi, user: Record, method: str, path: str) -> None:
    assert api.open(method, path).status_code == 401
    answer = api.acting(user).open(method, path)
    message = "The authorized record is not allowed to perform this action."
    assert (answer.status_code, answer.get_json()["message"]) == (403, message)


@pytest.fixture
def root(api: TestApi, superuser: Record) -> TestApi:
    return api.acting(superuser)


def test_listing_collections(root: TestApi) -> None:
    page = root.get(f"{COLLECTIONS}?sort=-name&perPage=2&filter=type='auth'").get_json()
    assert [item["name"] for item in page["items"]] == ["users", "_superusers"]
    assert (page["page"], page["perPage"], page["totalItems"], page["totalPages"]) == (1, 2, 2, 1)
    skipped = root.get(f"{COLLECTIONS}?perPage=1&page=2&skipTotal=1").get_json()
    assert (skipped["totalItems"], len(skipped["items"])) == (-1, 1)
    for wrong in ("sort=nothing", "filter=nothing=1", "page=x", "skipTotal=maybe"):
        assert root.get(f"{COLLECTIONS}?{wrong}").status_code == 400


def test_a_collection_s_life(root: TestApi, api: TestApi) -> None:
    made = root.post(COLLECTIONS, {"name": "posts", "listRule": "", "fields": [{"name": "title", "type": "text"}]})
    assert made.status_code == 200
    collection = made.get_json()
    assert (collection["type"], [field["name"] for field in collection["fields"]]) == ("base", ["id", "title"])
    assert root.get(f"{COLLECTIONS}/posts").get_json()["id"] == collection["id"]
    root.post(f"{COLLECTIONS}/posts/records", {"title": "first"})
    assert api.get(f"{COLLECTIONS}/posts/records").get_json()["items"][0]["title"] == "first"
    # A changed rule holds from the next request on.
    assert root.patch(f"{COLLECTIONS}/{collection['id']}", {"listRule": None}).status_code == 200
    assert api.get(f"{COLLECTIONS}/posts/records").status_code == 403
    assert root.delete(f"{COLLECTIONS}/posts").status_code == 204
    assert root.get(f"{COLLECTIONS}/posts").status_code == 404
    assert root.delete(f"{COLLECTIONS}/_mfas").status_code == 400


def test_what_is_wrong_with_a_collection(root: TestApi) -> None:
    answer = root.post(COLLECTIONS, {"name": "no spaces", "fields": []})
    assert answer.get_json()["data"]["name"]["code"] == "validation_match_invalid"
    unknown = root.post(COLLECTIONS, {"name": "x", "fields": [{"name": "f", "type": "vector"}]})
    assert unknown.status_code == 400
    assert root.patch(f"{COLLECTIONS}/users", {"listRule": "nothing = 1"}).status_code == 400


def test_token_secrets_are_never_shown(root: TestApi, one_click: OneClick) -> None:
    secret = one_click.collections.require("users").options["authToken"]["secret"]
    for path in (COLLECTIONS, f"{COLLECTIONS}/users", f"{COLLECTIONS}/meta/scaffolds"):
        text = root.get(path).get_data(as_text=True)
        assert secret not in text
        assert '"secret"' not in text


def test_scaffolds(root: TestApi) -> None:
    blank = root.get(f"{COLLECTIONS}/meta/scaffolds").get_json()
    assert set(blank) == {"base", "auth", "view"}
    assert (blank["auth"]["id"], blank["auth"]["name"], blank["auth"]["created"]) == ("", "", "")
    assert "viewQuery" in blank["view"]


def test_settings(root: TestApi) -> None:
    settings = root.get("/api/settings").get_json()
    assert settings["meta"]["appName"] == "One-Click"
    assert "password" not in settings["smtp"]
    changed = root.patch("/api/settings", {"meta": {"appName": "Mine"}, "smtp": {"password": "hush"}, "unknown": 1})
    assert changed.status_code == 200
    assert changed.get_json()["meta"] == settings["meta"] | {"appName": "Mine"}
    assert "password" not in changed.get_json()["smtp"]
    bad = root.patch("/api/settings", {"meta": {"appName": "", "appURL": "nowhere"}})
    data = bad.get_json()["data"]["meta"]
    assert (data["appName"]["code"], data["appURL"]["code"]) == ("validation_required", "validation_is_url")
    assert bad.get_json()["message"] == "An error occurred while saving the new settings."
    assert root.patch("/api/settings", {"batch": {"enabled": "yes"}}).status_code == 400
    assert root.get("/api/settings").get_json()["meta"]["appName"] == "Mine"


class Colours(msgspec.Struct):
    """Settings of a test's plugin."""

    favourite: str = "red"
    count: int = 3


def test_a_plugin_s_settings(plugged: Callable[..., OneClick]) -> None:
    plugin = SimpleNamespace(__name__="colours", register_settings=hookimpl(lambda: {"colours": Colours}))
    one_click = plugged(plugin)
    root = TestApi(one_click).acting(make_superuser(one_click))
    assert root.get("/api/settings").get_json()["colours"] == {"favourite": "red", "count": 3}
    assert root.patch("/api/settings", {"colours": {"count": 4}}).status_code == 200
    assert one_click.settings.section("colours") == Colours("red", 4)
    bad = root.patch("/api/settings", {"colours": {"favourite": 7}})
    assert set(bad.get_json()["data"]) == {"colours"}


def test_the_plugins_are_listed(plugged: Callable[..., OneClick]) -> None:
    def fail() -> Any:
        raise RuntimeError("no routes")

    good = SimpleNamespace(__name__="good", register_notices=hookimpl(lambda app: ["Nothing is real."]))
    bad = SimpleNamespace(__name__="bad", register_blueprints=hookimpl(fail))
    one_click = plugged(good, bad)
    api = TestApi(one_click)
    root = api.acting(make_superuser(one_click))
    items = {item["name"]: item for item in root.get("/api/plugins").get_json()["items"]}
    assert (items["good"]["state"], items["bad"]["state"]) == ("on", "off")
    assert "no routes" in items["bad"]["traceback"]
    assert api.get("/api/ui").get_json()["notices"] == ["Nothing is real."]
