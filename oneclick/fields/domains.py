"""What e-mail and URL fields share: lists of allowed or refused domains."""

from __future__ import annotations

import re

from oneclick.errors import FieldErrors, field_error
from oneclick.fields.text import PlainTextField

_LABEL = r"[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
_DOMAIN = re.compile(rf"({_LABEL}\.)+[a-zA-Z]{{1,63}}\.?", re.ASCII)


class DomainsField(PlainTextField, frozen=True, kw_only=True, rename="camel"):
    """A text with a domain in it; only one of the two lists may be set."""

    except_domains: tuple[str, ...] = ()
    only_domains: tuple[str, ...] = ()

    def domain_allowed(self, domain: str) -> bool:
        """Whether the lists let ``domain`` pass."""
        if self.only_domains:
            return domain in self.only_domains
        return domain not in self.except_domains

    def check_type_options(self) -> dict[str, FieldErrors]:
        """Check that one list at most is set, and that it holds domains."""
        errors: dict[str, FieldErrors] = {}
        for option, domains in (("exceptDomains", self.except_domains), ("onlyDomains", self.only_domains)):
            if self.except_domains and self.only_domains:
                errors[option] = field_error("validation_empty", "Must be blank.")
            elif any(not _DOMAIN.fullmatch(domain) for domain in domains):
                errors[option] = {
                    str(index): field_error("validation_is_domain", "Must be a valid domain.")
                    for index, domain in enumerate(domains)
                    if not _DOMAIN.fullmatch(domain)
                }
        return errors
