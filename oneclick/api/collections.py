"""``/api/collections``: superusers only (contract §3.2)."""

from __future__ import annotations

import re
from typing import Any

import flask

from oneclick.api.answers import answer, nothing
from oneclick.api.bodies import read_body
from oneclick.api.paging import page_of, paging, skips_total
from oneclick.api.providers import problems
from oneclick.api.requests import require_superuser
from oneclick.auth.external import known_providers
from oneclick.collections import Collection
from oneclick.collections.definition import new_collection
from oneclick.core import current
from oneclick.errors import BadRequest, NotFound

blueprint = flask.Blueprint("collections", __name__)

UNREADABLE = "Failed to load the submitted data due to invalid formatting."
SORTABLE = ("id", "created", "updated", "name", "system", "type")
_TERM = re.compile(r"""\s*(name|id|type)\s*(=|~|!=)\s*(?:'([^']*)'|"([^"]*)")\s*""")


@blueprint.get("/api/collections")
def list_all() -> flask.Response:
    """List the collections."""
    require_superuser()
    found = [item for item in current().collections.all() if _matches(item, flask.request.args.get("filter", ""))]
    for part in reversed([part.strip() for part in flask.request.args.get("sort", "").split(",") if part.strip()]):
        name = part.lstrip("+-")
        if name not in (*SORTABLE, "@random", "@rowid"):
            raise BadRequest
        if name in SORTABLE:
            found.sort(key=lambda item: item.to_json()[name], reverse=part.startswith("-"))
    page, per_page = paging()
    shown = [item.to_json() for item in found[(page - 1) * per_page : page * per_page]]
    return answer(page_of(shown, page, per_page, None if skips_total() else len(found)))


@blueprint.get("/api/collections/<collection>")
def view(collection: str) -> flask.Response:
    """Show a collection."""
    require_superuser()
    return answer(_known(collection).to_json())


@blueprint.post("/api/collections")
def create() -> flask.Response:
    """Make a collection and its table."""
    require_superuser()
    body = read_body(refusal=UNREADABLE)
    return answer(_loaded(lambda: current().collections.create(body)).to_json())


@blueprint.patch("/api/collections/<collection>")
def update(collection: str) -> flask.Response:
    """Change a collection and its table."""
    require_superuser()
    known, body = _known(collection), read_body(refusal=UNREADABLE)
    return answer(_loaded(lambda: current().collections.update(known, body)).to_json())


@blueprint.delete("/api/collections/<collection>")
def delete(collection: str) -> flask.Response:
    """Drop a collection and its table."""
    require_superuser()
    current().collections.delete(_known(collection))
    return nothing()


@blueprint.get("/api/collections/meta/scaffolds")
def scaffolds() -> flask.Response:
    """Show a blank collection of each type."""
    require_superuser()
    return answer({type_: _blank(type_) for type_ in ("base", "auth", "view")})


@blueprint.get("/api/collections/meta/oauth2-providers")
def providers() -> flask.Response:
    """List the login providers that there are, configured or not; with ``collection``, what is wrong with its own."""
    require_superuser()
    found = known_providers(current().plugins)
    collection = current().collections.get(flask.request.args.get("collection", ""))
    wrong = problems(current(), collection) if collection is not None and collection.is_auth else {}
    return answer(
        [
            {"name": item.name, "displayName": item.display_name, "logo": item.logo}
            | ({"problem": wrong[item.name]} if item.name in wrong else {})
            for item in found
        ]
    )


def _known(name_or_id: str) -> Collection:
    found = current().collections.get(name_or_id)
    if found is None:
        raise NotFound
    return found


def _loaded(change: Any) -> Collection:
    """Make a change; a definition that is none at all (an unknown field type) is one sentence."""
    try:
        changed: Collection = change()
    except (TypeError, ValueError, KeyError) as error:
        raise BadRequest(UNREADABLE) from error
    return changed


def _blank(type_: str) -> dict[str, Any]:
    blank = new_collection({"type": type_, "name": "blank"}, ()).to_json()
    blank |= {"id": "", "name": "", "created": "", "updated": ""}
    blank["indexes"] = [text.replace("`blank`", "``") for text in blank["indexes"]]
    return blank


def _matches(collection: Collection, text: str) -> bool:
    """Tell whether a collection fits a filter of the plain kind that clients send (``name ~ 'x' && type = 'auth'``)."""
    for part in text.split("&&") if text.strip() else ():
        match = _TERM.fullmatch(part)
        if match is None:
            raise BadRequest
        name, sign, one, two = match.groups()
        wanted, value = (one if one is not None else two), str(getattr(collection, name))
        fits = wanted.lower().strip("%") in value.lower() if sign == "~" else (value == wanted) == (sign == "=")
        if not fits:
            return False
    return True
