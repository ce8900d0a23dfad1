"""What the settings are before anybody changes them, and which of them are never shown."""

from __future__ import annotations

from typing import Any

_S3: dict[str, Any] = {
    "enabled": False,
    "bucket": "",
    "region": "",
    "endpoint": "",
    "accessKey": "",
    "secret": "",
    "forcePathStyle": False,
}


def _limit(label: str, duration: int, most: int) -> dict[str, Any]:
    return {"label": label, "audience": "", "duration": duration, "maxRequests": most}


DEFAULTS: dict[str, Any] = {
    "superuserIPs": [],
    "smtp": {
        "enabled": False,
        "port": 587,
        "host": "smtp.example.com",
        "username": "",
        "password": "",
        "authMethod": "",
        "tls": False,
        "localName": "",
    },
    "backups": {"cron": "", "cronMaxKeep": 3, "s3": _S3},
    "s3": _S3,
    "meta": {
        "accentColor": "#1055c9",
        "appName": "One-Click",
        "appURL": "http://localhost:8090",
        "senderName": "Support",
        "senderAddress": "support@example.com",
        "hideControls": False,
    },
    "rateLimits": {
        "rules": [
            _limit("*:auth", 3, 2),
            _limit("*:create", 5, 20),
            _limit("/api/batch", 1, 3),
            _limit("/api/", 10, 300),
        ],
        "excludedIPs": [],
        "enabled": False,
    },
    "trustedProxy": {"headers": [], "useLeftmostIP": False},
    "batch": {"enabled": False, "maxRequests": 50, "timeout": 3, "maxBodySize": 0},
    "logs": {"maxDataSize": 0, "maxDays": 5, "minLevel": 0, "logIP": True, "logAuthId": False},
}

HIDDEN = (("smtp", "password"), ("s3", "secret"), ("backups", "s3", "secret"))
"""Settings that are written and never sent."""
