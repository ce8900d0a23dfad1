"""Routes of plugins: what they need, what happens when they say nothing, and when their plugin is off."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import flask
import pytest

from oneclick import current, current_user, needed, needs, request_info, require
from oneclick.app import create_app
from oneclick.core import OneClick
from oneclick.errors import ConfigError
from oneclick.testing import ApiCase, HookCounter, TestApi, make_superuser, make_user
from oneclick_hooks import Mount, Socket, hookimpl

RULE = "owner = @request.auth.id && @request.auth.id != ''"
ROOMS = {
    "name": "rooms",
    "type": "base",
    "viewRule": RULE,
    "createRule": RULE,
    "fields": [{"name": "owner", "type": "relation", "collectionId": "_pb_users_auth_"}],
}


def plugin(name: str = "rooms") -> Any:
    blueprint = flask.Blueprint(name, __name__)

    @blueprint.get("/open")
    @needs("public")
    def everyone() -> dict[str, Any]:
        return {"user": current_user.id}

    @blueprint.get("/mine")
    @needs("auth")
    def mine() -> dict[str, Any]:
        return {"user": current_user.id, "name": current_user["name"], "method": request_info().method}

    @blueprint.get("/all")
    @needs("superuser")
    def all_rooms() -> dict[str, Any]:
        return {"count": current().records.count("rooms")}

    @blueprint.get("/<room_id>")
    @needs("rooms", "view", "room_id")
    def room(room_id: str) -> dict[str, Any]:
        return {"room": needed("rooms").id, "same": needed("rooms").id == room_id}

    @blueprint.post("/<room_id>/<other_id>")
    @needs("rooms", "view", "room_id")
    def two(room_id: str, other_id: str) -> dict[str, Any]:
        return {"other": require("rooms", "view", other_id).id}

    return SimpleNamespace(
        __name__=name,
        register_collections=hookimpl(lambda: [ROOMS]),
        register_blueprints=hookimpl(lambda: [Mount(blueprint, "/rooms")]),
    )


class House:
    def __init__(self, one_click: OneClick) -> None:
        self.one_click, self.guest = one_click, TestApi(one_click)
        ann, bob = make_user(one_click, "ann@example.com", name="Ann"), make_user(one_click, "bob@example.com")
        self.ann, self.bob = self.guest.acting(ann), self.guest.acting(bob)
        self.root = self.guest.acting(make_superuser(one_click))
        self.room = self.add(ann.id)
        self.bobs = self.add(bob.id)
        self.ann_id = ann.id

    def add(self, owner: str) -> str:
        return self.one_click.records.save(self.one_click.records.new("rooms", {"owner": owner})).id


@pytest.fixture
def house(plugged: Callable[..., OneClick]) -> House:
    return House(plugged(plugin()))


def test_public(house: House) -> None:
    assert house.guest.get("/rooms/open").get_json() == {"user": ""}
    assert house.ann.get("/rooms/open").get_json() == {"user": house.ann_id}


def test_auth(house: House) -> None:
    answer = house.guest.get("/rooms/mine")
    message = "The request requires valid record authorization token."
    assert (answer.status_code, answer.get_json()["message"]) == (401, message)
    assert house.ann.get("/rooms/mine").get_json() == {"user": house.ann_id, "name": "Ann", "method": "GET"}


def test_superuser(house: House) -> None:
    assert house.guest.get("/rooms/all").status_code == 401
    assert house.ann.get("/rooms/all").status_code == 403
    assert house.root.get("/rooms/all").get_json() == {"count": 2}


def test_records(house: House) -> None:
    path = f"/rooms/{house.room}"
    assert house.guest.get(path).status_code == 401
    assert house.bob.get(path).status_code == 404
    assert house.ann.get("/rooms/unknown").status_code == 404
    assert house.ann.get("/rooms/a%00b").status_code == house.root.get("/rooms/%00").status_code == 404
    assert house.ann.post(f"{path}/%00").status_code == 404
    assert house.ann.get(path).get_json() == {"room": house.room, "same": True}
    assert house.root.get(path).status_code == 200
    assert house.ann.post(f"{path}/{house.bobs}").status_code == 404
    assert house.root.post(f"{path}/{house.bobs}").get_json() == {"other": house.bobs}
    # Nothing below a plugin's place falls through to the pages.
    assert house.guest.get("/rooms/a/b/c").status_code == 404
    assert house.guest.get("/rooms/a/b/c").get_json()["message"] == "File not found."


def test_a_view_that_states_nothing_stops_the_start(plugged: Callable[..., OneClick]) -> None:
    blueprint = flask.Blueprint("careless", __name__)
    blueprint.add_url_rule("/secrets", "secrets", lambda: {})
    one_click = plugged(SimpleNamespace(__name__="careless", register_blueprints=hookimpl(lambda: [Mount(blueprint)])))
    with pytest.raises(ConfigError, match=r"careless\.secrets \(/secrets\) of the plugin careless does not say"):
        create_app(one_click)


@pytest.mark.parametrize("wrong", ["", "everyone", ()])
def test_a_socket_that_states_nothing_stops_the_start(plugged: Callable[..., OneClick], wrong: Any) -> None:
    socket = Socket("/ws/careless", lambda connection: None, needs=wrong)
    one_click = plugged(SimpleNamespace(__name__="careless", register_sockets=hookimpl(lambda: [socket])))
    with pytest.raises(ConfigError, match="/ws/careless of the plugin careless"):
        create_app(one_click)


def test_needs_are_checked_when_they_are_written() -> None:
    with pytest.raises(ValueError, match="needs"):
        needs("everybody")


def test_a_blueprint_that_cannot_be_mounted_switches_its_plugin_off(plugged: Callable[..., OneClick]) -> None:
    broken = SimpleNamespace(__name__="broken", register_blueprints=hookimpl(lambda: [Mount("no blueprint")]))
    one_click = plugged(plugin(), broken)
    house = House(one_click)
    assert [entry.name for entry in one_click.plugins.broken] == ["broken"]
    assert house.ann.get("/rooms/mine").status_code == 200


def test_routes_of_a_plugin_that_is_off_answer_503(plugged: Callable[..., OneClick]) -> None:
    TestApi(plugged(plugin()))

    def fail() -> Any:
        raise RuntimeError("broken since yesterday")

    broken = SimpleNamespace(__name__="rooms", register_collections=hookimpl(fail))
    for _ in range(2):
        api = TestApi(plugged(broken))
        for method, path in (("GET", "/rooms/mine"), ("GET", "/rooms/x"), ("POST", "/rooms/x/y")):
            answer = api.open(method, path)
            assert answer.status_code == 503
            assert answer.get_json()["data"]["plugin"]["code"] == "plugin_off"
    assert TestApi(plugged(plugin())).get("/rooms/open").status_code == 200


def test_cases_count_hooks(plugged: Callable[..., OneClick]) -> None:
    counter = HookCounter()
    one_click = plugged(plugin(), counter.plugin())
    house = House(one_click)
    body = {"owner": house.ann_id}
    fired = {
        "on_record_create_request": 1,
        "on_record_create": 1,
        "on_record_validate": 1,
        "on_record_create_execute": 1,
        "on_record_after_create_success": 1,
        "on_record_enrich": 1,
        "*": 0,
    }
    path = "/api/collections/rooms/records"
    ApiCase("ann makes a room", "POST", path, 200, body, contains=(house.ann_id,), hooks=fired).check(
        house.ann, counter
    )
    ApiCase("bob does not", "POST", path, 400, body, lacks=(house.ann_id,), hooks={"*": 0}).check(house.bob, counter)
