"""The collection ``blueprints`` and what it adds to others (contracts/one-click.md §1, its holes closed)."""

from __future__ import annotations

from typing import Any

from oneclick_hooks.kubernetes import MANIFEST_SECRET_PATHS

BLUEPRINTS_ID = "vs5gr49hpah1g9q"
USERS_ID = "_pb_users_auth_"
SIGNED_IN = '@request.auth.id != ""'
OWNS = f"{SIGNED_IN} && owner = @request.auth.id"
SUBSCRIBES = f"{SIGNED_IN} && users.id ?= @request.auth.id"
SEES = f"({SIGNED_IN} && private = false) || ({OWNS}) || ({SUBSCRIBES})"

BLUEPRINTS: dict[str, Any] = {
    "id": BLUEPRINTS_ID,
    "name": "blueprints",
    "type": "base",
    "listRule": SEES,
    "viewRule": SEES,
    "createRule": OWNS,
    "updateRule": f"({OWNS}) || ({SUBSCRIBES})",
    "deleteRule": OWNS,
    "fields": [
        {"name": "name", "type": "text", "required": True, "max": 20, "presentable": True},
        {"name": "description", "type": "text", "max": 50},
        {"name": "avatar", "type": "file", "maxSelect": 1, "maxSize": 5_242_880},
        {
            "name": "manifest",
            "type": "json",
            "required": True,
            "maxSize": 1_048_576,
            "secretPaths": list(MANIFEST_SECRET_PATHS),
        },
        {"name": "owner", "type": "relation", "collectionId": USERS_ID, "maxSelect": 1, "required": True},
        {"name": "users", "type": "relation", "collectionId": USERS_ID, "maxSelect": 10_000},
        {"name": "private", "type": "bool"},
        {"name": "created", "type": "autodate", "onCreate": True},
        {"name": "updated", "type": "autodate", "onCreate": True, "onUpdate": True},
    ],
    "indexes": ["CREATE INDEX `idx_blueprints_owner` ON `blueprints` (`owner`)"],
}

SEEN_BY_OWNERS = (
    f"{SIGNED_IN} && @collection.blueprints.owner ?= @request.auth.id && @collection.blueprints.users.id ?= id"
)

EXTENSIONS: dict[str, dict[str, Any]] = {
    "deployments": {
        "fields": [{"name": "blueprint", "type": "relation", "collectionId": BLUEPRINTS_ID, "maxSelect": 1}],
        "rules": {},
    },
    "users": {
        "fields": [],
        "rules": {"listRule": SEEN_BY_OWNERS, "viewRule": SEEN_BY_OWNERS},
        "shows": ["id", "name", "avatar"],
    },
}
