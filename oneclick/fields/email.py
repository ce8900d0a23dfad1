"""E-mail addresses."""

from __future__ import annotations

import re
from typing import ClassVar

from oneclick.errors import FieldErrors, field_error
from oneclick.fields.domains import DomainsField

_WIDE = "\u00a0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef"
_ATOM = rf"[A-Za-z0-9!#$%&'*+/=?^_`{{|}}~{_WIDE}-]+"
_EDGE = rf"[A-Za-z0-9{_WIDE}]"
_TOP_EDGE = rf"[A-Za-z{_WIDE}]"
_ADDRESS = re.compile(
    rf"{_ATOM}(?:\.{_ATOM})*@"
    rf"(?:{_EDGE}(?:[A-Za-z0-9_~{_WIDE}-]*{_EDGE})?\.)+{_TOP_EDGE}(?:[A-Za-z0-9_~{_WIDE}-]*{_TOP_EDGE})?\.?"
)

MAX_LENGTH = 320


def is_email(text: str) -> bool:
    """Whether ``text`` is an e-mail address with a dotted domain (not trimmed, no quoted local part)."""
    return len(text) <= MAX_LENGTH and bool(_ADDRESS.fullmatch(text))


class EmailField(DomainsField, frozen=True, kw_only=True, rename="camel"):
    """An e-mail address."""

    type: ClassVar[str] = "email"

    def check_value(self, value: str) -> FieldErrors | None:
        """Check the address and its domain."""
        if not is_email(value):
            return field_error("validation_is_email", "Must be a valid email address.")
        if not self.domain_allowed(value.rpartition("@")[2]):
            return field_error("validation_email_domain_not_allowed", "Email domain is not allowed.")
        return None
