"""Errors as clients see them: PocketBase's shape (contracts/pocketbase.md §0.1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

FieldErrors = dict[str, Any]
"""Errors by field name: a leaf is ``{code, message[, params]}``, lists have string indexes as keys."""

GENERIC = "Something went wrong while processing your request."


def sentence(text: str) -> str:
    """Return ``text`` with a capital first letter and a full stop, as PocketBase writes its messages."""
    text = text.strip()
    if not text:
        return text
    text = text[0].upper() + text[1:]
    return text if text[-1] in ".!?" else text + "."


def field_error(code: str, message: str, params: Mapping[str, Any] | None = None) -> FieldErrors:
    """Return one leaf of an error's ``data``."""
    leaf: FieldErrors = {"code": code, "message": sentence(message)}
    if params:
        leaf["params"] = dict(params)
    return leaf


class OneClickError(Exception):
    """The base of all errors that this project raises on purpose."""


class ConfigError(OneClickError):
    """A setting is wrong; the sentence names it. Stops the start."""


class ApiError(OneClickError):
    """An error for the client: ``status``, a sentence, and errors by field."""

    status = 400
    default_message = GENERIC

    def __init__(self, message: str = "", data: Mapping[str, Any] | None = None, status: int | None = None) -> None:
        self.message = sentence(message or self.default_message)
        self.data: FieldErrors = dict(data or {})
        if status is not None:
            self.status = status
        super().__init__(self.message)

    def body(self) -> dict[str, Any]:
        """Return the JSON body."""
        return {"data": self.data, "message": self.message, "status": self.status}


class BadRequest(ApiError):
    """400."""


class Unauthorized(ApiError):
    """401."""

    status = 401
    default_message = "The request requires valid record authorization token."


class Forbidden(ApiError):
    """403."""

    status = 403
    default_message = "You are not allowed to perform this request."


class NotFound(ApiError):
    """404."""

    status = 404
    default_message = "The requested resource wasn't found."


class TooLarge(ApiError):
    """413."""

    status = 413
    default_message = "Request entity too large."


class TooManyRequests(ApiError):
    """429."""

    status = 429
    default_message = "Too Many Requests."


class Unavailable(ApiError):
    """503: something this needs is away (a plugin that is off, no room for another socket)."""

    status = 503
    default_message = "This is not available at the moment."


class ValidationError(BadRequest):
    """400 with errors by field; the message is set by whoever knows the operation."""

    def __init__(self, data: Mapping[str, Any], message: str = "") -> None:
        super().__init__(message or "An error occurred while validating the submitted data.", data)
