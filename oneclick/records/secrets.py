"""Secret values in JSON fields: sealed in memory and in the database, placeholders in every answer.

A sealed value is ``oc-sealed:<key id>:<AES-GCM>``. A placeholder is ``oc-secret:<fingerprint>``, made of the owner's
id, the path (without list positions, so that reordering changes nothing) and the value under a server key: it tells
nothing, and can be sent back in place of the value.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from oneclick.errors import FieldErrors, OneClickError, field_error
from oneclick.fields import JsonField
from oneclick.records.record import Record

SEALED = "oc-sealed:"
PLACEHOLDER = "oc-secret:"
MISPLACED = field_error("validation_misplaced_secret", "This stands for a secret; none can be here.")
_MOST_MISPLACED = 100
NONCE = 12

_PLACEHOLDER = re.compile(re.escape(PLACEHOLDER) + "[0-9a-f]{16}")
_Place = tuple[str, str]
"""A path and a placeholder: one that is sent in counts at its own path alone."""
_EMPTY: tuple[Any, ...] = (None, "", [], {})


class SecretError(OneClickError):
    """A sealed value cannot be opened: it was sealed with another key, or altered."""


class SecretKey:
    """One key: seals with AES-GCM, fingerprints with HMAC; both keys are derived from the given secret."""

    def __init__(self, secret: bytes) -> None:
        self.id = hashlib.sha256(b"oneclick key id\0" + secret).hexdigest()[:8]
        self._cipher = AESGCM(hashlib.sha256(b"oneclick seal\0" + secret).digest())
        self._mac = hashlib.sha256(b"oneclick fingerprint\0" + secret).digest()

    def seal(self, content: bytes) -> str:
        """Encrypt."""
        nonce = os.urandom(NONCE)
        sealed = nonce + self._cipher.encrypt(nonce, content, self.id.encode())
        return f"{SEALED}{self.id}:{base64.urlsafe_b64encode(sealed).decode()}"

    def open(self, sealed: bytes) -> bytes:
        """Decrypt."""
        return self._cipher.decrypt(sealed[:NONCE], sealed[NONCE:], self.id.encode())

    def mac(self, content: bytes) -> str:
        """Return 64 hexadecimal digits that only this key can make of ``content``."""
        return hmac.new(self._mac, content, hashlib.sha256).hexdigest()


class Secrets:
    """Seals and opens with the first key; opens what older keys sealed as well."""

    def __init__(self, *keys: SecretKey) -> None:
        self.key = keys[0]
        self._keys = {key.id: key for key in keys}

    def seal(self, value: Any) -> str:
        """Return a JSON value sealed; one that is sealed already stays."""
        return value if is_sealed(value) else self.key.seal(orjson.dumps(value))

    def unseal(self, value: Any) -> Any:
        """Return what is behind a sealed value; anything else as it is. Raises :class:`SecretError`."""
        if not is_sealed(value):
            return value
        key_id, _, text = value[len(SEALED) :].partition(":")
        key = self._keys.get(key_id)
        if key is None:
            raise SecretError(f"A secret was sealed with the key {key_id}, which this process does not have.")
        try:
            return orjson.loads(key.open(base64.urlsafe_b64decode(text)))
        except (InvalidTag, ValueError) as error:
            raise SecretError("A sealed secret was altered.") from error

    def placeholder(self, owner_id: str, path: str, value: Any) -> str:
        """Return what stands for a (sealed or plain) value at ``path`` in answers about ``owner_id``."""
        content = orjson.dumps([owner_id, path, self.unseal(value)])
        return PLACEHOLDER + self.key.mac(content)[:16]

    # Whole values

    def open(self, record: Record, field_name: str) -> Any:
        """Return a JSON field's value with its secrets in plain text. Never send or log it."""
        return transform(
            record[field_name], _field(record, field_name).secret_paths, lambda value, *_: self.unseal(value)
        )

    def mask(self, value: Any, paths: Sequence[str], owner_id: str) -> Any:
        """Return ``value`` as clients see it: placeholders instead of secrets."""

        def hide(secret: Any, path: str, _where: tuple[str, ...]) -> Any:
            if secret in _EMPTY or is_placeholder(secret):
                return secret
            return self.placeholder(owner_id, path, secret)

        return transform(value, paths, hide)

    def mask_record(self, record: Record, field_name: str) -> Any:
        """Return a record's JSON field as clients see it."""
        field = _field(record, field_name)
        return self.mask(record[field_name], field.secret_paths, owner_of(record, field))

    def resolve(
        self, value: Any, paths: Sequence[str], owner_id: str, candidates: Iterable[Any], own: Any = None
    ) -> Any:
        """Return ``value`` with placeholders replaced by the sealed values that ``candidates`` (values of the same
        shape, belonging to ``owner_id``) have at the same path. Those that none has stay.

        A plain value that ``own``, what is stored so far, has too takes its sealed form: nothing changes then.
        """
        known: dict[_Place, str] = {}
        self._learn(own, paths, owner_id, known)
        waiting = self._placeholders(value, paths)
        for candidate in candidates if waiting - known.keys() else ():
            self._learn(candidate, paths, owner_id, known)
            if waiting <= known.keys():
                break
        if not known:
            return value

        def fill(secret: Any, path: str, _where: tuple[str, ...]) -> Any:
            return known.get((path, self._fingerprint(owner_id, path, secret)), secret)

        return transform(value, paths, fill)

    def seal_all(self, value: Any, paths: Sequence[str]) -> Any:
        """Return ``value`` with plain secrets sealed; placeholders stay."""

        def close(secret: Any, *_: object) -> Any:
            return secret if secret in _EMPTY or is_placeholder(secret) else self.seal(secret)

        return transform(value, paths, close)

    def _placeholders(self, value: Any, paths: Sequence[str]) -> set[_Place]:
        found: set[_Place] = set()

        def note(secret: Any, path: str, _where: tuple[str, ...]) -> Any:
            if is_placeholder(secret):
                found.add((path, secret))
            return secret

        transform(value, paths, note)
        return found

    def _fingerprint(self, owner_id: str, path: str, secret: Any) -> str:
        """Return the placeholder that ``secret`` is or would have; ``""`` for what needs none."""
        if secret in _EMPTY or is_sealed(secret):
            return ""
        return str(secret) if is_placeholder(secret) else self.placeholder(owner_id, path, secret)

    def _learn(self, value: Any, paths: Sequence[str], owner_id: str, known: dict[_Place, str]) -> None:
        def note(secret: Any, path: str, _where: tuple[str, ...]) -> Any:
            if is_sealed(secret):
                known.setdefault((path, self.placeholder(owner_id, path, secret)), secret)
            return secret

        transform(value, paths, note)


