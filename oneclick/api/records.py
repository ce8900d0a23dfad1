"""``/api/collections/{collection}/records`` (contract §1)."""

from __future__ import annotations

import flask

from oneclick import records as service
from oneclick.api.answers import answer, nothing
from oneclick.api.bodies import MAX_BODY, read_body
from oneclick.api.requests import known_collection, request_info
from oneclick.collections import Collection
from oneclick.core import current
from oneclick.fields import EditorField, FileField, JsonField
from oneclick.records import Record

blueprint = flask.Blueprint("records", __name__)

EDITOR_SIZE, JSON_SIZE = 5 << 20, 1 << 20


@blueprint.get("/api/collections/<collection>/records")
def list_all(collection: str) -> flask.Response:
    """List the records that the list rule lets through."""
    return answer(service.list_page(current().records, known_collection(collection), request_info()))


@blueprint.get("/api/collections/<collection>/records/<record_id>")
def view(collection: str, record_id: str) -> flask.Response:
    """Show a record."""
    return answer(service.view_record(current().records, known_collection(collection), record_id, request_info()))


@blueprint.post("/api/collections/<collection>/records")
def create(collection: str) -> flask.Response:
    """Create a record."""
    known = known_collection(collection)
    read_body(body_limit(known))
    return answer(service.create_record(current().records, known, request_info()))


@blueprint.patch("/api/collections/<collection>/records/<record_id>")
def update(collection: str, record_id: str) -> flask.Response:
    """Change a record."""
    known = known_collection(collection)
    read_body(body_limit(known))
    return answer(service.update_record(current().records, known, record_id, request_info()))


@blueprint.delete("/api/collections/<collection>/records/<record_id>")
def delete(collection: str, record_id: str) -> flask.Response:
    """Delete a record."""
    service.delete_record(current().records, known_collection(collection), record_id, request_info())
    return nothing()


def answer_record(record: Record) -> flask.Response:
    """Answer a record as the caller may see it: for views that have checked his rights."""
    return answer(service.serialise(current().records, record, request_info()))


def body_limit(collection: Collection) -> int:
    """Return how large a body may be that holds all that the collection's fields allow."""
    limit = MAX_BODY
    for field in collection.fields:
        if isinstance(field, FileField):
            limit += field.size_limit * max(field.max_select, 1)
        elif isinstance(field, EditorField):
            limit += field.max_size or EDITOR_SIZE
        elif isinstance(field, JsonField):
            limit += field.max_size or JSON_SIZE
    return limit
