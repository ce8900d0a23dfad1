from __future__ import annotations

from typing import Any

import pytest

from oneclick.errors import BadRequest
from oneclick.records.picker import excerpt, pick

RECORD: dict[str, Any] = {
    "id": "1", "title": "t", "body": "<p>hi <b>you</b></p>", "meta": {"a": {"b": 1, "c": 2}, "d": 3},
    "expand": {"author": {"id": "2", "name": "ann"}, "tags": [{"id": "3", "name": "red"}]},
}  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "picked"),
    [
        ("id,title", {"id": "1", "title": "t"}),
        (" id , nowhere ,", {"id": "1"}),
        ("meta.a.b", {"meta": {"a": {"b": 1}}}),
        ("meta.a.b,meta.d", {"meta": {"a": {"b": 1}, "d": 3}}),
        ("meta", {"meta": RECORD["meta"]}),
        ("expand.author.name", {"expand": {"author": {"name": "ann"}}}),
        ("expand.tags.name,id", {"id": "1", "expand": {"tags": [{"name": "red"}]}}),
        ("expand.*.id", {"expand": {"author": {"id": "2"}, "tags": [{"id": "3"}]}}),
        ("body:excerpt(4,true)", {"body": "hi y..."}),
        ("body:excerpt(4)", {"body": "hi y"}),
        ("body:excerpt(100, true),id", {"body": "hi you", "id": "1"}),
        ("*", RECORD),
        ("*,body:excerpt(2)", RECORD | {"body": "hi"}),
    ],
)
def test_picking(fields: str, picked: dict[str, Any]) -> None:
    assert pick(RECORD, fields) == picked
    page = {"items": [RECORD], "page": 1, "perPage": 30, "totalItems": 1, "totalPages": 1}
    assert pick(page, fields) == page | {"items": [picked]}
    assert pick([RECORD], fields) == [picked]


def test_what_excerpts_drop() -> None:
    html = "<h1>A</h1><script>x</script><p>b<br>c</p><style>y</style> &amp; <svg><text>z</text></svg>d"
    assert excerpt(html, 100) == "A b c & d"


@pytest.mark.parametrize("fields", ["body:nope", "body:excerpt", "body:excerpt(x)"])
def test_unknown_modifiers(fields: str) -> None:
    with pytest.raises(BadRequest):
        pick(RECORD, fields)
