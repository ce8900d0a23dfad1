"""Providers that are configured by environment variables, for operators who set up everything that way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from oneclick.errors import ConfigError

PREFIXES = {
    "github": "ONECLICK_GITHUB",
    "microsoft": "ONECLICK_MICROSOFT",
    "google": "ONECLICK_GOOGLE",
    "gitlab": "ONECLICK_GITLAB",
    "oidc": "ONECLICK_OIDC",
}

OVERRIDES = {"AUTH_URL": "authURL", "TOKEN_URL": "tokenURL", "USER_INFO_URL": "userInfoURL", "NAME": "displayName"}


def check(environ: Mapping[str, str]) -> None:
    """Raise ``ConfigError`` naming the variable that is missing beside one that is set, or one that is for nothing."""
    for prefix in PREFIXES.values():
        identifier, secret = environ.get(f"{prefix}_CLIENT_ID", ""), environ.get(f"{prefix}_CLIENT_SECRET", "")
        if bool(identifier) != bool(secret):
            missing = f"{prefix}_CLIENT_SECRET" if identifier else f"{prefix}_CLIENT_ID"
            raise ConfigError(f"{missing} is missing: {prefix}_CLIENT_ID and {prefix}_CLIENT_SECRET go together.")
        useless = (
            [] if identifier else [suffix for suffix in (*OVERRIDES, "TENANT") if environ.get(f"{prefix}_{suffix}")]
        )
        if useless:
            raise ConfigError(
                f"{prefix}_{useless[0]} has no effect without {prefix}_CLIENT_ID and {prefix}_CLIENT_SECRET: set them, "
                "or leave it out."
            )
    oidc = PREFIXES["oidc"]
    if environ.get(f"{oidc}_CLIENT_ID"):
        for name in ("AUTH_URL", "TOKEN_URL"):
            if not environ.get(f"{oidc}_{name}"):
                raise ConfigError(f"{oidc}_{name} is missing: a generic OpenID Connect provider has no default for it.")


def configured(environ: Mapping[str, str], provider: str) -> dict[str, Any] | None:
    """Return the provider's configuration (PocketBase's keys) from the environment, ``None`` when there is none."""
    prefix = PREFIXES.get(provider)
    if prefix is None or not environ.get(f"{prefix}_CLIENT_ID"):
        return None
    config: dict[str, Any] = {
        "clientId": environ[f"{prefix}_CLIENT_ID"],
        "clientSecret": environ.get(f"{prefix}_CLIENT_SECRET", ""),
    }
    for suffix, key in OVERRIDES.items():
        if environ.get(f"{prefix}_{suffix}"):
            config[key] = environ[f"{prefix}_{suffix}"]
    if provider == "microsoft" and environ.get(f"{prefix}_TENANT"):
        config["extra"] = {"tenant": environ[f"{prefix}_TENANT"]}
    return config
