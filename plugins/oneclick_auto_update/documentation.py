"""The OpenAPI description of this plugin's routes."""

from __future__ import annotations

from typing import Any

_CHECK: dict[str, Any] = {
    "tags": ["auto-updates"],
    "summary": "Check now",
    "description": "With a user's token, or with the auto-update's own webhook token (`Bearer ocw_…`).",
    "parameters": [{"name": "autoUpdateId", "in": "path", "required": True, "schema": {"type": "string"}}],
    "responses": {
        "200": {
            "description": "Update initiated",
            "content": {"application/json": {"schema": {"type": "object", "additionalProperties": True}}},
        },
        "401": {"description": "No valid token"},
        "404": {"description": "Unknown, or not yours to see"},
    },
}

_TOKEN: dict[str, Any] = {
    "tags": ["auto-updates"],
    "summary": "Replace the webhook token",
    "parameters": _CHECK["parameters"],
    "responses": _CHECK["responses"]
    | {
        "200": {
            "description": "The record with its new `webhookToken`, shown this once",
            "content": {"application/json": {"schema": {"type": "object", "additionalProperties": True}}},
        }
    },
}

OPENAPI: dict[str, Any] = {
    "paths": {
        "/auto-update/{autoUpdateId}": {"post": _CHECK | {"operationId": "checkAutoUpdate"}},
        "/pb/auto-update/{autoUpdateId}": {"post": _CHECK | {"operationId": "checkAutoUpdateByOriginalPath"}},
        "/auto-update/{autoUpdateId}/token": {"post": _TOKEN | {"operationId": "replaceAutoUpdateToken"}},
    }
}
