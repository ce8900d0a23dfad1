"""Plugins: order, isolation of broken ones, drop-ins, and the hooks of the four events."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from oneclick.config import Config
from oneclick.core import OneClick
from oneclick.errors import BadRequest, ConfigError
from oneclick.plugins import OPERATION_HOOKS, Plugins, load_plugins
from oneclick.testing import TestApi, make_superuser
from oneclick_hooks import RecordEvent, hookimpl, on

NOTES = {
    "name": "notes",
    "type": "base",
    **{f"{action}Rule": "" for action in ("list", "view", "create", "update", "delete")},
    "fields": [{"name": "title", "type": "text"}],
}


def plugin(name: str, **hooks: Any) -> SimpleNamespace:
    return SimpleNamespace(__name__=name, **hooks)


def config(folder: Path, **values: Any) -> Config:
    return Config(data_dir=folder, **{"plugins_only": None, **values})


def write(folder: Path, name: str, source: str) -> None:
    path = folder / "plugins" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("from oneclick_hooks import hookimpl\n" + source)


def calls_of(plugins: Plugins, hook: str = "on_record_create") -> list[str]:
    """Run an operation and return the order of the calls."""
    calls: list[str] = []
    event: Any = SimpleNamespace(calls=calls, operation=lambda: calls.append("operation"))
    plugins.run(hook, event)
    return calls


def caller(name: str) -> Callable[[Any], None]:
    @hookimpl
    def implementation(event: Any) -> None:
        event.calls.append(name)

    return implementation


# Order


def test_built_ins_come_first_then_drop_ins_by_file_name(tmp_path: Path) -> None:
    for name in ("zebra.py", "ant.py"):
        write(tmp_path, name, f"@hookimpl\ndef on_record_create(event):\n    event.calls.append({name!r})\n")
    plugins = load_plugins(config(tmp_path))
    names = [entry.name for entry in plugins.loaded]
    assert names[-2:] == ["ant", "zebra"]
    assert names[:-2] == sorted(names[:-2])
    assert {entry.source for entry in plugins.loaded[:-2]} <= {"built-in"}
    alone = load_plugins(config(tmp_path, plugins_only=("ant", "zebra")))
    assert calls_of(alone) == ["ant.py", "zebra.py", "operation"]


def test_wrappers_are_around_and_see_result_and_error() -> None:
    seen: list[Any] = []

    @hookimpl(wrapper=True)
    def around(event: Any) -> Iterator[None]:
        try:
            seen.append((yield))
        except ValueError as error:
            seen.append(str(error))
            raise
        return None

    plugins = load_plugins(config(Path("/nonexistent"), plugins_only=()), [plugin("around", on_record_create=around)])
    event: Any = SimpleNamespace(operation=lambda: "made")
    assert plugins.run("on_record_create", event) == "made"
    assert seen == [["made"]]

    def refuse() -> None:
        raise ValueError("no")

    event = SimpleNamespace(operation=refuse)
    with pytest.raises(ValueError, match="no"):
        plugins.run("on_record_create", event)
    assert seen[-1] == "no"


def test_raising_before_the_yield_stops_the_operation() -> None:
    @hookimpl(wrapper=True)
    def veto(event: Any) -> Iterator[None]:
        if event.calls is not None:
            raise BadRequest("Not today")
        yield

    plugins = load_plugins(config(Path("/nonexistent"), plugins_only=()), [plugin("veto", on_record_create=veto)])
    calls: list[str] = []
    event: Any = SimpleNamespace(calls=calls, operation=lambda: calls.append("operation"))
    with pytest.raises(BadRequest, match=r"Not today\."):
        plugins.run("on_record_create", event)
    assert calls == []


def test_implementations_are_counted() -> None:
    plugins = load_plugins(config(Path("/nonexistent"), plugins_only=()), [plugin("one", on_record_create=caller("x"))])
    calls_of(plugins)
    calls_of(plugins)
    assert plugins.counts["one", "on_record_create"].calls == 2


def test_tracing_prints_each_call(capsys: pytest.CaptureFixture[str]) -> None:
    settings = config(Path("/nonexistent"), plugins_only=(), trace_hooks=True)
    calls_of(load_plugins(settings, [plugin("one", on_record_create=caller("x"))]))
    assert "hook on_record_create [one]" in capsys.readouterr().err


# Broken ones


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("import nothing_like_this\n", "nothing_like_this"),
        ("raise SystemExit(1)\n", "1"),
        ("def broken(:\n", "invalid syntax"),
        ("@hookimpl\ndef on_recrod_create(event): ...\n", "on_recrod_create"),
        ("@hookimpl\ndef on_record_create(evnt): ...\n", "evnt"),
        ("@hookimpl(trylast=True)\ndef on_record_create(event): ...\n", "trylast is kept for the operation"),
        ("@hookimpl(hookwrapper=True)\ndef on_record_create(event): yield\n", "use wrapper=True"),
    ],
)
def test_a_broken_one_is_named_and_the_rest_runs(tmp_path: Path, source: str, sentence: str) -> None:
    write(tmp_path, "bad.py", source)
    write(tmp_path, "good.py", "@hookimpl\ndef on_record_create(event):\n    event.calls.append('good')\n")
    plugins = load_plugins(config(tmp_path, plugins_only=("bad", "good")))
    assert [entry.name for entry in plugins.loaded] == ["good"]
    assert [entry.name for entry in plugins.broken] == ["bad"]
    assert sentence in plugins.broken[0].error
    assert "bad.py" in plugins.broken[0].source
    assert "Traceback" in plugins.broken[0].traceback or "Error" in plugins.broken[0].traceback
    assert calls_of(plugins) == ["good", "operation"]


def test_plugins_that_are_wanted_and_not_there_stop_the_start(tmp_path: Path) -> None:
    write(tmp_path, "good.py", "")
    with pytest.raises(ConfigError, match=r"not there: nope, bad \(there are .*good"):
        load_plugins(config(tmp_path, plugins_only=("nope", "good", "bad")))


def test_a_hook_that_another_plugin_specifies_may_be_missing(tmp_path: Path) -> None:
    write(tmp_path, "guest.py", "@hookimpl(optionalhook=True)\ndef somebody_elses_hook(event): ...\n")
    plugins = load_plugins(config(tmp_path, plugins_only=("guest",)))
    assert [entry.name for entry in plugins.loaded] == ["guest"]


def test_a_taken_name_switches_the_later_one_off(tmp_path: Path) -> None:
    write(tmp_path, "one.py", "")
    plugins = load_plugins(config(tmp_path, plugins_only=("one",)), [plugin("one")])
    assert [entry.source for entry in plugins.loaded] == [str(tmp_path / "plugins" / "one.py")]
    assert "already taken" in plugins.broken[0].error


def test_a_package_with_relative_imports_loads(tmp_path: Path) -> None:
    write(tmp_path, "house/__init__.py", "from .room import on_record_create\n")
    write(tmp_path, "house/room.py", "@hookimpl\ndef on_record_create(event):\n    event.calls.append('room')\n")
    plugins = load_plugins(config(tmp_path, plugins_only=("house",)))
    assert plugins.broken == []
    assert calls_of(plugins) == ["room", "operation"]


def test_registration_that_raises_switches_off_by_name() -> None:
    @hookimpl
    def register_jobs() -> list[Any]:
        raise RuntimeError("no jobs today")

    plugins = load_plugins(config(Path("/nonexistent"), plugins_only=()), [plugin("lazy", register_jobs=register_jobs)])
    assert plugins.collect("register_jobs") == []
    assert plugins.is_off("lazy")
    assert "no jobs today" in plugins.broken[0].traceback


def test_a_wrong_setting_stops_the_start() -> None:
    @hookimpl
    def check_environment(environ: Any) -> None:
        raise ConfigError("FOO is wrong")

    plugins = load_plugins(config(Path("/x"), plugins_only=()), [plugin("strict", check_environment=check_environment)])
    with pytest.raises(ConfigError, match="FOO is wrong"):
        plugins.collect("check_environment", environ={})


def test_operation_hooks_are_those_with_an_operation() -> None:
    assert "on_record_create" in OPERATION_HOOKS
    assert "on_record_after_create_success" not in OPERATION_HOOKS
    assert "on_record_enrich" not in OPERATION_HOOKS


# The four events, through the API


class Diary:
    """A plugin that writes down what happens to notes."""

    __name__ = "diary"

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.veto = ""

    @hookimpl
    def register_collections(self) -> list[dict[str, Any]]:
        return [NOTES]

    def note(self, line: str, event: RecordEvent) -> None:
        inside = " in a transaction" if event.app.database.in_transaction else ""  # type: ignore[attr-defined]
        self.lines.append(line + inside)
        if line == self.veto:
            raise BadRequest(f"Vetoed at {line}")


def _add_hooks() -> None:
    """Give the diary a hook before, around, inside and after each action."""

    for action in ("create", "update", "delete"):
        for name in (f"on_record_{action}_request", f"on_record_{action}", f"on_record_{action}_execute"):
            setattr(Diary, name, _method(name))
        for ending in ("success", "error"):
            name = f"on_record_after_{action}_{ending}"
            setattr(Diary, name, _method(name))


def _method(name: str) -> Any:
    @hookimpl
    def implementation(self: Diary, event: RecordEvent) -> None:
        if event.collection.name == "notes":
            self.note(name, event)

    return implementation


_add_hooks()


@pytest.fixture
def diary() -> Diary:
    return Diary()


@pytest.fixture
def notes(plugged: Callable[..., OneClick], diary: Diary) -> TestApi:
    one_click = plugged(diary)
    assert one_click.plugins.broken == []
    return TestApi(one_click).acting(make_superuser(one_click))


PATH = "/api/collections/notes/records"


def expected(action: str) -> list[str]:
    return [
        f"on_record_{action}_request",
        f"on_record_{action}",
        f"on_record_{action}_execute in a transaction",
        f"on_record_after_{action}_success",
    ]


def test_create_update_delete_in_order(notes: TestApi, diary: Diary) -> None:
    made = notes.post(PATH, {"title": "a"})
    assert made.status_code == 200
    assert diary.lines == expected("create")
    diary.lines.clear()
    path = f"{PATH}/{made.get_json()['id']}"
    assert notes.patch(path, {"title": "b"}).status_code == 200
    assert diary.lines == expected("update")
    diary.lines.clear()
    assert notes.delete(path).status_code == 204
    assert diary.lines == expected("delete")


@pytest.mark.parametrize("action", ["create", "update", "delete"])
@pytest.mark.parametrize("stage", ["request", "", "execute"])
def test_a_veto_leaves_nothing_behind(notes: TestApi, diary: Diary, action: str, stage: str) -> None:
    path = f"{PATH}/{notes.post(PATH, {'title': 'old'}).get_json()['id']}"
    diary.lines.clear()
    diary.veto = f"on_record_{action}{'_' * bool(stage)}{stage}"
    answer = {
        "create": lambda: notes.post(PATH, {"title": "new"}),
        "update": lambda: notes.patch(path, {"title": "new"}),
        "delete": lambda: notes.delete(path),
    }[action]()
    assert (answer.status_code, answer.get_json()["message"]) == (400, f"Vetoed at {diary.veto}.")
    assert [item["title"] for item in notes.get(PATH).get_json()["items"]] == ["old"]
    assert f"on_record_after_{action}_success" not in diary.lines
    # The request hook is before the record's own events begin.
    assert (f"on_record_after_{action}_error" in diary.lines) == (stage != "request")


def test_after_success_waits_for_the_outermost_commit(notes: TestApi, diary: Diary) -> None:
    store, database = notes.one_click.records, notes.one_click.database
    with database.transaction():
        store.save(store.new("notes", {"title": "a"}))
        assert not any("after" in line for line in diary.lines)
    assert diary.lines[-1] == "on_record_after_create_success"
    diary.lines.clear()
    with pytest.raises(RuntimeError, match="rolled back"), database.transaction():
        store.save(store.new("notes", {"title": "b"}))
        raise RuntimeError("rolled back")
    assert diary.lines[-1] == "on_record_after_create_error"
    assert "on_record_after_create_success" not in diary.lines
    assert store.count("notes") == 1


def test_an_after_hook_that_fails_stops_nothing(notes: TestApi, diary: Diary) -> None:
    diary.veto = "on_record_after_create_success"
    assert notes.post(PATH, {"title": "a"}).status_code == 200
    assert notes.one_click.records.count("notes") == 1


def test_a_wrapper_changes_the_record_before_and_sees_it_after(plugged: Callable[..., OneClick]) -> None:
    seen: list[Any] = []

    @hookimpl(wrapper=True)
    @on("notes")
    def on_record_create(event: RecordEvent) -> Any:
        event.record["title"] = "changed"
        result = yield
        seen.append((event.record["title"], event.record.is_new))
        return result

    register = hookimpl(lambda: [NOTES])
    one_click = plugged(plugin("around", on_record_create=on_record_create, register_collections=register))
    answer = TestApi(one_click).post(PATH, {"title": "mine"})
    assert answer.get_json()["title"] == "changed"
    assert seen == [("changed", False)]


def test_collections_of_a_plugin_that_is_off_answer_503(plugged: Callable[..., OneClick], diary: Diary) -> None:
    first = plugged(diary)
    first.records.save(first.records.new("notes", {"title": "kept"}))
    second = plugged()
    root = make_superuser(second)
    answer = TestApi(second).get(PATH)
    assert answer.status_code == 503
    assert answer.get_json()["data"]["plugin"]["code"] == "plugin_off"
    as_root = TestApi(second).acting(root)
    assert [item["title"] for item in as_root.get(PATH).get_json()["items"]] == ["kept"]
    assert as_root.post(PATH, {"title": "new"}).status_code == 503
