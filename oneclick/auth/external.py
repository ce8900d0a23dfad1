"""Accounts at identity providers: whose they are, and linking them (contract §2.6)."""

from __future__ import annotations

from collections.abc import Mapping
from string import ascii_lowercase, ascii_uppercase
from typing import Any

from oneclick.collections.providers import CheckProvider
from oneclick_hooks import AuthProvider, OAuth2User
from oneclick_hooks.protocols import Collection, Record, RecordStore

LINKS = "_externalAuths"

MOST_SIMILAR = 10

_SMALL = str.maketrans(ascii_uppercase, ascii_lowercase)
_OF = "collectionRef = {:collection} && provider = {:provider}"


def linked_record(records: RecordStore, collection: Collection, provider: str, user: OAuth2User) -> Record | None:
    """Return the record that this account at ``provider`` is linked to."""
    named = {"collection": collection.id, "provider": provider, "account": user.id}
    link = records.first(LINKS, f"{_OF} && providerId = {{:account}}", named)
    return records.find(collection.name, link["recordRef"]) if link is not None else None


def record_of_email(records: RecordStore, collection: Collection, user: OAuth2User) -> Record | None:
    """Return the record with the address that the provider has verified: written the same way, or the only one that
    differs in its capitals."""
    if not user.email:
        return None
    similar = records.list(collection.name, "email:lower = {:email}", {"email": user.email.lower()}, limit=MOST_SIMILAR)
    found = [record for record in similar if same_address(str(record["email"]), user.email)]
    exact = next((record for record in found if record["email"] == user.email), None)
    return exact or (found[0] if len(found) == 1 else None)


def same_address(one: str, other: str) -> bool:
    """Tell whether two addresses differ in nothing but the capitals of plain letters.

    Other letters count as they are: some have a lower case that is another letter's (the Kelvin sign's is ``k``).
    """
    return bool(one) and one.translate(_SMALL) == other.translate(_SMALL)


def link(records: RecordStore, record: Record, provider: str, user: OAuth2User) -> None:
    """Link the account to ``record``, in place of another account at the same provider."""
    named = {"collection": record.collection.id, "provider": provider, "record": record.id}
    known = records.first(LINKS, f"{_OF} && recordRef = {{:record}}", named)
    if known is not None and known["providerId"] == user.id:
        return
    if known is None:
        known = records.new(LINKS, {"collectionRef": record.collection.id, "recordRef": record.id})
    known["provider"], known["providerId"] = provider, user.id
    records.save(known)


def unlink_others(records: RecordStore, record: Record, provider: str) -> None:
    """Take all accounts at other providers from ``record``."""
    named = {"collection": record.collection.id, "provider": provider, "record": record.id}
    others = "collectionRef = {:collection} && recordRef = {:record} && provider != {:provider}"
    for found in records.list(LINKS, others, named):
        records.delete(found)


def known_providers(plugins: Any) -> list[AuthProvider]:
    """Return the identity providers that plugins know, in the order in which people see them."""
    found = (provider for _, provider in plugins.collect("register_auth_providers", tolerate=True))
    return sorted(found, key=lambda provider: (provider.order, provider.name))


def provider_checker(plugins: Any) -> CheckProvider:
    """Return a function that tells what is wrong with a provider's configuration."""

    def check(config: Mapping[str, Any]) -> Mapping[str, str] | None:
        provider = next((item for item in known_providers(plugins) if item.name == config.get("name")), None)
        return None if provider is None else provider.check(config)

    return check
