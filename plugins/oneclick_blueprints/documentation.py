"""The OpenAPI description of this plugin's routes."""

from __future__ import annotations

from typing import Any

_ID = {"name": "blueprintId", "in": "path", "required": True, "schema": {"type": "string"}}


def _record(description: str) -> dict[str, Any]:
    return {
        "200": {
            "description": description,
            "content": {"application/json": {"schema": {"type": "object", "additionalProperties": True}}},
        },
        "401": {"description": "No valid token"},
        "404": {"description": "Unknown, or not yours to see"},
    }


OPENAPI: dict[str, Any] = {
    "paths": {
        "/pb/blueprints/{blueprintId}": {
            "get": {
                "tags": ["blueprints"],
                "operationId": "getBlueprint",
                "parameters": [_ID],
                "responses": _record("Blueprint details"),
            }
        },
        "/pb/blueprints/shared/{blueprintId}": {
            "post": {
                "tags": ["blueprints"],
                "operationId": "shareBlueprint",
                "parameters": [_ID],
                "responses": _record("Blueprint shared successfully"),
            }
        },
    }
}
