"""The collections projects, deployments and rollouts (contracts/one-click.md §1, their holes closed), the history of
what ran, and the outbox."""

from __future__ import annotations

from typing import Any

from oneclick_hooks.kubernetes import MANIFEST_SECRET_PATHS

USERS_ID = "_pb_users_auth_"
PROJECTS_ID = "7kff2zw80a7rmbu"
DEPLOYMENTS_ID = "h2e1cdq94xgdclh"
ROLLOUTS_ID = "22k6ts6gvnp46mc"

PROJECTS = "projects"
DEPLOYMENTS = "deployments"
ROLLOUTS = "rollouts"
RUNS = "rolloutRuns"
OUTBOX = "rolloutOutbox"

NAME_LENGTH = 100
"""How long a deployment's name may be: pages and tables show it in one line."""

SIGNED_IN = '@request.auth.id != ""'
OWNS = f"{SIGNED_IN} && user = @request.auth.id"
OWNS_PROJECT = f"{SIGNED_IN} && project.user = @request.auth.id"


def _keeps(*names: str) -> str:
    return " && ".join(f"@request.body.{name}:changed = false" for name in names)


def _one(name: str, collection: str, cascade: bool = False, required: bool = True) -> dict[str, Any]:
    return {
        "name": name,
        "type": "relation",
        "collectionId": collection,
        "maxSelect": 1,
        "required": required,
        "cascadeDelete": cascade,
    }


CREATED = {"name": "created", "type": "autodate", "onCreate": True}
UPDATED = {"name": "updated", "type": "autodate", "onCreate": True, "onUpdate": True}
AVATAR = {"name": "avatar", "type": "file", "maxSelect": 1, "maxSize": 5_242_880}

_PROJECTS = {
    "id": PROJECTS_ID,
    "name": PROJECTS,
    "type": "base",
    "listRule": OWNS,
    "viewRule": OWNS,
    "createRule": OWNS,
    "updateRule": f"{OWNS} && {_keeps('user')}",
    "deleteRule": OWNS,
    "fields": [
        {"name": "name", "type": "text", "required": True, "max": 20, "presentable": True},
        {"name": "description", "type": "text"},
        _one("user", USERS_ID),
        {"name": "tags", "type": "text"},
        AVATAR,
        CREATED,
        UPDATED,
    ],
    "indexes": ["CREATE INDEX `idx_projects_user` ON `projects` (`user`)"],
}

_DEPLOYMENTS = {
    "id": DEPLOYMENTS_ID,
    "name": DEPLOYMENTS,
    "type": "base",
    "listRule": OWNS_PROJECT,
    "viewRule": OWNS_PROJECT,
    "createRule": f"{OWNS_PROJECT} && user = @request.auth.id",
    "updateRule": f"{OWNS_PROJECT} && {_keeps('user', 'project')}",
    "deleteRule": OWNS_PROJECT,
    "fields": [
        {"name": "name", "type": "text", "max": NAME_LENGTH, "presentable": True},
        _one("user", USERS_ID),
        _one("project", PROJECTS_ID),
        AVATAR,
        CREATED,
        UPDATED,
    ],
    "indexes": [
        "CREATE INDEX `idx_deployments_project` ON `deployments` (`project`)",
        "CREATE INDEX `idx_deployments_user` ON `deployments` (`user`)",
    ],
}

MANIFEST = {
    "name": "manifest",
    "type": "json",
    "required": True,
    "maxSize": 2_000_000,
    "secretPaths": list(MANIFEST_SECRET_PATHS),
    "secretOwner": "deployment",
}

READ_ONLY = ("phase", "message", "cause", "author", "warnings")
"""What the plugin alone writes on a rollout; what clients send for these is passed over."""

_ROLLOUTS = {
    "id": ROLLOUTS_ID,
    "name": ROLLOUTS,
    "type": "base",
    "listRule": OWNS_PROJECT,
    "viewRule": OWNS_PROJECT,
    "createRule": f"{OWNS_PROJECT} && user = @request.auth.id && deployment.project = project",
    "updateRule": f"{OWNS_PROJECT} && {_keeps('user', 'project', 'deployment')}",
    "deleteRule": OWNS_PROJECT,
    "fields": [
        _one("user", USERS_ID),
        _one("project", PROJECTS_ID),
        _one("deployment", DEPLOYMENTS_ID),
        MANIFEST,
        {"name": "startDate", "type": "date"},
        {"name": "endDate", "type": "date"},
        {"name": "hide", "type": "bool"},
        {"name": "phase", "type": "text", "max": 20},
        {"name": "message", "type": "text", "max": 2000},
        {"name": "cause", "type": "text", "max": 50},
        {"name": "author", "type": "text", "max": 255},
        {"name": "warnings", "type": "json", "maxSize": 20_000},
        CREATED,
        UPDATED,
    ],
    "indexes": [
        "CREATE UNIQUE INDEX `idx_rollouts_running` ON `rollouts` (`deployment`) WHERE `endDate` = ''",
        "CREATE INDEX `idx_rollouts_deployment` ON `rollouts` (`deployment`, `created`)",
        "CREATE INDEX `idx_rollouts_project` ON `rollouts` (`project`)",
    ],
}

_RUNS = {
    "name": RUNS,
    "type": "base",
    "listRule": OWNS_PROJECT,
    "viewRule": OWNS_PROJECT,
    "fields": [
        _one("rollout", ROLLOUTS_ID, cascade=True),
        _one("deployment", DEPLOYMENTS_ID, cascade=True),
        _one("project", PROJECTS_ID, cascade=True),
        {"name": "start", "type": "date", "required": True},
        {"name": "end", "type": "date"},
        {"name": "cause", "type": "text", "max": 50},
        {"name": "author", "type": "text", "max": 255},
        {"name": "outcome", "type": "text", "max": 20},
        {"name": "message", "type": "text", "max": 2000},
    ],
    "indexes": [
        "CREATE UNIQUE INDEX `idx_rolloutRuns_open` ON `rolloutRuns` (`deployment`) WHERE `end` = ''",
        "CREATE INDEX `idx_rolloutRuns_rollout` ON `rolloutRuns` (`rollout`)",
        "CREATE INDEX `idx_rolloutRuns_deployment` ON `rolloutRuns` (`deployment`, `start`)",
    ],
}

# A row a project or deployment (its kind and id): what is still to be brought into the cluster. No relations: that of a
# deleted one stays until the cluster is rid of it.
_OUTBOX = {
    "name": OUTBOX,
    "type": "base",
    "fields": [
        {"name": "subject", "type": "text", "max": 50},
        {"name": "kind", "type": "text", "max": 20},
        {"name": "project", "type": "text", "max": 15},
        {"name": "generation", "type": "number"},
        {"name": "applied", "type": "number"},
        {"name": "attempts", "type": "number"},
        {"name": "due", "type": "date"},
        {"name": "force", "type": "bool"},
        {"name": "removed", "type": "bool"},
        {"name": "volumes", "type": "bool"},
        {"name": "refused", "type": "bool"},
        {"name": "problem", "type": "text", "max": 2000},
    ],
    "indexes": [
        "CREATE UNIQUE INDEX `idx_rolloutOutbox_subject` ON `rolloutOutbox` (`kind`, `subject`)",
        "CREATE INDEX `idx_rolloutOutbox_due` ON `rolloutOutbox` (`due`)",
    ],
}

COLLECTIONS: tuple[dict[str, Any], ...] = (_PROJECTS, _DEPLOYMENTS, _ROLLOUTS, _RUNS, _OUTBOX)
