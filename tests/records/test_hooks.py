from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest

from oneclick.errors import ApiError, BadRequest, NotFound
from oneclick.records import Record, RequestInfo, create_record
from tests.records.conftest import App

ACTIONS = ("create", "update", "delete")


def watch(app: App, log: list[str]) -> None:
    """Note each hook, before and after where it goes around something, and whether a transaction is open."""

    def state() -> str:
        return " tx" if app.database.in_transaction else ""

    def around(name: str) -> Any:
        def hook(event: Any) -> Generator[None, Any, Any]:
            log.append(f"{name} >{state()}")
            try:
                result = yield
            except BaseException as error:
                log.append(f"{name} ! {type(error).__name__}")
                raise
            log.append(f"{name} <{state()}")
            return result

        return hook

    def plain(name: str) -> Any:
        def hook(event: Any) -> None:
            error = getattr(event, "error", None)
            log.append(f"{name}{state()}{' ' + str(error) if error else ''}")

        return hook

    hooks = {"on_record_validate": around("validate")}
    for action in ACTIONS:
        hooks[f"on_record_{action}"] = around(action)
        hooks[f"on_record_{action}_execute"] = around(f"{action}_execute")
        hooks[f"on_record_after_{action}_success"] = plain(f"after_{action}_success")
        hooks[f"on_record_after_{action}_error"] = plain(f"after_{action}_error")
    app.plug("watch", **hooks)
    app.records.on_committed.append(lambda action, record: log.append(f"told {action}{state()}"))


@pytest.fixture
def log(app: App, notes: Any) -> list[str]:
    found: list[str] = []
    watch(app, found)
    return found


@pytest.mark.parametrize("action", ACTIONS)
def test_the_order_of_hooks(app: App, log: list[str], action: str) -> None:
    record = app.records.new("notes", {"title": "a"})
    if action != "create":
        app.records.save(record)
        log.clear()
    if action == "delete":
        app.records.delete(record)
    else:
        record["title"] = "b"
        app.records.save(record)
    validate = [] if action == "delete" else ["validate >", "validate <"]
    assert log == [
        f"{action} >",
        *validate,
        f"{action}_execute > tx",
        f"{action}_execute < tx",
        f"{action} <",
        f"told {action}",
        f"after_{action}_success",
    ]


# Nothing validates a deletion, and what comes after the outermost hook comes after the commit.
VETOES = [
    (action, where, late)
    for action in ACTIONS
    for where, late in [("", False), ("_execute", False), ("_execute", True), ("_validate", False), ("_validate", True)]
    if (action, where) != ("delete", "_validate")
]


@pytest.mark.parametrize(("action", "where", "late"), VETOES)
def test_a_veto_leaves_nothing_written(app: App, log: list[str], action: str, where: str, late: bool) -> None:
    record = app.records.new("notes", {"title": "a"})
    if action != "create":
        app.records.save(record)

    def veto(event: Any) -> Generator[None, Any, Any]:
        if not late:
            raise BadRequest("not today")
        result = yield
        raise BadRequest("not today")
        return result

    app.plug("veto", **{"on_record_validate" if where == "_validate" else f"on_record_{action}{where}": veto})
    log.clear()
    with pytest.raises(BadRequest, match="Not today"):
        if action == "delete":
            app.records.delete(record)
        else:
            record["title"] = "b"
            app.records.save(record)
    assert log[-1] == f"after_{action}_error Not today."
    assert not any("success" in line or "told" in line for line in log)
    stored = app.records.find("notes", record.id)
    assert (stored is None) if action == "create" else (stored is not None and stored["title"] == "a")
    assert record.is_new is (action == "create")


def test_what_raises_after_the_commit_reaches_the_caller_and_success_is_told(app: App, log: list[str]) -> None:
    def late(event: Any) -> Generator[None, Any, Any]:
        yield
        raise BadRequest("too late")

    app.plug("late", on_record_create=late)
    record = app.records.new("notes", {"title": "a"})
    with pytest.raises(BadRequest, match="Too late"):
        app.records.save(record)
    assert log[-2:] == ["told create", "after_create_success"]
    assert app.records.find("notes", record.id) is not None


