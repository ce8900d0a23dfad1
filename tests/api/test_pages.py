"""The pages, and the description of the API."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import flask
import pytest

from oneclick import web as pages
from oneclick.api import answers, middleware
from oneclick.core import OneClick
from oneclick.testing import TestApi

INDEX, ADMIN = "<title>the application</title>", "<title>the admin pages</title>"


@pytest.fixture
def static(tmp_path: Path) -> Path:
    folder = tmp_path / "static"
    for name, text in {
        "index.html": INDEX,
        "_/index.html": ADMIN,
        "assets/app-1a2b.js": "let app = 1;" * 500,
        "theme.js": "let theme = 1",
        ".hidden": "no",
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    (tmp_path / "outside.txt").write_text("no")
    return folder


@pytest.fixture
def browse(static: Path) -> Callable[..., flask.testing.FlaskClient]:
    def make(public: Path | None = None, folder: Path = static) -> flask.testing.FlaskClient:
        web = flask.Flask("test", static_folder=None)
        answers.install(web)
        middleware.install(web)
        web.add_url_rule("/rollouts/<one>", "plugin", lambda one: "a plugin's")
        pages.install(web, public, folder)
        return web.test_client()

    return make


def test_the_application_knows_its_paths(browse: Callable[..., flask.testing.FlaskClient]) -> None:
    client = browse()
    for path in ("/", "/projects/1/deployments/2", "/index.html"):
        answer = client.get(path)
        assert (answer.status_code, answer.text) == (200, INDEX)
        policy = answer.headers["Content-Security-Policy"]
        assert "script-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["Cache-Control"] == "no-cache"


def test_the_admin_pages(browse: Callable[..., flask.testing.FlaskClient]) -> None:
    client = browse()
    redirect = client.get("/_")
    assert (redirect.status_code, redirect.headers["Location"]) == (307, "/_/")
    assert client.get("/_/").text == ADMIN
    script = client.get("/_/extensions.js")
    assert (script.status_code, script.headers["Content-Type"]) == (200, "text/javascript; charset=utf-8")


def test_assets_are_kept_and_compressed(browse: Callable[..., flask.testing.FlaskClient]) -> None:
    client = browse()
    plain = client.get("/assets/app-1a2b.js")
    assert plain.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    small = client.get("/assets/app-1a2b.js", headers={"Accept-Encoding": "gzip, br"})
    assert small.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(small.data) == plain.data
    assert client.get("/assets/gone.js").status_code == 404
    again = client.get("/theme.js", headers={"If-Modified-Since": client.get("/theme.js").headers["Last-Modified"]})
    assert again.status_code == 304


@pytest.mark.parametrize("path", ["/../outside.txt", "/%2e%2e/outside.txt", "/.hidden", "/_/../../outside.txt"])
def test_nothing_outside_is_sent(browse: Callable[..., flask.testing.FlaskClient], path: str) -> None:
    assert browse().get(path).text != "no"


def test_paths_of_the_api_and_of_plugins_are_no_pages(browse: Callable[..., flask.testing.FlaskClient]) -> None:
    client = browse()
    for path in ("/api/nothing", "/rollouts/a/b"):
        assert client.get(path).status_code == 404
    assert client.get("/rollouts/a").text == "a plugin's"


def test_a_folder_of_the_operator_s(browse: Callable[..., flask.testing.FlaskClient], tmp_path: Path) -> None:
    public = tmp_path / "public"
    (public / "sub").mkdir(parents=True)
    (public / "mine.txt").write_text("mine")
    client = browse(public)
    assert client.get("/mine.txt").text == "mine"
    assert client.get("/anything").status_code == 404
    (public / "index.html").write_text("home")
    (public / "sub" / "index.html").write_text("below")
    assert (client.get("/").text, client.get("/anything").text, client.get("/sub").text) == ("home", "home", "below")
    assert "Content-Security-Policy" not in client.get("/").headers
    # The admin pages stay, with what they load.
    assert client.get("/_/").text == ADMIN
    assert client.get("/theme.js").text == "let theme = 1"


def test_pages_that_are_not_built_say_so(browse: Callable[..., flask.testing.FlaskClient], tmp_path: Path) -> None:
    client = browse(None, tmp_path / "nothing")
    for path in ("/", "/_/"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert "is not built" in answer.text


def test_the_description_is_made_once_and_sent_to_those_who_lack_it(
    api: TestApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = api.get("/api/openapi.json")
    monkeypatch.setattr("oneclick.api.openapi.describe", lambda *_: pytest.fail("described again"))
    assert api.get("/api/openapi.json").get_json() == first.get_json()
    again = api.get("/api/openapi.json", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_the_description_lists_every_route(api: TestApi, one_click: OneClick) -> None:
    document = api.get("/api/openapi.json").get_json()
    assert document["openapi"] == "3.1.0"
    for rule in api.web.url_map.iter_rules():
        path = rule.rule.replace("<path:", "{").replace("<", "{").replace(">", "}")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            operation = document["paths"][path][method.lower()]
            assert operation["responses"], path
            named = {parameter["name"] for parameter in operation.get("parameters", ())}
            assert named == set(rule.arguments), path
    identifiers = [op["operationId"] for item in document["paths"].values() for op in item.values()]
    assert len(identifiers) == len(set(identifiers))


def test_the_ui_s_facts(api: TestApi) -> None:
    facts = api.get("/api/ui").get_json()
    assert set(facts) >= {"notices", "extensions", "version", "signup"}
    assert (facts["notices"], facts["extensions"], facts["signup"]) == ([], [], False)
