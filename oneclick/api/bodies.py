"""Reading request bodies: JSON and forms, as PocketBase takes them (contract §0)."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, BinaryIO, cast

import flask
import orjson
from werkzeug.datastructures import FileStorage

from oneclick.errors import BadRequest
from oneclick.fields.file import NewFile
from oneclick.fields.nesting import TOO_DEEP, is_too_deep
from oneclick.storage.kinds import HEAD, sniff

MAX_BODY = 32 << 20
JSON_PAYLOAD = "@jsonPayload"

_NUMBER = re.compile(r"[-\d][-.\d]*")
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


def read_body(limit: int = MAX_BODY, refusal: str = "") -> dict[str, Any]:
    """Return the request's body as an object; files are ``NewFile`` values. Read once a request.

    Raises ``BadRequest`` (with the sentence ``refusal``) for anything but an object, and for JSON nested too deep, and
    413 for more than ``limit`` bytes.
    """
    known: dict[str, Any] | None = flask.g.get("oneclick_body")
    if known is None:
        flask.request.max_content_length = limit
        flask.request.max_form_memory_size = limit
        try:
            known = flask.g.oneclick_body = _read()
        except ValueError as error:
            raise BadRequest(refusal) from error
    return known


def _read() -> dict[str, Any]:
    request = flask.request
    if request.mimetype in _FORMS:
        return _form()
    content = request.get_data(cache=True)
    if not content:
        return {}
    if request.mimetype != "application/json":
        raise BadRequest("Unsupported Content-Type.")
    return _object(content)


def _object(content: bytes | str) -> dict[str, Any]:
    try:
        value = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        if "depth limit" in str(error):
            raise BadRequest(TOO_DEEP) from error
        raise
    if is_too_deep(value):
        raise BadRequest(TOO_DEEP)
    if not isinstance(value, dict):
        raise ValueError("the body is no object")
    return value


def _form() -> dict[str, Any]:
    body: dict[str, Any] = {}
    for name, texts in flask.request.form.lists():
        if name != JSON_PAYLOAD:
            values = [infer(text) for text in texts]
            body[name] = values[0] if len(values) == 1 else values
    for payload in flask.request.form.getlist(JSON_PAYLOAD):
        body.update(_object(payload))
    for name, uploads in flask.request.files.lists():
        files = [new_file(upload) for upload in uploads if upload.filename]
        if files:
            body[name] = [*_listed(body.get(name)), *files]
    return body


def infer(text: str) -> Any:
    """Return what a form's text means: ``true`` and ``false``, a number that is written the usual way, or itself."""
    if text in ("true", "false"):
        return text == "true"
    if not _NUMBER.fullmatch(text):
        return text
    try:
        number = float(text)
    except ValueError:
        return text
    if not math.isfinite(number):
        return text
    if number.is_integer():
        return int(number) if str(int(number)) == text else text
    return number if format(Decimal(repr(number)), "f") == text else text


def new_file(upload: FileStorage) -> NewFile:
    """Return an upload as records take it; its kind is read from its content, not from what the client says."""
    stream = cast(BinaryIO, upload.stream)
    head = stream.read(HEAD)
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    return NewFile(upload.filename or "", size, sniff(head), lambda: cast(BinaryIO, _Again(stream)))


class _Again(io.RawIOBase):
    """Reads an upload from its start; closing it leaves the upload open for the next reader."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        stream.seek(0)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        content = self._stream.read(len(buffer))
        buffer[: len(content)] = content
        return len(content)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._stream.seek(offset, whence)


def _listed(value: Any) -> Iterable[Any]:
    if value in (None, ""):
        return ()
    return value if isinstance(value, list) else (value,)
