"""What holds for every request: headers, CORS, errors, bodies (contract §0)."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest

from oneclick.api.bodies import infer
from oneclick.core import OneClick
from oneclick.records import Record
from oneclick.testing import TestApi

LOGIN = "/api/collections/users/auth-with-password"


def test_health(api: TestApi, superuser: Record) -> None:
    answer = api.get("/api/health")
    assert answer.get_json() == {"message": "API is healthy.", "code": 200, "data": {}}
    assert answer.headers["Content-Type"] == "application/json"
    data = api.acting(superuser).get("/api/health").get_json()["data"]
    assert data == {"canBackup": False, "realIP": "127.0.0.1", "possibleProxyHeader": ""}
    head = api.open("HEAD", "/api/health")
    assert (head.status_code, head.data) == (200, b"")


def test_security_headers(api: TestApi) -> None:
    for path in ("/api/health", "/api/nothing", "/"):
        headers = api.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "SAMEORIGIN"
        assert headers["X-XSS-Protection"] == "1; mode=block"
        # The pages keep the tie to the windows of login providers that they open.
        opener = "same-origin-allow-popups" if path == "/" else "same-origin"
        assert headers["Cross-Origin-Opener-Policy"] == opener
        assert "Origin" in headers["Vary"]
        assert "Access-Control-Allow-Origin" not in headers


def test_any_origin_may_ask_without_credentials(api: TestApi) -> None:
    headers = api.get("/api/health", headers={"Origin": "http://elsewhere.example"}).headers
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in headers
    preflight = api.open(
        "OPTIONS",
        "/api/nothing",
        headers={
            "Origin": "http://elsewhere.example",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization, x-mine",
        },
    )
    assert preflight.status_code == 204
    assert preflight.headers["Access-Control-Allow-Methods"] == "GET,HEAD,PUT,PATCH,POST,DELETE"
    assert preflight.headers["Access-Control-Allow-Headers"] == "authorization, x-mine"


@pytest.mark.parametrize(
    ("method", "path", "message"),
    [
        ("GET", "/api/nothing", "File not found."),
        ("POST", "/api/nothing", "The requested resource wasn't found."),
        ("PUT", "/api/health", "The requested resource wasn't found."),
        ("GET", "/api/health/", "File not found."),
        ("GET", "/api//health", "File not found."),
        ("GET", "/api/collections/nothing/records", "Missing collection context."),
        ("GET", "/api/collections/nothing/auth-methods", "Missing or invalid collection context."),
        ("GET", "/api/files/nothing/x/y", "Missing or invalid collection context."),
        ("GET", "/api/collections/_mfas/auth-methods", "Missing or invalid auth collection context."),
    ],
)
def test_unknown_paths_and_methods_are_404(api: TestApi, method: str, path: str, message: str) -> None:
    answer = api.open(method, path)
    assert answer.status_code == 404
    assert answer.get_json() == {"data": {}, "message": message, "status": 404}


def test_an_unexpected_error_tells_nothing(one_click: OneClick) -> None:
    api = TestApi(one_click)

    def fail() -> None:
        raise RuntimeError("the password is 1234")

    api.web.add_url_rule("/api/fails", "fails", fail)
    answer = api.get("/api/fails")
    assert answer.status_code == 500
    assert answer.get_json()["message"] == "Something went wrong while processing your request."


def test_fields_cut_down_every_answer(api: TestApi) -> None:
    assert api.get("/api/health?fields=code").get_json() == {"code": 200}
    assert set(api.get("/api/nothing?fields=status").get_json()) == {"data", "message", "status"}


# Bodies


def test_an_empty_body_is_an_empty_object(api: TestApi) -> None:
    for kind in ("application/json", "text/plain", "application/x-www-form-urlencoded"):
        answer = api.http.post(LOGIN, data=b"", content_type=kind)
        assert set(answer.get_json()["data"]) == {"identity", "password"}


@pytest.mark.parametrize(
    ("content", "kind", "message"),
    [
        (b"[1]", "application/json", "An error occurred while loading the submitted data."),
        (b'{"identity": 5}', "application/json", "An error occurred while loading the submitted data."),
        (b"{", "application/json", "An error occurred while loading the submitted data."),
        (b"x", "text/plain", "Unsupported Content-Type."),
    ],
)
def test_other_bodies_are_refused(api: TestApi, content: bytes, kind: str, message: str) -> None:
    answer = api.http.post(LOGIN, data=content, content_type=kind)
    assert (answer.status_code, answer.get_json()["message"]) == (400, message)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", ""),
        ("true", True),
        ("false", False),
        ("True", "True"),
        ("7", 7),
        ("-3", -3),
        ("1.5", 1.5),
        ("007", "007"),
        ("1.50", "1.50"),
        ("1e3", "1e3"),
        (".5", ".5"),
        ("-", "-"),
        ("1-2", "1-2"),
        ("1.2.3", "1.2.3"),
        ("0.0000001", 0.0000001),
        ("12345678901234567890", "12345678901234567890"),
    ],
)
def test_a_form_s_texts_are_told_apart(text: str, value: Any) -> None:
    assert infer(text) == value
    assert type(infer(text)) is type(value)


@pytest.fixture
def things(one_click: OneClick) -> Any:
    return one_click.collections.create(
        {
            "name": "things",
            "type": "base",
            "createRule": "",
            "viewRule": "",
            "fields": [
                {"name": "text", "type": "text"},
                {"name": "number", "type": "number"},
                {"name": "tags", "type": "select", "values": ["a", "b", "c"], "maxSelect": 3},
                {"name": "data", "type": "json"},
                {"name": "files", "type": "file", "maxSelect": 3, "maxSize": 1000},
            ],
        }
    )


THINGS = "/api/collections/things/records"


def test_forms_make_records(api: TestApi, things: Any) -> None:
    answer = api.http.post(THINGS, data={"text": "007", "number": "7", "tags": ["a", "c"]})
    assert answer.status_code == 200
    record = answer.get_json()
    assert (record["text"], record["number"], record["tags"]) == ("007", 7, ["a", "c"])


def test_json_payloads_are_merged_over_the_form(api: TestApi, things: Any) -> None:
    form = {
        "text": "plain",
        "number": "1",
        "@jsonPayload": ['{"number": 2}', '{"data": {"deep": [1, null]}, "tags": ["b"]}'],
        "files": [(BytesIO(b"one"), "One File.txt"), (BytesIO(b"two"), "two.txt")],
    }
    answer = api.http.post(THINGS, data=form, content_type="multipart/form-data")
    record = answer.get_json()
    assert answer.status_code == 200, record
    assert (record["text"], record["number"], record["tags"]) == ("plain", 2, ["b"])
    assert record["data"] == {"deep": [1, None]}
    assert [name.rpartition("_")[0] for name in record["files"]] == ["one_file", record["files"][1].rpartition("_")[0]]
    bad = api.http.post(THINGS, data={"@jsonPayload": "{"}, content_type="multipart/form-data")
    assert bad.status_code == 400


def test_a_body_over_the_limit_is_413(api: TestApi, things: Any) -> None:
    told = {"CONTENT_LENGTH": str(100 << 20)}
    answer = api.http.post(THINGS, data=b"{}", content_type="application/json", environ_overrides=told)
    assert (answer.status_code, answer.get_json()["message"]) == (413, "Request entity too large.")
    large = b'{"identity":"' + b"x" * (33 << 20) + b'"}'
    assert api.http.post(LOGIN, data=large, content_type="application/json").status_code == 413
