"""Signing in: ``auth-methods``, ``auth-with-password``, ``auth-refresh`` (contract §2)."""

from __future__ import annotations

import dataclasses
from typing import Any

import flask

from oneclick.api.answers import answer
from oneclick.api.bodies import read_body
from oneclick.api.cookie import set_cookie
from oneclick.api.providers import login_methods
from oneclick.api.requests import UNKNOWN_COLLECTION, claims, header_token, known_collection, request_info, require_auth
from oneclick.auth import tokens
from oneclick.auth.login import check_password, find_by_identity
from oneclick.collections import Collection
from oneclick.core import current
from oneclick.errors import BadRequest, FieldErrors, Forbidden, NotFound, ValidationError, field_error
from oneclick.records import Record, RequestInfo, expand_records, rule_holds, serialise
from oneclick_hooks import AuthEvent

blueprint = flask.Blueprint("auth", __name__)

NOT_AUTH = "Missing or invalid auth collection context."
UNREADABLE = "An error occurred while loading the submitted data."
FAILED = "Failed to authenticate."
REFUSED = "The request doesn't satisfy the collection requirements to authenticate."
LONGEST = 255


@blueprint.get("/api/collections/<collection>/auth-methods")
def methods(collection: str) -> flask.Response:
    """List the ways to sign in that are configured."""
    return answer(login_methods(current(), auth_collection(collection)))


@blueprint.post("/api/collections/<collection>/auth-with-password")
def with_password(collection: str) -> flask.Response:
    """Sign in by e-mail (or another identity field) and password."""
    known = auth_collection(collection)
    options = known.options["passwordAuth"]
    if not options["enabled"]:
        raise Forbidden("The collection is not configured to allow password authentication.")
    body = read_body(refusal=UNREADABLE)
    identity, password, field = (text_of(body, name) for name in ("identity", "password", "identityField"))
    _check_input(identity, password, field, options["identityFields"])
    app = current()
    fields = [field] if field else options["identityFields"]
    record = find_by_identity(app.records, known, identity, fields)
    if not check_password(app.database, record, password) or not isinstance(record, Record):
        raise BadRequest(FAILED)
    return auth_answer(record, "password")


@blueprint.post("/api/collections/<collection>/auth-refresh")
def refresh(collection: str) -> flask.Response:
    """Exchange a token for a new one; a token that is not refreshable comes back as it is."""
    known = auth_collection(collection)
    record = require_auth()
    if record.collection.id != known.id:
        raise Forbidden(f"The request requires auth record from {record.collection.name} collection.")
    token = "" if claims().get("refreshable") else header_token(flask.request)
    return auth_answer(record, "", token=token)


def auth_answer(record: Record, method: str, *, token: str = "", meta: dict[str, Any] | None = None) -> flask.Response:
    """Return the answer to a login: the record, a token, and what the plugins add.

    Raises ``Forbidden`` when the collection's auth rule does not hold.
    """
    app = current()
    info = request_info(method if method in ("password", "oauth2") else "default")
    if not rule_holds(app.records, record, record.collection.rule("auth"), info):
        raise Forbidden(REFUSED)
    event = AuthEvent(app, record.collection, record, method, info, token, meta)

    def issue() -> None:
        event.token = event.token or tokens.issue(record)

    event.operation = issue
    app.plugins.run("on_record_auth_request", event)
    data: dict[str, Any] = {"token": event.token, "record": _own_record(record, info)}
    if event.meta is not None:
        data["meta"] = event.meta
    response = answer(data)
    if not token:
        set_cookie(response, record)
    return response


def _own_record(record: Record, info: RequestInfo) -> dict[str, Any]:
    """Return the record's JSON as it sees itself."""
    store, own = current().records, dataclasses.replace(info, auth=record)
    expanded = expand_records(store, [record], info.query.get("expand", ""), own)[0]
    return serialise(store, record, own, own_email=True, unseen=frozenset(), expand=expanded)


def auth_collection(name_or_id: str) -> Collection:
    """Return a collection whose records can sign in. Raises ``NotFound``."""
    found: Collection = known_collection(name_or_id, UNKNOWN_COLLECTION)
    if not found.is_auth:
        raise NotFound(NOT_AUTH)
    return found


def text_of(body: dict[str, Any], name: str) -> str:
    """Return the text that a login's body has under ``name``. Raises ``BadRequest`` for JSON of another type."""
    value = body.get(name)
    if isinstance(value, str):
        return value
    if flask.request.mimetype == "application/json" and value is not None:
        raise BadRequest(UNREADABLE)
    # A form's number (a password such as 123456) was a text that reads like one.
    return "" if value is None else flask.request.form.get(name, "")


def _check_input(identity: str, password: str, field: str, fields: list[str]) -> None:
    errors: FieldErrors = {}
    for name, value in (("identity", identity), ("password", password)):
        if not value:
            errors[name] = field_error("validation_required", "Cannot be blank.")
        elif len(value) > LONGEST:
            text = f"The length must be between 1 and {LONGEST}."
            errors[name] = field_error("validation_length_out_of_range", text, {"min": 1, "max": LONGEST})
    if field and field not in fields:
        errors["identityField"] = field_error("validation_in_invalid", "Must be a valid value.")
    if errors:
        raise ValidationError(errors)
