"""Files of records: headers, ranges, protection, thumbs (contract §7)."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from oneclick.auth import tokens
from oneclick.core import OneClick
from oneclick.fields import NewFile
from oneclick.records import Record
from oneclick.storage.kinds import sniff
from oneclick.testing import TestApi


def image(width: int = 300, height: int = 200, kind: str = "PNG") -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (width, height), "red").save(target, kind)
    return target.getvalue()


@pytest.fixture
def papers(one_click: OneClick) -> Any:
    return one_click.collections.create(
        {
            "name": "papers",
            "type": "base",
            "viewRule": "owner = @request.auth.id && @request.auth.id != ''",
            "fields": [
                {"name": "owner", "type": "relation", "collectionId": "_pb_users_auth_"},
                {"name": "open", "type": "file", "maxSelect": 1, "thumbs": ["40x0", "0x30", "50x20f", "30x30t"]},
                {"name": "locked", "type": "file", "maxSelect": 1, "protected": True},
            ],
        }
    )


def store(one_click: OneClick, user: Record, **files: tuple[str, bytes]) -> dict[str, str]:
    """Store a paper; return the paths of its files."""
    values = {
        name: NewFile(original, len(content), sniff(content), lambda content=content: io.BytesIO(content))
        for name, (original, content) in files.items()
    }
    record = one_click.records.save(one_click.records.new("papers", {"owner": user.id, **values}))
    return {name: f"/api/files/papers/{record.id}/{record[name]}" for name in files}


def test_an_image_is_shown_and_a_page_is_not(api: TestApi, one_click: OneClick, user: Record, papers: Any) -> None:
    path = store(one_click, user, open=("A Photo.png", image()))["open"]
    answer = api.get(path)
    assert answer.status_code == 200
    headers = answer.headers
    assert headers["Content-Type"] == "image/png"
    assert headers["Content-Disposition"].startswith('inline; filename="a_photo_')
    assert headers["Content-Security-Policy"] == (
        "default-src 'none'; media-src 'self'; style-src 'unsafe-inline'; sandbox"
    )
    assert headers["Cache-Control"] == "max-age=2592000, stale-while-revalidate=86400"
    assert headers["Accept-Ranges"] == "bytes"
    assert "X-Frame-Options" not in headers
    assert "ETag" not in headers
    assert api.get(f"{path}?download=1").headers["Content-Disposition"].startswith("attachment;")
    assert api.open("HEAD", path).status_code == 200
    again = api.get(path, headers={"If-Modified-Since": headers["Last-Modified"]})
    assert again.status_code == 304
    for name, content, kind in (
        ("x.html", b"<html><script>alert(1)</script>", "text/html; charset=utf-8"),
        ("x.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
        ("x.txt", "Grüße".encode(), "text/plain; charset=utf-8"),
        ("x.bin", b"\x00\x01\x02", "application/octet-stream"),
    ):
        answer = api.get(store(one_click, user, open=(name, content))["open"])
        assert answer.headers["Content-Type"] == kind
        assert answer.headers["Content-Disposition"].startswith("attachment;")


def test_ranges(api: TestApi, one_click: OneClick, user: Record, papers: Any) -> None:
    path = store(one_click, user, open=("x.txt", b"0123456789"))["open"]
    part = api.get(path, headers={"Range": "bytes=2-4"})
    assert (part.status_code, part.data, part.headers["Content-Range"]) == (206, b"234", "bytes 2-4/10")
    bad = api.get(path, headers={"Range": "bytes=50-60"})
    assert (bad.status_code, bad.data) == (416, b"invalid range: failed to overlap")


def test_a_protected_file_asks_for_a_file_token(
    api: TestApi, one_click: OneClick, user: Record, other: Record, papers: Any
) -> None:
    path = store(one_click, user, locked=("x.txt", b"secret"))["locked"]
    assert api.get(path).status_code == 404
    # The header does not count here.
    assert api.acting(user).get(path).status_code == 404
    assert api.post("/api/files/token").status_code == 401
    token = api.acting(user).post("/api/files/token").get_json()["token"]
    assert api.get(f"{path}?token={token}").data == b"secret"
    foreign = api.acting(other).post("/api/files/token").get_json()["token"]
    assert api.get(f"{path}?token={foreign}").status_code == 404
    assert api.get(f"{path}?token={tokens.issue(user)}").status_code == 404


def test_what_is_not_there_is_404(api: TestApi, one_click: OneClick, user: Record, papers: Any) -> None:
    path = store(one_click, user, open=("x.txt", b"x"))["open"]
    record = path.split("/")[4]
    for wrong in (
        "/api/files/nothing/x/y",
        f"/api/files/papers/{record}/nothing.txt",
        f"/api/files/papers/{record}/..%2f..%2fdata.db",
        f"/api/files/papers/unknown/{path.rpartition('/')[2]}",
    ):
        assert api.get(wrong).status_code == 404


@pytest.mark.parametrize(
    ("size", "result"),
    [
        ("100x100", (100, 100)),
        ("40x0", (40, 27)),
        ("0x30", (45, 30)),
        ("50x20f", (30, 20)),
        ("30x30t", (30, 30)),
        # Sizes that the field does not list give the original.
        ("60x60", (300, 200)),
        ("0x0", (300, 200)),
        ("nonsense", (300, 200)),
    ],
)
def test_thumbs(
    api: TestApi, one_click: OneClick, user: Record, papers: Any, size: str, result: tuple[int, int]
) -> None:
    path = store(one_click, user, open=("x.png", image()))["open"]
    for _ in range(2):
        answer = api.get(f"{path}?thumb={size}")
        assert answer.status_code == 200
        assert Image.open(io.BytesIO(answer.data)).size == result


def test_thumbs_keep_their_kind_and_go_with_the_file(
    api: TestApi, one_click: OneClick, user: Record, papers: Any
) -> None:
    for kind, wanted in (("JPEG", "JPEG"), ("GIF", "GIF"), ("WEBP", "PNG")):
        path = store(one_click, user, open=("x", image(kind=kind)))["open"]
        assert Image.open(io.BytesIO(api.get(f"{path}?thumb=100x100").data)).format == wanted
    broken = store(one_click, user, open=("x.png", image()[:200]))["open"]
    assert len(api.get(f"{broken}?thumb=100x100").data) == len(image()[:200])
    record = one_click.records.find("papers", path.split("/")[4])
    assert list(one_click.storage.keys(f"{papers.id}/{record.id}"))  # type: ignore[union-attr]
    one_click.records.delete(record)
    assert list(one_click.storage.keys(papers.id)) == [
        key for key in one_click.storage.keys(papers.id) if path.split("/")[4] not in key
    ]
