"""The collections that are always there: PocketBase's system ones, and ``users``."""

from __future__ import annotations

from typing import Any

from oneclick.ids import field_id

USERS_ID = "_pb_users_auth_"

_OWNER = "@request.auth.id != '' && recordRef = @request.auth.id && collectionRef = @request.auth.collectionId"
_SELF = "id = @request.auth.id"


def id_field() -> dict[str, Any]:
    """Return the definition of a record's id."""
    return _field(
        "text", "id", required=True, system=True, primaryKey=True, min=15, max=15, pattern="^[a-z0-9]+$",
        autogeneratePattern="[a-z0-9]{15}",
    )  # fmt: skip


def auth_fields() -> list[dict[str, Any]]:
    """Return the definitions of the fields that each auth collection has besides ``id``."""
    return [
        _field("password", "password", required=True, hidden=True, system=True, min=8),
        _field(
            "text", "tokenKey", required=True, hidden=True, system=True, min=30, max=60,
            autogeneratePattern="[a-zA-Z0-9]{50}",
        ),
        _field("email", "email", required=True, system=True),
        _field("bool", "emailVisibility", system=True),
        _field("bool", "verified", system=True),
    ]  # fmt: skip


def auth_indexes(name: str, suffix: str) -> list[str]:
    """Return the two unique indexes of an auth collection."""
    return [
        f"CREATE UNIQUE INDEX `idx_tokenKey_{suffix}` ON `{name}` (`tokenKey`)",
        f"CREATE UNIQUE INDEX `idx_email_{suffix}` ON `{name}` (`email`) WHERE `email` != ''",
    ]


def dates(*, system: bool = False) -> list[dict[str, Any]]:
    """Return the definitions of ``created`` and ``updated``."""
    return [
        _field("autodate", "created", onCreate=True, system=system),
        _field("autodate", "updated", onCreate=True, onUpdate=True, system=system),
    ]


def system_collections() -> list[dict[str, Any]]:
    """Return the definitions, in the order in which they are made."""
    return [
        _of_records("_mfas", ["method"], [], ["list", "view"]),
        _of_records("_otps", [], [], ["list", "view"], _otp_fields()),
        _of_records(
            "_externalAuths",
            ["provider", "providerId"],
            [
                "CREATE UNIQUE INDEX `idx_externalAuths_record_provider` ON `_externalAuths` "
                "(`collectionRef`, `recordRef`, `provider`)",
                "CREATE UNIQUE INDEX `idx_externalAuths_collection_provider` ON `_externalAuths` "
                "(`collectionRef`, `provider`, `providerId`)",
            ],
            ["list", "view", "delete"],
        ),
        _of_records(
            "_authOrigins",
            ["fingerprint"],
            [
                "CREATE UNIQUE INDEX `idx_authOrigins_unique_pairs` ON `_authOrigins` "
                "(`collectionRef`, `recordRef`, `fingerprint`)"
            ],
            ["list", "view", "delete"],
        ),
        {
            "name": "_superusers", "type": "auth", "system": True, "fields": dates(system=True),
            "authToken": {"duration": 86_400},
        },
        _users(),
    ]  # fmt: skip


def _of_records(
    name: str,
    texts: list[str],
    indexes: list[str],
    actions: list[str],
    more: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    """Return a system collection whose rows belong to records of auth collections."""
    fields = [_field("text", text, required=True, system=True) for text in ("collectionRef", "recordRef", *texts)]
    lookup = f"CREATE INDEX `idx_{name[1:]}_collectionRef_recordRef` ON `{name}` (`collectionRef`, `recordRef`)"
    return {
        "name": name,
        "type": "base",
        "system": True,
        "fields": [*fields, *(more or []), *dates(system=True)],
        "indexes": indexes or [lookup],
        **{f"{action}Rule": _OWNER for action in actions},
    }


def _otp_fields() -> list[dict[str, Any]]:
    return [
        _field("password", "password", required=True, hidden=True, system=True, cost=8),
        _field("text", "sentTo", hidden=True, system=True),
    ]


def _users() -> dict[str, Any]:
    images = ["image/jpeg", "image/png", "image/svg+xml", "image/gif", "image/webp"]
    return {
        "id": USERS_ID,
        "name": "users",
        "type": "auth",
        "fields": [
            _field(
                "text", "username", required=True, min=3, max=150, pattern=r"^[\w][\w\.\-]*$",
                autogeneratePattern="users[0-9]{6}",
            ),
            _field("text", "name", max=255),
            _field("file", "avatar", maxSelect=1, mimeTypes=images),
            *dates(),
        ],
        "indexes": [f"CREATE UNIQUE INDEX `idx_username_{USERS_ID}` ON `users` (`username`)"],
        "listRule": _SELF, "viewRule": _SELF, "createRule": "", "updateRule": _SELF, "deleteRule": _SELF,
        "passwordAuth": {"enabled": True, "identityFields": ["email", "username"]},
        "oauth2": {"mappedFields": {"id": "", "name": "name", "username": "username", "avatarURL": "avatar"}},
    }  # fmt: skip


def _field(type_: str, name: str, **options: Any) -> dict[str, Any]:
    return {"id": field_id(type_, name), "type": type_, "name": name, **options}
