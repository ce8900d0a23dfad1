"""Who asks for what: the token of a request, and the request as rules see it."""

from __future__ import annotations

from contextlib import suppress
from ipaddress import ip_address
from typing import Any

import flask

from oneclick.api.bodies import read_body
from oneclick.auth import tokens
from oneclick.auth.current import CurrentUser, current_user
from oneclick.auth.installer import INSTALLER_EMAIL, has_superuser
from oneclick.core import OneClick, current
from oneclick.errors import Forbidden, NotFound, Unauthorized
from oneclick.records import Record, RequestInfo

UNKNOWN_COLLECTION = "Missing or invalid collection context."
LONGEST_HEADER = 1000
NOT_SUPERUSER = "The authorized record is not allowed to perform this action."


def load_user(request: flask.Request) -> CurrentUser:
    """Return who asks by the ``Authorization`` header; a token that is not valid is a guest's (contract §0)."""
    found = authenticate(current(), header_token(request), installing=_installs(request))
    if found is None:
        return CurrentUser()
    flask.g.oneclick_claims = found[1]
    return CurrentUser(found[0])


def header_token(request: flask.Request) -> str:
    """Return the token in the ``Authorization`` header, with or without ``Bearer``."""
    header = request.headers.get("Authorization", "").strip()
    return header[7:].strip() if header[:7].lower() == "bearer " else header


def authenticate(
    app: OneClick, token: str, kind: str = tokens.AUTH, *, installing: bool = False
) -> tuple[Record, dict[str, Any]] | None:
    """Return the record behind a token and the token's claims; ``None`` for a token that is not valid.

    The installer's token is valid while ``installing`` and there is no superuser, and for nothing else.
    """
    found = tokens.verify(token, _finder(app), kind) if token else None
    record = found[0] if found is not None else None
    if found is None or not isinstance(record, Record):
        return None
    if (
        record.collection.is_superusers
        and record["email"] == INSTALLER_EMAIL
        and (not installing or has_superuser(app))
    ):
        return None
    return record, found[1]


def claims() -> dict[str, Any]:
    """Return the claims of this request's token."""
    assert current_user.is_authenticated
    known: dict[str, Any] = flask.g.oneclick_claims
    return known


def request_info(context: str = "default", *, with_body: bool = True) -> RequestInfo:
    """Return the request at hand as rules see it (``@request``)."""
    request = flask.request
    return RequestInfo(
        context=context,
        method=request.method,
        query=request.args.to_dict(),
        headers={name.lower().replace("-", "_"): value for name, value in request.headers.items()},
        body=read_body() if with_body and request.method not in ("GET", "HEAD", "DELETE") else {},
        auth=current_user.record,
    )


def require_auth() -> Record:
    """Return the record that asks. Raises ``Unauthorized`` for a guest."""
    if not current_user.is_authenticated:
        raise Unauthorized
    record: Record = current_user.record
    return record


def require_superuser() -> Record:
    """Return the superuser that asks. Raises ``Unauthorized`` for a guest and ``Forbidden`` for others."""
    record = require_auth()
    if not current_user.is_superuser:
        raise Forbidden(NOT_SUPERUSER)
    return record


def address() -> str:
    """Return the client's address: the peer's, or what a trusted proxy's header says (settings, ``trustedProxy``)."""
    proxy = current().settings.trusted_proxy()
    for name in proxy["headers"]:
        told = [part.strip() for part in flask.request.headers.get(str(name), "").split(",")]
        for text in told if proxy["useLeftmostIP"] else reversed(told):
            with suppress(ValueError):
                return str(ip_address(text))
    return flask.request.remote_addr or ""


def whereabouts() -> str:
    """Return what a connection that continues another's work must have in common with it: the client's address.

    Behind a proxy that ``trustedProxy`` does not name, all have one address; what the proxy says of them, true or not,
    tells them apart then.
    """
    if current().settings.trusted_proxy()["headers"]:
        return address()
    told = [_hosts(flask.request.headers.get(name, "")) for name in ("X-Forwarded-For", "X-Real-IP")]
    return " ".join([flask.request.remote_addr or "", *filter(None, told)])


def _hosts(header: str) -> str:
    """Return the addresses that a header names, without the ports that some proxies add: those change."""
    found = []
    for part in header[:LONGEST_HEADER].split(","):
        for text in (part.strip(), part.strip().rpartition(":")[0].strip("[]")):
            with suppress(ValueError):
                found.append(str(ip_address(text)))
                break
    return ",".join(found)


def known_collection(name_or_id: str, message: str = "Missing collection context.") -> Any:
    """Return a collection. Raises ``NotFound``; 503 when its plugin is off (superusers may read)."""
    app = current()
    collection = app.collections.get(name_or_id)
    if collection is None:
        raise NotFound(message)
    if not (current_user.is_superuser and flask.request.method in ("GET", "HEAD")):
        app.collections.check_plugin(collection)
    return collection


def _installs(request: flask.Request) -> bool:
    """Tell whether the request is the one that the installer's token is for: making a superuser."""
    if request.endpoint != "records.create":
        return False
    collection = current().collections.get((request.view_args or {}).get("collection", ""))
    return collection is not None and collection.is_superusers


def _finder(app: OneClick) -> tokens.Find:
    def find(collection: str, record_id: str) -> Record | None:
        return app.records.find(collection, record_id) if app.collections.get(collection) is not None else None

    return find
