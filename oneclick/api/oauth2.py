"""Signing in through an identity provider: ``auth-with-oauth2`` and ``oauth2-redirect`` (contract §2.6, §2.7)."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import flask
import orjson

from oneclick.api.auth import UNREADABLE, auth_answer, auth_collection, text_of
from oneclick.api.bodies import read_body
from oneclick.api.providers import configured
from oneclick.api.requests import request_info, whereabouts
from oneclick.auth import external
from oneclick.auth.current import current_user
from oneclick.collections import Collection
from oneclick.core import current
from oneclick.errors import ApiError, BadRequest, FieldErrors, Forbidden, ValidationError, field_error
from oneclick.fields.password import Password
from oneclick.ids import random_text
from oneclick.records import Record, add_picture, own_words, picture_field, sign_up, text_field
from oneclick_hooks import AuthWithOAuth2Event, OAuth2Error

blueprint = flask.Blueprint("oauth2", __name__)
log = logging.getLogger(__name__)

OFF = "The collection is not configured to allow OAuth2 authentication."
FAILED = {"token": "Failed to fetch OAuth2 token.", "user": "Failed to fetch OAuth2 user."}
TOPIC = "@oauth2"
REQUIRED = ("provider", "code")
LONGEST = {"provider": 100, "code": 4096, "codeVerifier": 255, "redirectURL": 2048}
ARRIVED = "../_/#/auth/oauth2-redirect-"


@blueprint.post("/api/collections/<collection>/auth-with-oauth2")
def with_oauth2(collection: str) -> flask.Response:
    """Sign in by the code that a provider has given; the first time it links or makes the account."""
    app, known = current(), auth_collection(collection)
    providers = {provider.name: (provider, config, client) for provider, config, client in configured(app, known)}
    if not providers:
        raise Forbidden(OFF)
    body = read_body(refusal=UNREADABLE)
    given = _read(body, providers)
    provider, config, client = providers[given["provider"]]
    try:
        user = client.fetch_user(given["code"], given["codeVerifier"], given["redirectURL"])
    except OAuth2Error as error:
        raise _refusal(error) from error
    info = request_info("oauth2")
    event = AuthWithOAuth2Event(app, known, provider, client, user, info)
    event.create_data = _create_data(known, config, body.get("createData"), superuser=info.is_superuser)
    event.record, by_address = _known(event)
    linked = external.linked_record(app.records, known, provider.name, user) is not None
    invited = (config.get("extra") or {}).get("signup") is True
    event.operation = lambda: _settle_once(event, by_address=by_address, invited=invited)
    app.plugins.run("on_record_auth_with_oauth2_request", event)
    record = event.record
    assert isinstance(record, Record)
    if not linked:
        _take_over(event, record)
    return auth_answer(record, "oauth2", meta=_meta(event))


@blueprint.route("/api/oauth2-redirect", methods=["GET", "POST"])
def redirect() -> flask.Response:
    """Where providers send people back to: hands the code to the client that waits for it, named by the state."""
    request = flask.request
    said = request.form if request.method == "POST" else request.args
    state, code, error = (said.get(name, "") for name in ("state", "code", "error"))
    arrived = False
    if state and (code or error):
        told = {"state": state, "code": code} | ({"error": error} if error else {})
        arrived = current().realtime.deliver(state, whereabouts(), TOPIC, orjson.dumps(told))
    outcome = "success" if arrived and not error else "failure"
    answer = flask.redirect(ARRIVED + outcome, 303 if request.method == "POST" else 307)
    answer.autocorrect_location_header = False
    # The code is in this page's address: no page must learn of it.
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["Cache-Control"] = "no-store"
    return answer  # type: ignore[return-value]


def _read(body: dict[str, Any], providers: Mapping[str, Any]) -> dict[str, str]:
    """Return what a login needs. Raises ``ValidationError``."""
    given = {name: text_of(body, name) for name in LONGEST}
    given["redirectURL"] = given["redirectURL"] or text_of(body, "redirectUrl")
    errors: FieldErrors = {}
    for name, longest in LONGEST.items():
        if not given[name] and name in REQUIRED:
            errors[name] = field_error("validation_required", "Cannot be blank.")
        elif len(given[name]) > longest:
            text = f"The length must be between 1 and {longest}."
            errors[name] = field_error("validation_length_out_of_range", text, {"min": 1, "max": longest})
    if "provider" not in errors and given["provider"] not in providers:
        name = given["provider"]
        text = f"Provider with name {name} is missing or is not enabled."
        errors["provider"] = field_error("validation_invalid_provider", text, {"name": name})
    if errors:
        raise ValidationError(errors, UNREADABLE)
    return given


def _refusal(error: OAuth2Error) -> BadRequest | Forbidden:
    log.info("a login failed: %s (%s)", error, error.code)
    if error.step == "refused":
        return Forbidden(str(error), {"provider": field_error(error.code, str(error))})
    return BadRequest(FAILED[error.step], {"provider": field_error(error.code, str(error))})


def _create_data(collection: Collection, config: Mapping[str, Any], given: Any, *, superuser: bool) -> dict[str, Any]:
    data = own_words(collection, given, superuser=superuser) if isinstance(given, Mapping) else {}
    if (config.get("extra") or {}).get("domains"):
        # Who may come in by their address cannot choose another.
        data.pop("email", None)
    return data


def _known(event: AuthWithOAuth2Event) -> tuple[Record | None, bool]:
    """Return whose login this is: who has the account linked, who asks, or who has its verified address. And whether
    the address is all that tells so."""
    records, collection = current().records, event.collection
    asking = current_user.record
    found: Any = external.linked_record(records, collection, event.provider.name, event.user)
    if found is None and asking is not None and asking.collection.id == collection.id:
        found = asking
    if found is not None:
        return found, False
    return external.record_of_email(records, collection, event.user), True  # type: ignore[return-value]


def _settle_once(event: AuthWithOAuth2Event, *, by_address: bool, invited: bool) -> None:
    """Settle whose record it is; when the same person comes in twice at once, the later takes what the earlier made."""
    known = event.record
    try:
        _settle(event, by_address=by_address, invited=invited)
    except ValidationError:
        event.record, event.is_new = known, False
        linked: Any = external.linked_record(current().records, event.collection, event.provider.name, event.user)
        if linked is None or (known is not None and known.id != linked.id):
            raise
        event.record = linked


def _settle(event: AuthWithOAuth2Event, *, by_address: bool, invited: bool) -> None:
    """Make the record if there is none, and link the account to it; all or nothing."""
    app = current()
    info: Any = event.request
    with app.database.transaction():
        collection: Any = event.collection
        if event.record is None:
            event.record = sign_up(app.records, collection, event.user, event.create_data, info, invited=invited)
            event.is_new = True
        elif isinstance(event.record, Record):
            _make_safe(event, event.record, by_address=by_address)
        external.link(app.records, event.record, event.provider.name, event.user)


def _make_safe(event: AuthWithOAuth2Event, record: Record, *, by_address: bool) -> None:
    """Note that the record's address is proved now; take the record from whoever made it without proof."""
    if record["verified"] or not external.same_address(str(record["email"]), event.user.email):
        return
    records = current().records
    if by_address:
        record["password"] = Password(plain=random_text(50))
        external.unlink_others(records, record, event.provider.name)
    record["verified"] = True
    records.save(record)


def _take_over(event: AuthWithOAuth2Event, record: Record) -> None:
    """Give the record the name and picture that it lacks, at the first login through this account. They are extras:
    what the record does not take is left out."""
    records = current().records
    field = text_field(record.collection, record.collection.options["oauth2"]["mappedFields"].get("name"))
    if field is not None and not event.is_new and not record[field.name] and event.user.name:
        record[field.name] = event.user.name
        try:
            records.save(record)
        except ApiError as error:
            log.info("the name of %r is left out: %s", record, error)
            record[field.name] = record.original(field.name)
    picture = picture_field(record.collection)
    if picture is not None and not record[picture.name] and (content := event.client.fetch_avatar(event.user)):
        add_picture(records, record, content)


def _meta(event: AuthWithOAuth2Event) -> dict[str, Any]:
    user = event.user
    return {
        "id": user.id,
        "name": user.name,
        "username": user.username,
        "email": user.email,
        "avatarURL": user.avatar_url,
        "avatarUrl": user.avatar_url,
        "accessToken": user.access_token,
        "refreshToken": user.refresh_token,
        "expiry": user.expiry,
        "rawUser": dict(user.raw),
        "isNew": event.is_new,
    }
