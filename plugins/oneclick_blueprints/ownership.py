"""Who may change what of a blueprint, and what its owner sees of its subscribers."""

from __future__ import annotations

from oneclick.errors import Forbidden, ValidationError, field_error
from oneclick_hooks import RecordEnrichEvent, RecordEvent

SEEN_OF_OTHERS = frozenset({"id", "name", "avatar"})


def check_update(event: RecordEvent) -> None:
    """Refuse what the update rule alone cannot: a subscriber may only leave, and nobody gives a blueprint away.

    Raises ``Forbidden`` for a subscriber's other changes and ``ValidationError`` naming ``owner``.
    """
    request, record = event.request, event.record
    if request is None or request.is_superuser or request.auth is None:
        return
    changed = {field.name for field in record.collection.fields if record.changed(field.name)} - {"updated"}
    if record.original("owner") == request.auth.id:
        if "owner" in changed:
            raise ValidationError(
                {"owner": field_error("validation_owner_change", "A blueprint cannot be given away.")},
                "Failed to update record.",
            )
        return
    remaining = [user for user in record.original("users") if user != request.auth.id]
    if changed - {"users"} or (changed and record["users"] != remaining):
        raise Forbidden("A subscriber of a blueprint may only take himself out of its users.")


def hide_private_fields(event: RecordEnrichEvent) -> None:
    """Hide all but name and avatar of a user record from everyone but himself and superusers.

    A guest gets a user record in one place alone, the answer to his own login.
    """
    request = event.request
    if request.is_superuser or request.auth is None or request.auth.id == event.record.id:
        return
    event.hidden.update(field.name for field in event.collection.fields if field.name not in SEEN_OF_OTHERS)
