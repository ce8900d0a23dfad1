"""Who of a provider's people may come in: those of some domains or organisations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from oneclick.outbound import is_address
from oneclick_hooks import OAuth2Error

LISTS = ("domains", "organisations")
ADDRESSES = ("issuer", "jwksURL")


def wrong(config: Mapping[str, Any]) -> dict[str, str]:
    """Return what is wrong with a configuration's restrictions, as sentences by key."""
    extra = config.get("extra") or {}
    for name in LISTS:
        value = extra.get(name)
        if value is not None and not (isinstance(value, list) and all(isinstance(item, str) for item in value)):
            return {"extra": f"{name} must be a list of texts."}
    if not isinstance(extra.get("signup", False), bool):
        return {"extra": "signup must be true or false."}
    for name in ADDRESSES:
        if extra.get(name) and not is_address(extra[name]):
            return {"extra": f"{name} must begin with https:// (or http://)."}
    return {}


def listed(config: Mapping[str, Any], name: str) -> frozenset[str]:
    """Return a restriction (``domains``, ``organisations``) in lower case; empty where there is none."""
    values = (config.get("extra") or {}).get(name) or ()
    return frozenset(str(value).strip().lower().removeprefix("@") for value in values if str(value).strip())


def domain_of(email: str) -> str:
    """Return the domain of an address, in lower case; none for letters beyond ASCII, some of which have a lower case
    that is another's."""
    domain = email.rpartition("@")[2]
    return domain.lower() if domain.isascii() else ""


def check_domain(config: Mapping[str, Any], email: str) -> None:
    """Raise ``OAuth2Error`` unless the verified ``email`` lies in one of the allowed domains."""
    domains = listed(config, "domains")
    if domains and domain_of(email) not in domains:
        said = f"The address {email} is not one that may sign in here." if email else "No verified address is known."
        raise OAuth2Error("refused", "oauth2_domain_not_allowed", said)


def check_organisation(config: Mapping[str, Any], organisations: Iterable[str]) -> None:
    """Raise ``OAuth2Error`` unless the person belongs to one of the allowed organisations."""
    allowed = listed(config, "organisations")
    if allowed and not allowed & {organisation.lower() for organisation in organisations}:
        text = "This account belongs to none of the organisations that may sign in here."
        raise OAuth2Error("refused", "oauth2_organisation_not_allowed", text)
