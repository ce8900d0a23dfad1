"""How providers are reached: through Authlib's client, at checked addresses, within bounds of size and time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx2
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import OAuth2Client

from oneclick.errors import ConfigError
from oneclick.outbound import AddressError, Addresses, GuardedTransport
from oneclick_auth_providers import environment
from oneclick_hooks import OAuth2Error

VARIABLE = "ONECLICK_PROVIDER_ALLOW"
SECONDS = 10.0
SIZE_LIMIT = 1024 * 1024
PICTURE_LIMIT = 5 * 1024 * 1024
LONGEST_REASON = 200

_ENTRY = re.compile(r"^[A-Za-z0-9.\-]+(:\d{1,5})?$|^\[[0-9A-Fa-f:]+\](:\d{1,5})?$")


def allowed(environ: Mapping[str, str]) -> frozenset[str]:
    """Return the hosts that may be private or speak plain HTTP: those that ``ONECLICK_PROVIDER_ALLOW`` names, and those
    of providers that the operator has configured by the environment.

    Raises ``ConfigError`` for an entry that is no host.
    """
    entries = [entry.strip().lower() for entry in environ.get(VARIABLE, "").split(",") if entry.strip()]
    for entry in entries:
        if not _ENTRY.match(entry):
            raise ConfigError(f"{VARIABLE} names {entry!r}, which is no host or host:port.")
    return frozenset(entries) | {urlsplit(url).netloc.lower() for url in environment.addresses(environ)}


class Session:
    """One login at one provider: its HTTP client, and the token once it is fetched. A context manager."""

    def __init__(self, environ: Mapping[str, str], client_id: str, client_secret: str, auth_method: str) -> None:
        self._addresses = Addresses(allowed(environ), VARIABLE)
        self._http = OAuth2Client(
            client_id,
            client_secret,
            token_endpoint_auth_method=auth_method,
            transport=self._transport(SIZE_LIMIT),
            timeout=SECONDS,
            follow_redirects=False,
            trust_env=False,
        )

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    @property
    def token(self) -> Mapping[str, Any]:
        """The provider's answer to the code."""
        return dict(self._http.token or {})

    def exchange(self, url: str, code: str, code_verifier: str, redirect_url: str) -> None:
        """Exchange the code for a token (RFC 6749 §4.1.3). Raises ``OAuth2Error``."""
        verifier = {"code_verifier": code_verifier} if code_verifier else {}
        try:
            self._http.fetch_token(
                url, grant_type="authorization_code", code=code, redirect_uri=redirect_url, **verifier
            )
        except OAuthError as error:
            reason = _readable(error.description or error.error)
            raise OAuth2Error("token", "oauth2_code_refused", f"The provider refuses the code: {reason}.") from error
        except (httpx2.HTTPError, httpx2.InvalidURL, AddressError) as error:
            raise unreachable("token", error) from error
        except (ValueError, TypeError, AttributeError) as error:
            raise OAuth2Error("token", "oauth2_unreadable", "The provider's answer is no token.") from error
        if not isinstance(self.token.get("access_token"), str) or not self.token["access_token"]:
            raise OAuth2Error("token", "oauth2_unreadable", "The provider's answer has no access token.")

    def get_json(self, url: str, *, signed: bool = True) -> Any:
        """Return the JSON at ``url``, asked for with the access token when ``signed``. Raises ``OAuth2Error``."""
        try:
            response = self._http.request("GET", url, headers={"Accept": "application/json"}, withhold_token=not signed)
            if response.status_code != 200:
                text = f"{response.url.host} answers {response.status_code}."
                raise OAuth2Error("user", "oauth2_user_refused", text)
            return response.json()
        except (httpx2.HTTPError, httpx2.InvalidURL, AddressError, OAuthError) as error:
            raise unreachable("user", error) from error
        except (ValueError, TypeError) as error:
            raise OAuth2Error("user", "oauth2_unreadable", "The provider's answer cannot be read.") from error

    def picture(self, url: str, access_token: str = "") -> bytes | None:
        """Return the picture at ``url``; ``None`` when it cannot be had."""
        headers = {"Authorization": f"Bearer {access_token}"} if access_token else {}
        try:
            with httpx2.Client(transport=self._transport(PICTURE_LIMIT), timeout=SECONDS, trust_env=False) as http:
                response = http.get(url, headers=headers)
                return response.content if response.status_code == 200 else None
        except (httpx2.HTTPError, httpx2.InvalidURL, AddressError):
            return None

    def _transport(self, limit: int) -> GuardedTransport:
        return GuardedTransport(self._addresses, size_limit=limit, seconds=SECONDS)


def unreachable(step: str, error: Exception) -> OAuth2Error:
    """Return what to tell the person when a provider does not answer as it should."""
    if isinstance(error, AddressError):
        return OAuth2Error(step, "oauth2_address_not_allowed", str(error))
    if isinstance(error, httpx2.TimeoutException):
        return OAuth2Error(step, "oauth2_timeout", "The provider does not answer in time.")
    return OAuth2Error(step, "oauth2_unreachable", f"The provider does not answer: {_readable(str(error))}.")


def _readable(text: Any) -> str:
    """Return what a provider says, short and in plain letters."""
    plain = "".join(letter for letter in str(text) if letter.isprintable())
    return plain[:LONGEST_REASON].rstrip(". ") or "no reason given"