def test_a_plugin_may_change_the_record_before_it_is_validated(app: App, notes: Any) -> None:
    def change(event: Any) -> None:
        event.record["title"] = event.record["title"].upper()

    app.plug(on_record_create=change)
    record = app.records.save(app.records.new("notes", {"title": "abc"}))
    assert app.records.find("notes", record.id)["title"] == "ABC"  # type: ignore[index]


def test_after_hooks_wait_for_the_outermost_commit(app: App, log: list[str]) -> None:
    with app.database.transaction():
        app.records.save(app.records.new("notes", {"title": "a"}))
        app.records.save(app.records.new("notes", {"title": "b"}))
        assert not any("success" in line or "told" in line for line in log)
    assert log[-4:] == ["told create", "after_create_success"] * 2


def test_after_a_rollback_error_hooks_run_and_nothing_is_told(app: App, log: list[str]) -> None:
    record = app.records.new("notes", {"title": "a"})
    with pytest.raises(RuntimeError), app.database.transaction():
        app.records.save(record)
        assert not record.is_new
        raise RuntimeError("gone")
    assert log[-1] == "after_create_error gone"
    assert not any("success" in line or "told" in line for line in log)
    assert record.is_new
    assert app.records.find("notes", record.id) is None


@pytest.mark.parametrize("hook", ["on_record_create", "on_record_create_execute"])
def test_a_late_veto_that_is_caught_in_a_transaction_leaves_nothing_either(app: App, log: list[str], hook: str) -> None:
    def late(event: Any) -> Generator[None, Any, Any]:
        yield
        if event.record["title"] == "bad":
            raise BadRequest("no")

    app.plug("late", **{hook: late})
    good, bad = (app.records.new("notes", {"title": title}) for title in ("good", "bad"))
    with app.database.transaction():
        app.records.save(good)
        with pytest.raises(BadRequest):
            app.records.save(bad)
    assert [record["title"] for record in app.records.list("notes")] == ["good"]
    assert [line for line in log if line.startswith(("told", "after"))] == [
        "after_create_error No.",
        "told create",
        "after_create_success",
    ]


def test_a_failing_after_hook_neither_undoes_nor_stops_the_next(app: App, notes: Any) -> None:
    seen = []

    def fail(event: Any) -> None:
        raise RuntimeError("after")

    app.plug("z_last", on_record_after_create_success=lambda event: seen.append(event.record.id))
    app.plug("a_first", on_record_after_create_success=fail)
    record = app.records.save(app.records.new("notes", {"title": "a"}))
    assert seen == [record.id]
    assert app.records.find("notes", record.id) is not None


def test_hooks_that_save_other_records_join(app: App, log: list[str]) -> None:
    def twin(event: Any) -> Generator[None, Any, Any]:
        yield
        if event.record["title"] == "first":
            app.records.save(app.records.new("notes", {"title": "second"}))

    app.plug("twin", on_record_create_execute=twin)
    app.records.save(app.records.new("notes", {"title": "first"}))
    assert [line for line in log if line.startswith("after")] == ["after_create_success"] * 2
    assert app.records.count("notes") == 2


def test_request_hooks_see_who_asks_and_can_refuse(app: App, log: list[str]) -> None:
    ann = app.user()
    log.clear()

    def ask(event: Any) -> None:
        log.append(f"request by {event.request.auth['username']}")
        if event.record["title"] == "no":
            raise ApiError("Refused", status=409)

    app.plug("ask", on_record_create_request=ask)
    request = RequestInfo(method="POST", body={"title": "yes"}, auth=ann)
    create_record(app.records, app.collections.require("notes"), request)
    assert log[0] == "request by ann"
    with pytest.raises(ApiError) as caught:
        create_record(app.records, app.collections.require("notes"), request.with_body({"title": "no"}))
    assert caught.value.status == 409
    assert app.records.count("notes") == 1


def test_updating_what_is_gone(app: App, notes: Any) -> None:
    record = app.records.save(app.records.new("notes", {"title": "a"}))
    again = app.records.find("notes", record.id)
    app.records.delete(record)
    assert isinstance(again, Record)
    again["title"] = "b"
    with pytest.raises(NotFound):
        app.records.save(again)
    with pytest.raises(NotFound):
        app.records.delete(again)
