"""Password hashes: argon2id for new ones; bcrypt (PocketBase's) is accepted and replaced at login."""

from __future__ import annotations

import os
import threading

import argon2
import bcrypt

_BCRYPT_PREFIXES = ("$2a$", "$2b$", "$2y$")
_BCRYPT_LIMIT = 72

_hasher = argon2.PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Hashing takes a core and 19 MiB each: a burst of logins must starve neither the machine nor the other requests.
_room = threading.BoundedSemaphore((os.cpu_count() or 1) + 1)
# What an unknown identity is compared with, so that the answer takes as long as for a known one.
_DUMMY = _hasher.hash("not the password of anybody")


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password."""
    with _room:
        return _hasher.hash(password)


def is_hash(text: str) -> bool:
    """Tell whether ``text`` is a hash that :func:`verify_password` understands."""
    return text.startswith(("$argon2", *_BCRYPT_PREFIXES))


def verify_password(hashed: str, password: str) -> bool:
    """Tell whether ``password`` is the one behind ``hashed``. Never raises for a malformed hash."""
    with _room:
        if hashed.startswith(_BCRYPT_PREFIXES):
            try:
                # bcrypt itself stops at 72 bytes; its library refuses more.
                return bcrypt.checkpw(password.encode()[:_BCRYPT_LIMIT], hashed.encode())
            except ValueError:
                return False
        try:
            return _hasher.verify(hashed, password)
        except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
            return False


def needs_rehash(hashed: str) -> bool:
    """Tell whether a valid hash should be replaced by one of today's kind."""
    return hashed.startswith(_BCRYPT_PREFIXES) or _hasher.check_needs_rehash(hashed)


def waste_time(password: str) -> None:
    """Take as long as comparing with a real hash does."""
    verify_password(_DUMMY, password)
