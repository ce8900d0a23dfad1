"""The collection ``autoUpdates`` (contracts/one-click.md §1, its holes closed)."""

from __future__ import annotations

from typing import Any

AUTO_UPDATES_ID = "zpmsid5xlf5361s"
USERS_ID = "_pb_users_auth_"
PROJECTS_ID = "7kff2zw80a7rmbu"
DEPLOYMENTS_ID = "h2e1cdq94xgdclh"

OWNS = '@request.auth.id != "" && project.user = @request.auth.id'
KEEPS = " && ".join(f"@request.body.{name}:changed = false" for name in ("user", "project", "deployment"))

_BOOKKEEPING = ("lastCheck", "verdict", "error", "queued", "baseline", "webhookTokenHash")
_UNWRITTEN = " && ".join(f"@request.body.{name}:isset = false" for name in _BOOKKEEPING)


def _goes_with(name: str, collection: str) -> dict[str, Any]:
    return {
        "name": name,
        "type": "relation",
        "collectionId": collection,
        "maxSelect": 1,
        "required": True,
        "cascadeDelete": True,
    }


AUTO_UPDATES: dict[str, Any] = {
    "id": AUTO_UPDATES_ID,
    "name": "autoUpdates",
    "type": "base",
    "listRule": OWNS,
    "viewRule": OWNS,
    "createRule": f"{OWNS} && user = @request.auth.id && deployment.project = project && {_UNWRITTEN}",
    "updateRule": f"{OWNS} && {KEEPS} && {_UNWRITTEN}",
    "deleteRule": OWNS,
    "fields": [
        {"name": "user", "type": "relation", "collectionId": USERS_ID, "maxSelect": 1, "required": True},
        _goes_with("project", PROJECTS_ID),
        _goes_with("deployment", DEPLOYMENTS_ID),
        {"name": "interval", "type": "text", "required": True, "max": 50},
        {"name": "pattern", "type": "text", "max": 500},
        {"name": "policy", "type": "text", "required": True, "max": 200},
        {"name": "lastCheck", "type": "date"},
        {"name": "verdict", "type": "text", "max": 500},
        {"name": "error", "type": "text", "max": 1000},
        # The key of the repository whose check the record waits for; nothing when it waits for none.
        {"name": "queued", "type": "text", "hidden": True, "max": 64},
        # The running rollout, and what its tag led to when its content was first looked at.
        {"name": "baseline", "type": "text", "hidden": True, "max": 200},
        {"name": "webhookTokenHash", "type": "text", "hidden": True, "max": 64},
        {"name": "created", "type": "autodate", "onCreate": True},
        {"name": "updated", "type": "autodate", "onCreate": True, "onUpdate": True},
    ],
    "indexes": [
        "CREATE INDEX `idx_autoUpdates_deployment` ON `autoUpdates` (`deployment`)",
        "CREATE INDEX `idx_autoUpdates_queued` ON `autoUpdates` (`queued`)",
        "CREATE INDEX `idx_autoUpdates_lastCheck` ON `autoUpdates` (`lastCheck`)",
    ],
}