def is_sealed(value: Any) -> bool:
    """Tell whether a value is a sealed secret."""
    return isinstance(value, str) and value.startswith(SEALED)


def is_placeholder(value: Any) -> bool:
    """Tell whether a value stands for a secret that the server has."""
    return isinstance(value, str) and _PLACEHOLDER.fullmatch(value) is not None


def unresolved(value: Any, paths: Sequence[str], *, sealed: bool = False) -> FieldErrors:
    """Return errors for the placeholders that are left in ``value`` (with ``sealed``, for sealed values instead)."""
    errors: FieldErrors = {}
    wrong = is_sealed if sealed else is_placeholder

    def check(secret: Any, _path: str, where: tuple[str, ...]) -> Any:
        if wrong(secret):
            place = errors
            for step in where[:-1]:
                place = place.setdefault(step, {})
            text = "This secret is not known here. Enter its value again."
            place[where[-1]] = field_error("validation_unknown_secret", text)
        return secret

    transform(value, paths, check)
    return errors


def misplaced(value: Any, paths: Sequence[str] = ()) -> FieldErrors:
    """Return errors for what stands for a secret where none can be, which is everywhere but at ``paths``: it would be
    taken for the value. Of very many only the first are named."""
    errors: FieldErrors = {}
    todo: list[tuple[tuple[str, ...], Any]] = [((), transform(value, paths, lambda *_: None))]
    found = 0
    while todo and found < _MOST_MISPLACED:
        path, part = todo.pop()
        if isinstance(part, Mapping):
            todo.extend(((*path, str(key)), child) for key, child in part.items())
        elif isinstance(part, (list, tuple)):
            todo.extend(((*path, str(index)), child) for index, child in enumerate(part))
        elif is_placeholder(part) or is_sealed(part):
            if not path:
                return dict(MISPLACED)
            place = errors
            for step in path[:-1]:
                place = place.setdefault(step, {})
            place[path[-1]] = dict(MISPLACED)
            found += 1
    return errors


def owner_of(record: Record, field: JsonField) -> str:
    """Return the id of what owns the secrets of a field."""
    return str(record[field.secret_owner]) if field.secret_owner else record.id


Visit = Callable[[Any, str, tuple[str, ...]], Any]


def transform(value: Any, paths: Sequence[str], visit: Visit) -> Any:
    """Return ``value`` with ``visit(secret, path, where)`` in place of each part that ``paths`` name; only what lies
    on the way is copied."""
    for path in paths:
        value = _at(value, path.split("."), visit, path, ())
    return value


def _at(value: Any, steps: list[str], visit: Visit, path: str, where: tuple[str, ...]) -> Any:
    if not steps:
        return visit(value, path, where)
    name, rest = steps[0].removesuffix("[]"), steps[1:]
    if not isinstance(value, dict) or name not in value:
        return value
    child, here = value[name], (*where, name)
    if not steps[0].endswith("[]"):
        return {**value, name: _at(child, rest, visit, path, here)}
    if not isinstance(child, list):
        return value
    items = [_at(item, rest, visit, path, (*here, str(index))) for index, item in enumerate(child)]
    return {**value, name: items}


def _field(record: Record, name: str) -> JsonField:
    field = record.collection.by_name[name]
    if not isinstance(field, JsonField):
        raise KeyError(f"{name} of {record.collection.name} is no JSON field")
    return field
