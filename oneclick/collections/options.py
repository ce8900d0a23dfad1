"""The options that an auth collection has besides its fields: what PocketBase has by default, and what it hides."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from oneclick.collections.providers import read_oauth2
from oneclick.ids import random_text

TOKENS = ("authToken", "passwordResetToken", "emailChangeToken", "verificationToken", "fileToken")
SECRET_LENGTH = 50

_DURATIONS = {
    "authToken": 432_000,
    "passwordResetToken": 1_800,
    "emailChangeToken": 1_800,
    "verificationToken": 86_400,
    "fileToken": 180,
}


def _letter(*paragraphs: str) -> str:
    return "\n".join(f"<p>{text}</p>" for text in ("Hello,", *paragraphs, "Thanks,<br/>\n{APP_NAME} team"))


def _link(path: str, text: str) -> str:
    return f'<a class="btn" href="{{APP_URL}}/_/#/auth/{path}/{{TOKEN}}" target="_blank" rel="noopener">{text}</a>'


_NOT_YOU = "<i>If this was not you, there is nothing for you to do.</i>"

_TEMPLATES: dict[str, dict[str, str]] = {
    "verificationTemplate": {
        "subject": "Verify your {APP_NAME} email",
        "body": _letter(
            "Please confirm that this address is yours.", _link("confirm-verification", "Verify"), _NOT_YOU
        ),
    },
    "resetPasswordTemplate": {
        "subject": "Reset your {APP_NAME} password",
        "body": _letter(
            "A new password was asked for.", _link("confirm-password-reset", "Choose a new password"), _NOT_YOU
        ),
    },
    "confirmEmailChangeTemplate": {
        "subject": "Confirm your {APP_NAME} new email address",
        "body": _letter(
            "Please confirm that this is your new address.", _link("confirm-email-change", "Confirm"), _NOT_YOU
        ),
    },
}
_ALERT = {
    "subject": "Login from a new location",
    "body": _letter(
        "Somebody signed in to your {APP_NAME} account from a new place:",
        "<em>{ALERT_INFO}</em>",
        "If this was not you, change your password now: that ends all other sessions.",
    ),
}
_OTP = {
    "subject": "OTP for {APP_NAME}",
    "body": _letter("Your one-time password is <strong>{OTP}</strong>", _NOT_YOU),
}


def default_auth_options() -> dict[str, Any]:
    """Return fresh options of an auth collection, with new token secrets."""
    options: dict[str, Any] = {
        "authRule": "",
        "manageRule": None,
        "authAlert": {"enabled": True, "emailTemplate": _ALERT},
        "oauth2": {
            "providers": [],
            "mappedFields": {"id": "", "name": "", "username": "", "avatarURL": ""},
            "enabled": False,
        },
        "passwordAuth": {"enabled": True, "identityFields": ["email"]},
        "mfa": {"enabled": False, "duration": 600, "rule": ""},
        "otp": {"enabled": False, "duration": 180, "length": 8, "emailTemplate": _OTP},
    }
    for name in TOKENS:
        options[name] = {"duration": _DURATIONS[name], "secret": random_text(SECRET_LENGTH)}
    options.update(_TEMPLATES)
    return copy.deepcopy(options)


def default_options(type_: str) -> dict[str, Any]:
    """Return the options that a new collection of this type starts with."""
    if type_ == "auth":
        return default_auth_options()
    return {"viewQuery": ""} if type_ == "view" else {}


def merge_options(current: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``current`` with what is given: objects are merged key by key, lists replace; a provider without a
    secret keeps the one that a provider of its name had."""
    merged = copy.deepcopy(dict(current))
    for name, value in given.items():
        if name not in merged or (value is None and isinstance(merged[name], dict)):
            continue
        if isinstance(merged[name], dict) and isinstance(value, Mapping):
            merged[name] = {**merged[name], **copy.deepcopy(dict(value))}
        else:
            merged[name] = copy.deepcopy(value)
    if isinstance(given.get("oauth2"), Mapping):
        merged["oauth2"] = read_oauth2(merged["oauth2"], current["oauth2"]["providers"])
    return merged


def public_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options as clients see them: without token secrets and client secrets."""
    shown = copy.deepcopy(dict(options))
    for name in TOKENS:
        if name in shown:
            shown[name].pop("secret", None)
    for provider in shown.get("oauth2", {}).get("providers", ()):
        provider.pop("clientSecret", None)
    return shown
