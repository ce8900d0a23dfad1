"""Reading, checking and storing the settings."""

from __future__ import annotations

import copy
import re
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import msgspec

from oneclick.db import Params
from oneclick.errors import FieldErrors, ValidationError, field_error
from oneclick.plugins import Plugins
from oneclick.settings.defaults import DEFAULTS, HIDDEN

NAME = "settings"
PROXY_SECONDS = 5.0
REFUSED = "An error occurred while saving the new settings."
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_REQUIRED = field_error("validation_required", "Cannot be blank.")


class Settings:
    """The settings in the database, completed with the defaults."""

    def __init__(self, params: Params, plugins: Plugins) -> None:
        self._params, self._plugins = params, plugins
        self._sections: dict[str, type[msgspec.Struct]] | None = None
        self._proxy: Mapping[str, Any] = DEFAULTS["trustedProxy"]
        self._proxy_until = 0.0

    @property
    def sections(self) -> Mapping[str, type[msgspec.Struct]]:
        """The plugins' sections and what each holds."""
        if self._sections is None:
            self._sections = {}
            for name, found in self._plugins.collect("register_settings"):
                taken = [section for section in found if section in DEFAULTS or section in self._sections]
                if taken:
                    self._plugins.switch_off(name, ValueError(f"The settings section {taken[0]!r} is taken."))
                else:
                    self._sections.update(found)
        return self._sections

    def all(self) -> dict[str, Any]:
        """Return all settings, hidden ones too."""
        defaults = copy.deepcopy(DEFAULTS)
        defaults |= {name: msgspec.to_builtins(struct()) for name, struct in self.sections.items()}
        return _merged(defaults, self._params.get(NAME, {}))

    def section(self, name: str) -> Any:
        """Return a plugin's section as its struct."""
        return msgspec.convert(self.all()[name], self.sections[name])

    def trusted_proxy(self) -> Mapping[str, Any]:
        """Return what is said of a proxy in front; another process's change holds within seconds."""
        now = time.monotonic()
        if now >= self._proxy_until:
            self._proxy, self._proxy_until = self.all()["trustedProxy"], now + PROXY_SECONDS
        return self._proxy

    def public(self) -> dict[str, Any]:
        """Return the settings without the hidden ones."""
        shown = self.all()
        for *path, last in HIDDEN:
            parent = shown
            for key in path:
                parent = parent[key]
            parent.pop(last, None)
        return shown

    def update(self, changes: Mapping[str, Any]) -> dict[str, Any]:
        """Merge ``changes`` into the settings and store them. Raises ``ValidationError`` naming what is wrong."""
        current = self.all()
        errors = _shape_errors(current, changes)
        merged = _merged(current, changes)
        if not errors:
            errors = _meta_errors(merged["meta"]) | self._section_errors(merged)
        if errors:
            raise ValidationError(errors, REFUSED)
        self._params.set(NAME, merged)
        self._proxy_until = 0.0
        return self.public()

    def _section_errors(self, merged: Mapping[str, Any]) -> FieldErrors:
        errors: FieldErrors = {}
        for name, struct in self.sections.items():
            try:
                msgspec.convert(merged[name], struct)
            except msgspec.ValidationError as error:
                errors[name] = field_error("validation_invalid_value", str(error))
        return errors


def _merged(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``base`` with ``changes``: objects are merged key by key, unknown keys are left out."""
    merged = dict(base)
    for key, value in changes.items():
        if key not in base:
            continue
        if isinstance(base[key], Mapping) and isinstance(value, Mapping):
            merged[key] = _merged(base[key], value)
        else:
            merged[key] = copy.deepcopy(value)
    return merged


def _shape_errors(base: Mapping[str, Any], changes: Mapping[str, Any]) -> FieldErrors:
    """Return an error for each value whose type is not that of the setting."""
    errors: FieldErrors = {}
    for key, value in changes.items():
        if key not in base:
            continue
        if isinstance(base[key], Mapping) and isinstance(value, Mapping):
            if nested := _shape_errors(base[key], value):
                errors[key] = nested
        elif not _fits(base[key], value):
            errors[key] = field_error("validation_invalid_value", "Must be a valid value.")
    return errors


def _fits(known: Any, value: Any) -> bool:
    if isinstance(known, bool) or isinstance(value, bool):
        return isinstance(known, bool) and isinstance(value, bool)
    if isinstance(known, int | float):
        return isinstance(value, int | float)
    return known is None or isinstance(value, type(known))


def _meta_errors(meta: Mapping[str, Any]) -> FieldErrors:
    errors: FieldErrors = {}
    for key in ("appName", "appURL", "senderName", "senderAddress"):
        if not meta[key]:
            errors[key] = _REQUIRED
    if len(meta["appName"]) > 255:
        errors["appName"] = field_error("validation_length_out_of_range", "The length must be between 1 and 255.")
    address = urlsplit(meta["appURL"])
    if "appURL" not in errors and (address.scheme not in ("http", "https") or not address.netloc):
        errors["appURL"] = field_error("validation_is_url", "Must be a valid URL.")
    if len(meta["accentColor"]) not in (0, 7):
        params = {"min": 7, "max": 7}
        errors["accentColor"] = field_error("validation_length_invalid", "The length must be exactly 7.", params)
    elif meta["accentColor"] and not _COLOUR.fullmatch(meta["accentColor"]):
        errors["accentColor"] = field_error("validation_match_invalid", "Must be in a valid format.")
    return {"meta": errors} if errors else {}
