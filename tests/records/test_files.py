from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest

from oneclick.errors import ValidationError
from oneclick.fields import NewFile
from oneclick.records import RequestInfo, create_record, update_record
from tests.records.conftest import App
from tests.records.test_api import outcome


def upload(name: str, content: bytes = b"content") -> NewFile:
    return NewFile(name, len(content), "text/plain", lambda: io.BytesIO(content))


def stored(app: App) -> list[str]:
    return sorted(path.name for path in Path(app.storage.root).rglob("*") if path.is_file())


def create(app: App, notes: Any, **body: Any) -> dict[str, Any]:
    return create_record(app.records, notes, RequestInfo(body={"title": "a"} | body))


def change(app: App, data: dict[str, Any], **body: Any) -> Any:
    notes = app.collections.require("notes")
    return outcome(update_record, app.records, notes, data["id"], RequestInfo(body=body))


def test_files_are_stored_and_named(app: App, notes: Any) -> None:
    data = create(app, notes, one=upload("My Photo.PNG"), many=[upload("a.txt"), upload("b.txt")])
    assert data["one"].startswith("my_photo_")
    assert len(data["many"]) == 2
    assert stored(app) == sorted([data["one"], *data["many"]])
    with app.storage.open(f"{notes.id}/{data['id']}/{data['one']}") as file:
        assert file.read() == b"content"


def test_plain_uploads_replace_and_names_keep(app: App, notes: Any) -> None:
    data = create(app, notes, one=upload("a.txt"), many=[upload("b.txt"), upload("c.txt")])
    first, second = data["many"]
    data = change(app, data, many=[second, upload("d.txt")], one=upload("e.txt"))
    assert (data["many"][0], len(data["many"])) == (second, 2)
    assert first not in stored(app)
    assert stored(app) == sorted([data["one"], *data["many"]])


def test_adding_and_removing(app: App, notes: Any) -> None:
    data = create(app, notes, many=[upload("b.txt")])
    (first,) = data["many"]
    data = change(app, data, **{"many+": upload("c.txt")})
    data = change(app, data, **{"+many": [upload("d.txt")]})
    assert [name[0] for name in data["many"]] == ["d", "b", "c"]
    data = change(app, data, **{"many-": first})
    assert len(data["many"]) == 2
    assert stored(app) == sorted(data["many"])
    assert change(app, data, many=None)["many"] == []
    assert stored(app) == []


def test_refused_files_leave_nothing(app: App, notes: Any) -> None:
    data = create(app, notes)
    for wrong in (
        {"many": [upload("big.txt", b"x" * 101)]},
        {"many": [upload(f"{number}.txt") for number in range(6)]},
        {"many": ["nowhere.txt", upload("a.txt")]},
        {"one": upload("a.txt"), "title": ""},
    ):
        assert change(app, data, **wrong)[0] == 400
    assert stored(app) == []


def test_a_rollback_takes_the_files_along(app: App, notes: Any) -> None:
    data = create(app, notes, one=upload("a.txt"))
    record = app.records.find("notes", data["id"])
    assert record is not None
    record["one"] = upload("b.txt")
    with pytest.raises(RuntimeError), app.database.transaction():
        app.records.save(record)
        app.records.save(app.records.new("notes", {"title": "b", "one": upload("c.txt")}))
        assert len(stored(app)) == 3
        raise RuntimeError
    assert stored(app) == [data["one"]]


def test_a_veto_takes_the_files_along(app: App, notes: Any) -> None:
    def veto(event: Any) -> None:
        raise ValidationError({})

    app.plug(on_record_create_execute=veto)
    with pytest.raises(ValidationError):
        create(app, notes, one=upload("a.txt"))
    assert stored(app) == []


def test_files_go_with_the_record(app: App, notes: Any) -> None:
    data = create(app, notes, one=upload("a.txt"), many=[upload("b.txt")])
    record = app.records.find("notes", data["id"])
    app.records.delete(record)
    assert stored(app) == []


@pytest.mark.parametrize(
    ("original", "pattern"),
    [
        ("My Photo.PNG", r"my_photo_\w{10}\.PNG"),
        ("a.tar.gz", r"a\w{10}_\w{10}\.tar\.gz"),
        ("camelCaseName.TXT", r"camel_case_name_\w{10}\.TXT"),
        ("a b-c__d.v1.2.json", r"a_b_c_d_v1_\w{10}\.2\.json"),
        ("weird.p h p", r"weird_\w{10}\.php"),
        ("Straße.txt", r"stra_e_\w{10}\.txt"),
        (".env", r"\w{10}_\w{10}\.env"),
        ("noext", r"noext_\w{10}\.txt"),
        ("../../etc/passwd.txt", r"passwd_\w{10}\.txt"),
        ("x" * 300 + "." + "e" * 40, r"x{100}_\w{10}\.e{20}"),
    ],
)
def test_names_are_those_of_pocketbase(original: str, pattern: str) -> None:
    assert re.fullmatch(pattern, upload(original).name, re.ASCII)
