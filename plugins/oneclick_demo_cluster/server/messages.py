"""Requests and responses of the API, free of sockets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import orjson

from oneclick_demo_cluster.machinery.decoding import parse_body
from oneclick_demo_cluster.machinery.errors import StatusError, bad_request

JSON = "application/json"


@dataclass(slots=True)
class Request:
    """One request. The names of its headers are in lower case."""

    method: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    body: bytes = b""

    @classmethod
    def build(cls, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Request:
        """Take a request's target apart."""
        path, _, query = target.partition("?")
        values = {key: found[-1] for key, found in parse_qs(query, keep_blank_values=True).items()}
        return cls(method, path, values, {name.lower(): value for name, value in headers.items()}, body)

    @property
    def content_type(self) -> str:
        """The media type of the body, without parameters."""
        return (self.headers.get("content-type") or JSON).partition(";")[0].strip().lower()

    @property
    def accept(self) -> str:
        """What the client accepts."""
        return self.headers.get("accept") or "*/*"

    def json(self) -> Any:
        """Return the decoded body (JSON or YAML)."""
        return parse_body(self.body, self.content_type)

    def flag(self, name: str) -> bool:
        """Return a boolean parameter."""
        return self.query.get(name, "").lower() in ("true", "1")

    def number(self, name: str) -> int | None:
        """Return a whole-number parameter. Raises a 400."""
        text = self.query.get(name, "")
        if not text:
            return None
        try:
            return int(text)
        except ValueError:
            raise bad_request(f'strconv.ParseInt: parsing "{text}": invalid syntax ({name})') from None

    @property
    def manager(self) -> str:
        """The field manager: the parameter, or the client's name."""
        return self.query.get("fieldManager") or (self.headers.get("user-agent") or "unknown").partition("/")[0]

    @property
    def dry_run(self) -> bool:
        """Whether nothing is to be stored."""
        value = self.query.get("dryRun", "")
        if value not in ("", "All"):
            raise bad_request(f'dryRun: Unsupported value: "{value}": supported values: "All"')
        return value == "All"


@dataclass(slots=True)
class Response:
    """An answer: a body, or a stream of chunks (an empty chunk asks whether the client is still there)."""

    code: int = 200
    body: bytes = b""
    content_type: str = JSON
    stream: Iterator[bytes] | None = None
    headers: dict[str, str] = field(default_factory=dict)


def json_response(value: Any, code: int = 200) -> Response:
    """Answer with JSON."""
    return Response(code, orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE))


def error_response(error: StatusError) -> Response:
    """Answer with a ``Status``."""
    return json_response(error.body(), error.code)
