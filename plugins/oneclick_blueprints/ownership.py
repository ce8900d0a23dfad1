"""Who may change what of a blueprint."""

from __future__ import annotations

from oneclick.errors import Forbidden, ValidationError, field_error
from oneclick_hooks import RecordEvent

LEAVING = frozenset({"users", "users-"})


def check_create(event: RecordEvent) -> None:
    """Refuse a new blueprint that has subscribers: people subscribe themselves."""
    request = event.request
    if request is not None and not request.is_superuser and event.record["users"]:
        raise ValidationError({"users": _uninvited()}, "Failed to create record.")


def check_update(event: RecordEvent) -> None:
    """Refuse what the update rule alone cannot: a subscriber may only leave, and an owner neither gives the blueprint
    away nor makes others its subscribers.

    Raises ``Forbidden`` for a subscriber's other changes and ``ValidationError`` naming the owner's field.
    """
    request, record = event.request, event.record
    if request is None or request.is_superuser or request.auth is None:
        return
    before = record.original("users")
    if record.original("owner") == request.auth.id:
        errors = {}
        if record.changed("owner"):
            errors["owner"] = field_error("validation_owner_change", "A blueprint cannot be given away.")
        if set(record["users"]) - set(before):
            errors["users"] = _uninvited()
        if errors:
            raise ValidationError(errors, "Failed to update record.")
        return
    # By what was sent, not by what changed: a secret that was guessed right would change nothing, and tell.
    leaves = record["users"] == [user for user in before if user != request.auth.id]
    if set(request.body) - LEAVING or (record.changed("users") and not leaves):
        raise Forbidden("A subscriber of a blueprint may only take himself out of its users.")


def _uninvited() -> dict[str, object]:
    return field_error("validation_not_subscribed", "People subscribe to a blueprint themselves, by its share link.")
