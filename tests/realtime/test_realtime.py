"""PocketBase's realtime API on a real server, and across two of them (contract §6)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import httpx2
import pytest

from oneclick.auth import tokens
from oneclick.ids import new_id
from oneclick.realtime.clients import State, topics_of
from oneclick.realtime.hub import CLIENTS
from oneclick.realtime.judge import Judge
from oneclick.realtime.topics import Topic
from oneclick.records import Record, RequestInfo, rule_holds
from oneclick.testing import make_superuser, make_user
from tests.conftest import LiveServer
from tests.realtime.sse import Stream

NOTES = {
    "name": "notes",
    "type": "base",
    "listRule": "owner = @request.auth.id && @request.auth.id != ''",
    "viewRule": "",
    "createRule": "",
    "updateRule": "",
    "deleteRule": "",
    "fields": [
        {"name": "title", "type": "text"},
        {"name": "secretive", "type": "text", "hidden": True},
        {"name": "owner", "type": "relation", "collectionId": "_pb_users_auth_", "cascadeDelete": True},
    ],
}


class House:
    """A server, two users, and streams that are closed at the end."""

    def __init__(self, server: LiveServer) -> None:
        self.server, self.app = server, server.app
        self.app.follow_schema()
        self.app.collections.create(NOTES)
        self.ann, self.bob = (make_user(self.app, f"{new_id()}@example.com") for _ in range(2))
        self.root = make_superuser(self.app, f"{new_id()}@example.com")
        self.streams: list[Stream] = []

    def leave(self) -> None:
        """Leave the server as it was."""
        for stream in self.streams:
            stream.close()
        for name in ("members", "notes"):
            collection = self.app.collections.get(name)
            if collection is not None:
                self.app.collections.delete(collection)

    def stream(self, record: Record | None = None, *topics: str, url: str = "", post_to: str = "") -> Stream:
        token = tokens.issue(record) if record is not None else ""
        stream = Stream(url or self.server.url, token, post_to)
        self.streams.append(stream)
        if topics:
            answer = stream.subscribe(*topics)
            assert answer.status_code == 204, answer.text
        return stream

    def note(self, title: str, owner: Record | None = None, url: str = "") -> str:
        body = {"title": title, "owner": owner.id if owner is not None else "", "secretive": "hush"}
        headers = {"Authorization": tokens.issue(self.root)}
        answer = httpx2.post(f"{url or self.server.url}/api/collections/notes/records", json=body, headers=headers)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["id"])

    def change(self, note: str, **values: Any) -> None:
        answer = httpx2.patch(f"{self.server.url}/api/collections/notes/records/{note}", json=values)
        assert answer.status_code == 200, answer.text

    def delete(self, note: str) -> None:
        assert httpx2.delete(f"{self.server.url}/api/collections/notes/records/{note}").status_code == 204


@pytest.fixture
def house(live_server: LiveServer) -> Iterator[House]:
    made = House(live_server)
    yield made
    made.leave()


def test_the_wire(house: House) -> None:
    stream = house.stream()
    assert stream.status == 200
    assert stream.headers["Content-Type"] == "text/event-stream"
    assert stream.headers["Cache-Control"] == "no-store"
    assert stream.headers["X-Accel-Buffering"] == "no"
    assert stream.first == {"id": stream.id, "event": "PB_CONNECT", "data": {"clientId": stream.id}}
    assert re.fullmatch(r"[A-Za-z0-9]{40}", stream.id)


def test_events_by_list_rule_and_view_rule(house: House) -> None:
    ann, guest, root = (
        house.stream(house.ann, "notes/*"),
        house.stream(None, "notes/*"),
        house.stream(house.root, "notes"),
    )
    mine = house.note("mine", house.ann)
    event = ann.next()
    assert (event["id"], event["event"], event["data"]["action"]) == (ann.id, "notes/*", "create")
    assert event["data"]["record"]["title"] == "mine"
    assert "secretive" not in event["data"]["record"]
    assert root.next()["data"]["record"]["secretive"] == "hush"
    house.note("bob's", house.bob)
    assert root.next()["data"]["record"]["title"] == "bob's"
    assert ann.silent()
    assert guest.silent(0)
    # The view rule is everyone's.
    assert guest.subscribe(f"notes/{mine}").status_code == 204
    house.change(mine, title="changed")
    assert guest.next()["data"] | {"record": None} == {"action": "update", "record": None}
    assert ann.next()["data"]["record"]["title"] == "changed"
    house.delete(mine)
    for stream in (ann, guest):
        event = stream.next()
        assert (event["data"]["action"], event["data"]["record"]["id"]) == ("delete", mine)


def test_one_event_a_topic_and_the_topic_as_it_was_sent(house: House) -> None:
    note = house.note("a", house.ann)
    options = quote(json.dumps({"query": {"fields": "title,expand.owner.id", "expand": "owner"}}))
    topic = f"notes/{note}?options={options}"
    stream = house.stream(house.ann, topic, "notes/*")
    house.change(note, title="b")
    events = {event["event"]: event["data"] for event in (stream.next(), stream.next())}
    assert set(events) == {topic, "notes/*"}
    assert events[topic]["record"] == {"title": "b", "expand": {"owner": {"id": house.ann.id}}}
    # A new set replaces the old one.
    assert stream.subscribe().status_code == 204
    house.change(note, title="c")
    assert stream.silent()


def test_a_subscription_s_own_filter(house: House) -> None:
    def topic(filter: str) -> str:
        return f"notes/*?options={quote(json.dumps({'query': {'filter': filter}}))}"

    stream = house.stream(house.ann, topic("title = 'wanted'"), topic("@request.auth.id != ''"))
    house.note("other", house.ann)
    wanted = house.note("wanted", house.ann)
    event = stream.next()
    assert (event["data"]["record"]["id"], event["event"]) == (wanted, topic("title = 'wanted'"))
    assert stream.silent()


@pytest.mark.parametrize(
    "filter",
    ["secretive ~ 'h%'", "@collection._superusers.tokenKey ~ '%'", "owner.tokenKey ~ '%'", "@request.auth.id = ''"],
)
@pytest.mark.parametrize("gone", [True, False])
def test_a_subscription_s_filter_is_a_client_s_for_deleted_records_too(house: House, filter: str, gone: bool) -> None:
    store, guest = house.app.records, RequestInfo("realtime", "GET")
    record = store.find("notes", house.note("mine", house.ann))
    assert record is not None
    judge = Judge(house.app)
    assert judge.sees(record, None, Topic("x", "notes", record.id, {"filter": "title = 'mine'"}), gone=gone)
    assert not judge.sees(record, None, Topic("x", "notes", record.id, {"filter": filter}), gone=gone)
    assert rule_holds(store, record, "secretive ~ 'h%'", guest)


def test_topics_that_cannot_be_read_are_refused_and_hurt_nobody(house: House) -> None:
    mine = house.note("mine", house.ann)
    other, stream = house.stream(None, f"notes/{mine}"), house.stream(None)
    deep = f'notes/*?options={{"query":{{"filter":{"[" * 300}{"]" * 300}}}}}'
    assert stream.subscribe("notes/*", deep).status_code == 400
    state = house.app.realtime.state(other.id)
    bad = State("bad", state.process, "", None, ("notes/*", deep))
    assert [topic.text for _, topic in topics_of([bad, state])] == ["notes/*", f"notes/{mine}"]
    house.app.broker.put(CLIENTS, bad.id, bad.encode())
    house.delete(mine)
    assert other.next()["data"]["action"] == "delete"


def test_what_is_wrong_with_a_subscription(house: House) -> None:
    stream = house.stream(house.ann)
    unknown = httpx2.post(f"{house.server.url}/api/realtime", json={"clientId": "x", "subscriptions": []})
    assert (unknown.status_code, unknown.json()["message"]) == (404, "Missing or invalid client id.")
    assert httpx2.post(f"{house.server.url}/api/realtime", json={}).json()["data"]["clientId"]["code"] == (
        "validation_required"
    )
    many = stream.subscribe(*[f"notes/{number}" for number in range(1001)])
    assert (many.status_code, many.json()["data"]["subscriptions"]["code"]) == (400, "validation_length_too_long")
    long = stream.subscribe("ok", "x" * 2501)
    assert set(long.json()["data"]["subscriptions"]) == {"1"}


def test_a_client_stays_with_its_first_record(house: House) -> None:
    stream = house.stream(None, "notes/*")
    assert stream.subscribe("notes/*", token=tokens.issue(house.ann)).status_code == 204
    for token in ("", tokens.issue(house.bob)):
        answer = stream.subscribe("notes/*", token=token)
        assert answer.status_code == 403
        assert answer.json()["message"] == "The current and the previous request authorization don't match."
    assert stream.subscribe("notes/*", token=tokens.issue(house.ann)).status_code == 204


def test_a_changed_password_makes_a_guest(house: House) -> None:
    stream = house.stream(house.ann, "notes/*")
    house.note("before", house.ann)
    assert stream.next()["data"]["record"]["title"] == "before"
    ann = house.app.records.find("users", house.ann.id)
    assert ann is not None
    ann["password"] = "a new password"
    house.app.records.save(ann)
    house.note("after", house.ann)
    assert stream.silent()
    assert stream.subscribe("notes/*", token=tokens.issue(ann)).status_code == 204
    house.note("again", house.ann)
    assert stream.next()["data"]["record"]["title"] == "again"


def test_a_changed_rule_holds_at_once(house: House) -> None:
    stream = house.stream(house.ann, "notes/*")
    notes = house.app.collections.require("notes")
    house.app.collections.update(notes, {"listRule": None})
    house.note("hidden", house.ann)
    assert stream.silent()
    notes = house.app.collections.require("notes")
    house.app.collections.update(notes, {"listRule": ""})
    house.note("open", house.bob)
    assert stream.next()["data"]["record"]["title"] == "open"


def test_across_two_servers(house: House) -> None:
    second = house.server.another()
    # The stream is at the first server, what it subscribes to is told to the second.
    ann = house.stream(house.ann, "notes/*", post_to=second)
    bob = house.stream(house.bob, "notes/*", url=second, post_to=house.server.url)
    mine = house.note("a", house.ann, url=second)
    house.note("b", house.bob)
    assert ann.next()["data"]["record"]["title"] == "a"
    assert bob.next()["data"]["record"]["title"] == "b"
    house.delete(mine)
    assert ann.next()["data"]["action"] == "delete"
    assert bob.silent()
    answer = bob.subscribe("notes/*", token=tokens.issue(house.ann))
    assert answer.status_code == 403


def test_who_may_see_a_deletion_is_judged_before(house: House) -> None:
    """With the owner the notes go too; the rule hangs on what is deleted in the same transaction."""
    members = {
        "name": "members",
        "type": "base",
        "fields": [
            {"name": "note", "type": "relation", "collectionId": "notes_id", "cascadeDelete": True},
            {"name": "user", "type": "relation", "collectionId": "_pb_users_auth_"},
        ],
    }
    notes = house.app.collections.require("notes")
    members["fields"][0]["collectionId"] = notes.id  # type: ignore[index]
    house.app.collections.create(members)
    house.app.collections.update(notes, {"listRule": "members_via_note.user ?= @request.auth.id"})
    note = house.note("shared", house.ann)
    store = house.app.records
    store.save(store.new("members", {"note": note, "user": house.bob.id}))
    bob, ann = house.stream(house.bob, "notes/*"), house.stream(house.ann, "notes/*")
    # From this process, which serves no stream, as a worker would.
    found = store.find("notes", note)
    store.delete(found)
    event = bob.next()
    assert (event["data"]["action"], event["data"]["record"]["id"]) == ("delete", note)
    assert store.count("members") == 0
    assert ann.silent()


def test_the_stream_ends_when_the_server_does(make_server: Callable[..., LiveServer]) -> None:
    server = make_server()
    stream = Stream(server.url)
    assert server.stop() == 0
    assert stream.ended()
    stream.close()


def test_no_room(make_server: Callable[..., LiveServer]) -> None:
    server = make_server(ONECLICK_THREADS="10", ONECLICK_THREAD_RESERVE="8")
    streams = [Stream(server.url) for _ in range(2)]
    answer = httpx2.get(f"{server.url}/api/realtime")
    assert (answer.status_code, answer.json()["status"]) == (503, 503)
    for stream in streams:
        stream.close()
