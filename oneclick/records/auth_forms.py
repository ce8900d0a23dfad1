"""What a client must send to create an auth record or to change its password (contract §1.8)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from oneclick.auth.passwords import verify_password
from oneclick.errors import FieldErrors, ValidationError, field_error
from oneclick.fields.casting import to_text
from oneclick.records.record import Record

REQUIRED = field_error("validation_required", "Cannot be blank")
MISMATCH = field_error("validation_values_mismatch", "Values don't match")
WRONG_OLD = field_error("validation_invalid_old_password", "Missing or invalid old password")


def check_auth_form(record: Record, body: Mapping[str, Any], message: str, *, manages: bool) -> None:
    """Raise ``ValidationError`` for passwords that are missing or differ, and for what only a manager changes."""
    errors: FieldErrors = {}
    if not manages:
        if not record.is_new and record.changed("email"):
            errors["email"] = MISMATCH
        if record.changed("verified"):
            errors["verified"] = MISMATCH
    errors |= _passwords(record, body, manages=manages)
    if errors:
        raise ValidationError(errors, message)


def _passwords(record: Record, body: Mapping[str, Any], *, manages: bool) -> FieldErrors:
    errors: FieldErrors = {}
    password = record["password"].plain
    confirm, old = to_text(body.get("passwordConfirm")), to_text(body.get("oldPassword"))
    if not password and (record.is_new or confirm or old):
        errors["password"] = REQUIRED
    if not confirm and (record.is_new or password or old):
        errors["passwordConfirm"] = REQUIRED
    elif confirm != password:
        errors["passwordConfirm"] = MISMATCH
    if not record.is_new and not manages and (password or confirm):
        if not old:
            errors["oldPassword"] = REQUIRED
        elif not verify_password(record.original("password").hash, old):
            errors["oldPassword"] = WRONG_OLD
    return errors
