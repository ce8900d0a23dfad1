"""Errors in the shape of the Kubernetes API: a ``Status`` object with a reason and its causes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson

from oneclick_demo_cluster.machinery.kinds import Kind


class StatusError(Exception):
    """An answer other than success."""

    def __init__(self, code: int, reason: str, message: str, details: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.message = message
        self.details = details

    def body(self) -> dict[str, Any]:
        """Return the ``Status`` object."""
        status: dict[str, Any] = {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": self.message,
            "code": self.code,
        }
        if self.reason:
            status["reason"] = self.reason
        if self.details:
            status["details"] = self.details
        return status


def cause(reason: str, field: str, message: str) -> dict[str, str]:
    """Return one entry of ``details.causes``."""
    return {"reason": reason, "message": message, "field": field}


def required(field: str, text: str = "") -> dict[str, str]:
    """A field is missing."""
    return cause("FieldValueRequired", field, "Required value" + (f": {text}" if text else ""))


def invalid_value(field: str, value: Any, text: str) -> dict[str, str]:
    """A field holds a value that cannot be."""
    shown = f'"{value}"' if isinstance(value, str) else orjson.dumps(value).decode()
    return cause("FieldValueInvalid", field, f"Invalid value: {shown}: {text}")


def unsupported(field: str, value: Any, allowed: Iterable[str]) -> dict[str, str]:
    """A field holds none of the values it may."""
    names = ", ".join(f'"{name}"' for name in allowed)
    return cause("FieldValueNotSupported", field, f'Unsupported value: "{value}": supported values: {names}')


def duplicate(field: str, value: Any) -> dict[str, str]:
    """A value that must be unique is there twice."""
    return cause("FieldValueDuplicate", field, f'Duplicate value: "{value}"')


def forbidden_value(field: str, text: str) -> dict[str, str]:
    """A field must not be set, or not like this."""
    return cause("FieldValueForbidden", field, f"Forbidden: {text}")


def field_not_found(field: str, value: Any) -> dict[str, str]:
    """A field names something that is not there."""
    return cause("FieldValueNotFound", field, f'Not found: "{value}"')


def not_found(kind: Kind, name: str) -> StatusError:
    """404: there is no such object."""
    details = {"name": name, "group": kind.group, "kind": kind.plural}
    return StatusError(404, "NotFound", f'{kind.qualified} "{name}" not found', _clean(details))


def no_such_path() -> StatusError:
    """404: the server serves nothing under this path."""
    return StatusError(404, "NotFound", "the server could not find the requested resource", {})


def already_exists(kind: Kind, name: str) -> StatusError:
    """409: an object of this name is there."""
    details = {"name": name, "group": kind.group, "kind": kind.plural}
    return StatusError(409, "AlreadyExists", f'{kind.qualified} "{name}" already exists', _clean(details))


def conflict(kind: Kind, name: str, text: str, causes: list[dict[str, str]] | None = None) -> StatusError:
    """409: the object is not in the state that the write expects."""
    details: dict[str, Any] = {"name": name, "group": kind.group, "kind": kind.plural}
    message = f'Operation cannot be fulfilled on {kind.qualified} "{name}": {text}'
    if causes:
        details, message = {"causes": causes}, text
    return StatusError(409, "Conflict", message, _clean(details))


def invalid(kind: Kind, name: str, causes: list[dict[str, str]]) -> StatusError:
    """422: the object cannot be, with one cause for each field."""
    texts = [f"{entry['field']}: {entry['message']}" for entry in causes]
    summary = texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"
    who = f"{kind.kind}.{kind.group}" if kind.group else kind.kind
    details = _clean({"name": name, "group": kind.group, "kind": kind.kind, "causes": causes})
    return StatusError(422, "Invalid", f'{who} "{name}" is invalid: {summary}', details)


def bad_request(message: str, causes: list[dict[str, str]] | None = None) -> StatusError:
    """400: the request cannot be understood."""
    return StatusError(400, "BadRequest", message, {"causes": causes} if causes else None)


def forbidden(kind: Kind, name: str, text: str, causes: list[dict[str, str]] | None = None) -> StatusError:
    """403: admission refuses the object."""
    details: dict[str, Any] = {"name": name, "group": kind.group, "kind": kind.plural}
    if causes:
        details["causes"] = causes
    return StatusError(403, "Forbidden", f'{kind.qualified} "{name}" is forbidden: {text}', _clean(details))


def expired(text: str) -> StatusError:
    """410: the version asked for is no longer kept."""
    return StatusError(410, "Expired", text)


def method_not_allowed() -> StatusError:
    """405: the resource has no such verb."""
    return StatusError(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", {})


def _clean(details: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in details.items() if value not in ("", None)}
