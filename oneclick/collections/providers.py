"""What may be wrong with the login providers of an auth collection (contract §3.2, codes at its end)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from oneclick.errors import FieldErrors, field_error
from oneclick.outbound import is_address

ADDRESSES = ("authURL", "tokenURL", "userInfoURL")
DEFAULTS: dict[str, Any] = {
    "name": "",
    "clientId": "",
    "authURL": "",
    "tokenURL": "",
    "userInfoURL": "",
    "displayName": "",
    "extra": {},
}

MAPPED = ("id", "name", "username", "avatarURL")

CheckProvider = Callable[[Mapping[str, Any]], Mapping[str, str] | None]
"""Returns what is wrong with a provider's configuration, as sentences by key; ``None`` for an unknown provider."""


def read_oauth2(options: Mapping[str, Any], before: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the option ``oauth2`` as it is stored: providers with all keys and no others; one without a secret keeps
    the one that a provider of its name had. What is of the wrong type stays, for the check to refuse."""
    read, providers = dict(options), options.get("providers") or []
    if isinstance(providers, list) and all(isinstance(provider, Mapping) for provider in providers):
        known = {str(provider.get("name")): provider.get("clientSecret", "") for provider in before}
        providers = [_read(provider, known.get(str(provider.get("name")), "")) for provider in providers]
    read["providers"] = providers
    if isinstance(read.get("mappedFields"), Mapping):
        read["mappedFields"] = {name: read["mappedFields"].get(name) or "" for name in MAPPED}
    return read


def _read(provider: Mapping[str, Any], known_secret: str) -> dict[str, Any]:
    read = {name: provider.get(name) or default for name, default in DEFAULTS.items()}
    return read | {"pkce": provider.get("pkce"), "clientSecret": provider.get("clientSecret", known_secret)}


def check_oauth2(
    options: Any, before: Iterable[Mapping[str, Any]], check_provider: CheckProvider
) -> FieldErrors | None:
    """Return what is wrong with the option ``oauth2``, by its keys."""
    if not isinstance(options, Mapping):
        return field_error("validation_invalid_value", "Must be an object")
    errors: FieldErrors = {}
    if not isinstance(options.get("enabled"), bool):
        errors["enabled"] = field_error("validation_invalid_value", "Must be true or false")
    fields = options.get("mappedFields")
    if not isinstance(fields, Mapping) or not all(isinstance(name, str) for name in fields.values()):
        errors["mappedFields"] = field_error("validation_invalid_value", "Must be an object of names of fields")
    if wrong := check_providers(options.get("providers"), before, check_provider):
        errors["providers"] = wrong
    return errors or None


def check_providers(
    providers: Any, before: Iterable[Mapping[str, Any]], check_provider: CheckProvider
) -> FieldErrors | None:
    """Return the errors of ``providers`` by their index; one that stays as it was is not looked at again."""
    if not isinstance(providers, list) or not all(isinstance(provider, dict) for provider in providers):
        return field_error("validation_invalid_value", "Must be a list of providers")
    errors: FieldErrors = {}
    names: set[str] = set()
    for index, provider in enumerate(providers):
        problem = {} if provider in before else _problem(provider, check_provider)
        name = str(provider.get("name"))
        if name in names:
            text = f"The provider {name} is already registered"
            problem = {"name": field_error("validation_duplicated_provider", text, {"name": name})}
        names.add(name)
        if problem:
            errors[str(index)] = problem
    return errors or None


def _problem(provider: Mapping[str, Any], check_provider: CheckProvider) -> FieldErrors:
    errors: FieldErrors = {}
    for name in ("name", "clientId", "clientSecret"):
        if not isinstance(provider.get(name), str) or not str(provider[name]).strip():
            errors[name] = field_error("validation_required", "Cannot be blank")
    for name in ADDRESSES:
        if provider.get(name) and not is_address(provider[name]):
            errors[name] = field_error("validation_is_url", "Must be a valid URL")
    if not isinstance(provider.get("extra") or {}, dict):
        errors["extra"] = field_error("validation_invalid_value", "Must be an object")
    if provider.get("pkce") not in (None, True, False):
        errors["pkce"] = field_error("validation_invalid_value", "Must be true, false or null")
    wrong = None if "name" in errors else check_provider({**provider, "extra": {}} if "extra" in errors else provider)
    if wrong is None and "name" not in errors:
        name = provider["name"]
        text = f"Invalid or missing provider with name {name}"
        errors["name"] = field_error("validation_missing_provider", text, {"name": name})
    for name, text in (wrong or {}).items():
        errors.setdefault(name, field_error("validation_invalid_value", text))
    return errors
