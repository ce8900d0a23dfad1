"""What is special about records that can sign in (contract §1.8): on every save, whoever saves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from oneclick.auth.passwords import hash_password
from oneclick.errors import BadRequest
from oneclick.fields import PasswordField, TextField
from oneclick.records.record import Record

if TYPE_CHECKING:
    from oneclick.records.store import RecordStore

TIED = ("_mfas", "_otps", "_externalAuths", "_authOrigins")
LAST_SUPERUSER = "You can't delete the only existing superuser."


def prepare_auth(record: Record) -> None:
    """Superusers are verified; a new password or email ends all tokens."""
    if record.collection.is_superusers:
        record["verified"] = True
    if record.is_new or record.changed("tokenKey"):
        return
    if record.changed("password") or record.changed("email"):
        field = record.collection.by_name["tokenKey"]
        assert isinstance(field, TextField)
        record["tokenKey"] = field.generated()


def hash_passwords(record: Record) -> None:
    """Replace new plain passwords by their hashes. Slow on purpose: not for inside a transaction."""
    for field in record.collection.fields:
        if not isinstance(field, PasswordField):
            continue
        password = record[field.name]
        if password.plain:
            record[field.name] = password.hashed(hash_password(password.plain))


def forget_after_change(store: RecordStore, record: Record, changed: frozenset[str]) -> None:
    """Delete what a new password or token key makes worthless; inside the transaction."""
    if "password" in changed:
        _forget(store, record, "_mfas")
        _forget(store, record, "_authOrigins")
    if "tokenKey" in changed:
        _forget(store, record, "_otps")


def forget_all(store: RecordStore, record: Record) -> None:
    """Delete what hangs on a deleted auth record; inside the transaction."""
    for name in TIED:
        _forget(store, record, name)


def _forget(store: RecordStore, record: Record, name: str) -> None:
    table = store.collections.require(name).table
    tied = (table.c.collectionRef == record.collection.id) & (table.c.recordRef == record.id)
    with store.database.connection() as connection:
        connection.execute(sa.delete(table).where(tied))


def check_last_superuser(store: RecordStore, record: Record) -> None:
    """Refuse to delete the only superuser."""
    if not record.collection.is_superusers:
        return
    table = record.collection.table
    with store.database.connection() as connection:
        others = connection.execute(sa.select(table.c.id).where(table.c.id != record.id).limit(1)).first()
    if others is None:
        raise BadRequest(LAST_SUPERUSER)
