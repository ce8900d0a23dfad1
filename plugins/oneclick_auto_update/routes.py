"""Routes that check an auto-update now, for people and for CI systems."""

from __future__ import annotations

from flask import Blueprint, Response, request

from oneclick import Unauthorized, answer_record, current, needed, needs, request_info, require
from oneclick.records import Record
from oneclick_auto_update import jobs, webhook

blueprint = Blueprint("auto_update", __name__)


@blueprint.post("/auto-update/<auto_update_id>", endpoint="check")
@blueprint.post("/pb/auto-update/<auto_update_id>", endpoint="check_by_original_path")
@needs("public")
def check(auto_update_id: str) -> Response:
    """Answer the record at once and enqueue the check of its repository, for its owner or its webhook token.

    The route is public to the middleware because the webhook token is no user's: it is checked here.
    """
    record = _by_webhook_token(auto_update_id) or require("autoUpdates", "view", auto_update_id)
    jobs.ask(current(), record)
    return answer_record(record)


@blueprint.post("/auto-update/<auto_update_id>/token")
@needs("autoUpdates", "update", "auto_update_id")
def replace_token(auto_update_id: str) -> Response:
    """Give the record a new webhook token and answer it, this once."""
    record = needed("autoUpdates")
    webhook.issue(record)
    return answer_record(current().records.save(record, request_info()))


def _by_webhook_token(auto_update_id: str) -> Record | None:
    token = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    if not token.startswith(webhook.PREFIX):
        return None
    record = current().records.find("autoUpdates", auto_update_id)
    if record is None or not webhook.matches(record, token):
        raise Unauthorized("This webhook token is not the auto-update's")
    return record
