"""Files of records (contract §7): tokens for protected ones, and downloads."""

from __future__ import annotations

from pathlib import PurePosixPath
from urllib.parse import quote

import flask
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.wsgi import wrap_file

from oneclick.api.answers import answer
from oneclick.api.middleware import allow_frames
from oneclick.api.paging import TRUE
from oneclick.api.requests import UNKNOWN_COLLECTION, authenticate, known_collection, request_info, require_auth
from oneclick.api.thumbs import thumb_key
from oneclick.auth import tokens
from oneclick.core import current
from oneclick.errors import NotFound
from oneclick.fields import FileField
from oneclick.records import Record, RequestInfo
from oneclick.storage.kinds import HEAD, served_type
from oneclick_hooks import FileDownloadEvent

blueprint = flask.Blueprint("files", __name__)

CACHE = "max-age=2592000, stale-while-revalidate=86400"
POLICY = "default-src 'none'; media-src 'self'; style-src 'unsafe-inline'; sandbox"
INLINE = (
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "image/x-icon",
    "image/bmp",
    "video/",
    "audio/",
    "application/pdf",
)


@blueprint.post("/api/files/token")
def token() -> flask.Response:
    """Return a short-lived token for protected files."""
    return answer({"token": tokens.issue(require_auth(), tokens.FILE)})


@blueprint.get("/api/files/<collection>/<record_id>/<filename>")
def download(collection: str, record_id: str, filename: str) -> flask.Response:
    """Send a file, or a thumb of it."""
    app, known = current(), known_collection(collection, UNKNOWN_COLLECTION)
    record = app.records.find(known, record_id)
    field = _field(record, filename)
    if record is None or field is None:
        raise NotFound
    info = request_info("protectedFile")
    if field.protected:
        info = _check_protected(record, info)
    key = f"{known.id}/{record.id}/{filename}"
    size = flask.request.args.get("thumb", "")
    served = (thumb_key(app.storage, field, key, size) if size else None) or key
    event = FileDownloadEvent(app, record, field.name, filename, info)
    event.operation = lambda: _send(served, filename)
    response: flask.Response | None = app.plugins.run("on_file_download_request", event)
    if response is None:
        raise NotFound
    return response


def _field(record: Record | None, filename: str) -> FileField | None:
    for field in record.collection.file_fields if record is not None else ():
        if record is not None and filename in field.names(record[field.name]):
            return field
    return None


def _check_protected(record: Record, info: RequestInfo) -> RequestInfo:
    """Check the view rule for whom the query's file token stands for; the ``Authorization`` header does not count."""
    app = current()
    found = authenticate(app, flask.request.args.get("token", ""), tokens.FILE)
    info = RequestInfo("protectedFile", info.method, info.query, info.headers, {}, found[0] if found else None)
    if app.records.allowed(record.collection, "view", record.id, info) is None:
        raise NotFound
    return info


def _send(key: str, filename: str) -> flask.Response:
    storage = current().storage
    stored = storage.stat(key)
    if stored is None:
        raise NotFound
    file = storage.open(key)
    kind = served_type(filename, file.read(HEAD))
    file.seek(0)
    response = flask.Response(wrap_file(flask.request.environ, file), content_type=kind, direct_passthrough=True)
    response.content_length = stored.size
    response.last_modified = stored.modified
    forced = flask.request.args.get("download", "") in TRUE
    inline = not forced and kind.startswith(INLINE) and PurePosixPath(filename).suffix.lower() != ".svg"
    response.headers["Content-Disposition"] = f"{'inline' if inline else 'attachment'}; {_name(filename)}"
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cache-Control"] = CACHE
    allow_frames()
    try:
        response.make_conditional(flask.request, accept_ranges=True, complete_length=stored.size)
    except RequestedRangeNotSatisfiable:
        response.close()
        return flask.Response("invalid range: failed to overlap", 416, content_type="text/plain; charset=utf-8")
    return response


def _name(filename: str) -> str:
    plain = filename.replace("\\", "_").replace('"', "_")
    if plain.isascii():
        return f'filename="{plain}"'
    return f"filename*=UTF-8''{quote(filename)}"
