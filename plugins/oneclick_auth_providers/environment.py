"""Providers that are configured by environment variables, for operators who set up everything that way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from oneclick.errors import ConfigError
from oneclick.outbound import is_address

PREFIXES = {
    "github": "ONECLICK_GITHUB",
    "microsoft": "ONECLICK_MICROSOFT",
    "google": "ONECLICK_GOOGLE",
    "gitlab": "ONECLICK_GITLAB",
    "oidc": "ONECLICK_OIDC",
}

OVERRIDES = {"AUTH_URL": "authURL", "TOKEN_URL": "tokenURL", "USER_INFO_URL": "userInfoURL", "NAME": "displayName"}
EXTRA = {"ISSUER": "issuer", "JWKS_URL": "jwksURL", "TENANT": "tenant"}
LISTS = {"DOMAINS": "domains", "ORGANISATIONS": "organisations"}
SUFFIXES = (*OVERRIDES, *EXTRA, *LISTS, "SIGNUP")
SWITCHES = {"on": True, "true": True, "1": True, "yes": True, "off": False, "false": False, "0": False, "no": False}


def check(environ: Mapping[str, str]) -> None:
    """Raise ``ConfigError`` naming the variable that is missing beside one that is set, is for nothing, or is wrong."""
    for prefix in PREFIXES.values():
        identifier, secret = environ.get(f"{prefix}_CLIENT_ID", ""), environ.get(f"{prefix}_CLIENT_SECRET", "")
        if bool(identifier) != bool(secret):
            missing = f"{prefix}_CLIENT_SECRET" if identifier else f"{prefix}_CLIENT_ID"
            raise ConfigError(f"{missing} is missing: {prefix}_CLIENT_ID and {prefix}_CLIENT_SECRET go together.")
        useless = [] if identifier else [suffix for suffix in SUFFIXES if environ.get(f"{prefix}_{suffix}")]
        if useless:
            raise ConfigError(
                f"{prefix}_{useless[0]} has no effect without {prefix}_CLIENT_ID and {prefix}_CLIENT_SECRET: set them, "
                "or leave it out."
            )
        _signup(environ, prefix)
        for suffix in ("AUTH_URL", "TOKEN_URL", "USER_INFO_URL", "ISSUER", "JWKS_URL"):
            if (url := environ.get(f"{prefix}_{suffix}")) and not is_address(url):
                raise ConfigError(f"{prefix}_{suffix} is no address that begins with https:// or http://.")
    oidc = PREFIXES["oidc"]
    if environ.get(f"{oidc}_CLIENT_ID") and not environ.get(f"{oidc}_ISSUER"):
        for name in ("AUTH_URL", "TOKEN_URL"):
            if not environ.get(f"{oidc}_{name}"):
                text = f"{oidc}_ISSUER is missing, or {oidc}_{name} is: a generic provider has no default for it."
                raise ConfigError(text)


def configured(environ: Mapping[str, str], provider: str) -> dict[str, Any] | None:
    """Return the provider's configuration (PocketBase's keys) from the environment, ``None`` when there is none."""
    prefix = PREFIXES.get(provider)
    if prefix is None or not environ.get(f"{prefix}_CLIENT_ID"):
        return None
    config: dict[str, Any] = {
        "name": provider,
        "clientId": environ[f"{prefix}_CLIENT_ID"],
        "clientSecret": environ.get(f"{prefix}_CLIENT_SECRET", ""),
    }
    config |= {key: environ[f"{prefix}_{name}"] for name, key in OVERRIDES.items() if environ.get(f"{prefix}_{name}")}
    extra: dict[str, Any] = {
        key: environ[f"{prefix}_{name}"] for name, key in EXTRA.items() if environ.get(f"{prefix}_{name}")
    }
    for name, key in LISTS.items():
        if entries := [entry.strip() for entry in environ.get(f"{prefix}_{name}", "").split(",") if entry.strip()]:
            extra[key] = entries
    extra["signup"] = _signup(environ, prefix)
    return config | {"extra": extra}


def addresses(environ: Mapping[str, str]) -> Iterator[str]:
    """Yield the addresses that the operator has given for providers."""
    for prefix in PREFIXES.values():
        for suffix in ("TOKEN_URL", "USER_INFO_URL", "ISSUER", "JWKS_URL"):
            if url := environ.get(f"{prefix}_{suffix}"):
                yield url


def _signup(environ: Mapping[str, str], prefix: str) -> bool:
    text = environ.get(f"{prefix}_SIGNUP", "off").strip().lower() or "off"
    if text not in SWITCHES:
        raise ConfigError(f"{prefix}_SIGNUP is {text!r}; it can be on or off.")
    return SWITCHES[text]
