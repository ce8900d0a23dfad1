"""Routes under ``/pb/blueprints`` (contracts/one-click.md §3.2, §3.6; privacy is respected)."""

from __future__ import annotations

from flask import Blueprint, Response

from oneclick import answer_record, current, current_user, needed, needs, request_info

blueprint = Blueprint("blueprints", __name__)


@blueprint.get("/<blueprint_id>")
@needs("blueprints", "view", "blueprint_id")
def details(blueprint_id: str) -> Response:
    """Answer the blueprint's record."""
    return answer_record(needed("blueprints"))


@blueprint.post("/shared/<blueprint_id>")
@needs("blueprints", "view", "blueprint_id")
def share(blueprint_id: str) -> Response:
    """Make the caller a subscriber, unless he owns the blueprint or subscribes to it already; answer its record."""
    record = needed("blueprints")
    caller = current_user.record
    is_person = caller.collection.name == "users"
    if is_person and caller.id != record["owner"] and caller.id not in record["users"]:
        record["users"] = [*record["users"], caller.id]
        record = current().records.save(record, request_info())
    return answer_record(record)
