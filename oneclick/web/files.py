"""Sending static files: safe paths, caching, compression."""

from __future__ import annotations

import functools
import gzip
import mimetypes
from pathlib import Path

import flask
from werkzeug.security import safe_join

HASHED = "public, max-age=31536000, immutable"
FRESH = "no-cache"
COMPRESSIBLE = ("text/", "application/javascript", "application/json", "image/svg+xml", "application/manifest+json")
LEAST, MOST = 1024, 8 << 20


def find(folder: Path, path: str) -> Path | None:
    """Return the file at ``path`` below ``folder``; nothing outside of it, nothing hidden."""
    if any(part.startswith(".") for part in path.split("/")):
        return None
    joined = safe_join(str(folder), path)
    found = Path(joined) if joined is not None else None
    try:
        return found if found is not None and found.is_file() else None
    except (OSError, ValueError):
        # A name that no file can have: too long, or with a NUL in it.
        return None


def send(file: Path, path: str) -> flask.Response:
    """Send a file: compressed where the client takes that, kept for good where its name is a hash."""
    kind = _kind(file)
    if _may_compress(file, kind):
        response = flask.Response(_compressed(file, file.stat().st_mtime_ns), content_type=kind)
        response.headers["Content-Encoding"] = "gzip"
        response.last_modified = int(file.stat().st_mtime)  # type: ignore[assignment]
        response.make_conditional(flask.request)
    else:
        response = flask.send_file(file, mimetype=kind, conditional=True, etag=False)
    if kind.startswith(COMPRESSIBLE):
        response.vary.add("Accept-Encoding")
    response.headers["Cache-Control"] = HASHED if path.startswith("assets/") else FRESH
    return response


def _kind(file: Path) -> str:
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind


def _may_compress(file: Path, kind: str) -> bool:
    request = flask.request
    return (
        kind.startswith(COMPRESSIBLE)
        and "gzip" in request.headers.get("Accept-Encoding", "")
        and "Range" not in request.headers
        and LEAST <= file.stat().st_size <= MOST
    )


@functools.lru_cache(maxsize=64)
def _compressed(file: Path, modified: int) -> bytes:
    return gzip.compress(file.read_bytes(), 6, mtime=0)
