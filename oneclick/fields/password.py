"""Passwords: known in plain text only between the request and the hashing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

from oneclick.errors import FieldErrors, field_error
from oneclick.fields import leaves, patterns
from oneclick.fields.base import Field
from oneclick.fields.casting import is_storable, to_text

# bcrypt reads no more than 72 bytes; PocketBase's own limit keeps hashes exchangeable.
DEFAULT_MAX = 71


@dataclass(frozen=True, slots=True)
class Password:
    """A password's hash, and the new plain text while it waits to be hashed. Never shows either."""

    hash: str = field(default="", repr=False)
    plain: str = field(default="", repr=False)

    def __str__(self) -> str:
        return ""

    def __bool__(self) -> bool:
        return bool(self.hash or self.plain)

    def hashed(self, digest: str) -> Password:
        """Return this password with its hash and without the plain text."""
        return Password(hash=digest)


class PasswordField(Field, frozen=True, kw_only=True, rename="camel"):
    """A password. Values are :class:`Password`; whoever saves a record hashes ``plain`` first."""

    type: ClassVar[str] = "password"

    min: int = 0
    max: int = 0
    pattern: str = ""
    cost: int = 0

    def zero(self) -> Password:
        """Return no password."""
        return Password()

    def normalise(self, value: Any) -> Password:
        """Take a new plain text."""
        return value if isinstance(value, Password) else Password(plain=to_text(value))

    def check_limits(self, value: Password) -> FieldErrors | None:
        """Refuse what hashes are not made of."""
        return None if is_storable(value.plain) else leaves.invalid_format()

    def check_value(self, value: Password) -> FieldErrors | None:
        """Check a new plain text; a stored hash is fine."""
        plain = value.plain
        if not plain:
            return None
        if len(plain) < self.min:
            text = f"Must be at least {self.min} character(s)."
            return field_error("validation_min_text_constraint", text)
        limit = self.max or DEFAULT_MAX
        if len(plain) > limit or len(plain.encode()) > max(limit, DEFAULT_MAX):
            text = f"Must be less than {limit} character(s)."
            return field_error("validation_max_text_constraint", text)
        if self.pattern and not patterns.compiled(self.pattern).search(plain):
            return leaves.invalid_format()
        return None

    def to_db(self, value: Password) -> str:
        """Return the hash. Raises ``ValueError`` for a plain text that was not hashed."""
        if value.plain:
            raise ValueError(f"the password in {self.name} was not hashed")
        return value.hash

    def from_db(self, stored: Any) -> Password:
        """Read a hash."""
        return Password(hash=stored or "")

    def to_json(self, value: Password) -> str:
        """Show nothing."""
        return ""

    def check_type_options(self) -> dict[str, FieldErrors]:
        """Check the bounds and the pattern."""
        errors: dict[str, FieldErrors] = {}
        lowest = max(self.min, 0)
        bounds = (("min", self.min, 0, DEFAULT_MAX), ("max", self.max, lowest, DEFAULT_MAX), ("cost", self.cost, 4, 31))
        for name, value, low, high in bounds:
            if value and not low <= value <= high:
                errors[name] = leaves.too_small(low) if value < low else leaves.too_large(high)
        if problem := patterns.problem_of(self.pattern):
            errors["pattern"] = leaves.invalid_regex(problem)
        return errors
