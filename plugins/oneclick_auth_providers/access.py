"""How providers are reached: through Authlib's client, at checked addresses, within bounds of size and time."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx2
import orjson
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import OAuth2Client

from oneclick.outbound import PORTS, AddressError, Addresses, GuardedTransport, LimitError, allowed_hosts
from oneclick_auth_providers import environment
from oneclick_hooks import OAuth2Error

VARIABLE = "ONECLICK_PROVIDER_ALLOW"
SECONDS = 10.0
TOTAL_SECONDS = 25.0
DISCOVERY_SECONDS = 3.0
SIZE_LIMIT = 1024 * 1024
PICTURE_LIMIT = 5 * 1024 * 1024
LONGEST_REASON = 200

log = logging.getLogger(__name__)


def allowed(environ: Mapping[str, str]) -> frozenset[str]:
    """Return the hosts that may be private or speak plain HTTP: those that ``ONECLICK_PROVIDER_ALLOW`` names, and those
    of providers that the operator has configured by the environment, at the very ports that he has given.

    Raises ``ConfigError`` for an entry that is no host.
    """
    return allowed_hosts(environ, VARIABLE) | {_place(url) for url in environment.addresses(environ)}


def _place(url: str) -> str:
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    shown = f"[{host}]" if ":" in host else host
    return f"{shown}:{parts.port or PORTS.get(parts.scheme, 443)}"


class Session:
    """One login at one provider: its HTTP client, and the token once it is fetched. A context manager.

    All its requests together take at most ``TOTAL_SECONDS``. Nothing is made before it is needed.
    """

    def __init__(self, environ: Mapping[str, str], client_id: str, client_secret: str, total: float = 0.0) -> None:
        self._environ, self._client_id, self._client_secret = environ, client_id, client_secret
        self._end = time.monotonic() + (total or TOTAL_SECONDS)
        self._http: OAuth2Client | None = None
        self.token: Mapping[str, Any] = {}

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        if self._http is not None:
            self._http.close()

    def exchange(self, url: str, code: str, code_verifier: str, redirect_url: str, client_auth: str) -> None:
        """Exchange the code for a token (RFC 6749 §4.1.3), which :attr:`token` holds then. Raises ``OAuth2Error``."""
        client = self._client
        client.token_endpoint_auth_method = client_auth
        verifier = {"code_verifier": code_verifier} if code_verifier else {}
        try:
            client.fetch_token(url, grant_type="authorization_code", code=code, redirect_uri=redirect_url, **verifier)
        except OAuthError as error:
            reason = _readable(error.description or error.error)
            raise OAuth2Error("token", "oauth2_code_refused", f"The provider refuses the code: {reason}.") from error
        except (httpx2.HTTPError, httpx2.InvalidURL, AddressError) as error:
            raise unreachable("token", error) from error
        except (ValueError, TypeError, AttributeError) as error:
            raise OAuth2Error("token", "oauth2_unreadable", "The provider's answer is no token.") from error

    def get_json(self, url: str, *, signed: bool = True) -> Any:
        """Return the JSON at ``url``, asked for with the access token when ``signed``. Raises ``OAuth2Error``."""
        headers = {"Accept": "application/json"} | (self._authorization() if signed else {})
        try:
            response = self._client.request("GET", url, headers=headers, withhold_token=True)
            if response.status_code != 200:
                text = f"{response.url.host} answers {response.status_code}."
                raise OAuth2Error("user", "oauth2_user_refused", text)
            return orjson.loads(response.content)
        except (httpx2.HTTPError, httpx2.InvalidURL, AddressError) as error:
            raise unreachable("user", error) from error
        except (ValueError, TypeError) as error:
            raise OAuth2Error("user", "oauth2_unreadable", "The provider's answer cannot be read.") from error

    def picture(self, url: str, *, signed: bool = False) -> bytes | None:
        """Return the picture at ``url``; ``None`` when it cannot be had."""
        headers = self._authorization() if signed else {}
        transport = self._transport(PICTURE_LIMIT)
        try:
            with httpx2.Client(transport=transport, timeout=SECONDS, trust_env=False) as http:
                response = http.get(url, headers=headers)
        except (httpx2.HTTPError, httpx2.InvalidURL, AddressError, ValueError) as error:
            log.info("a picture is left out: %s", error)
            return None
        is_picture = response.headers.get("content-type", "").lower().startswith("image/")
        return response.content if response.status_code == 200 and is_picture else None

    @property
    def _client(self) -> OAuth2Client:
        if self._http is None:
            self._http = OAuth2Client(
                self._client_id,
                self._client_secret,
                transport=self._transport(SIZE_LIMIT),
                timeout=SECONDS,
                follow_redirects=False,
                trust_env=False,
            )
            self._http.register_compliance_hook("access_token_response", self._read_token)
        return self._http

    def _authorization(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token['access_token']}"}

    def _read_token(self, response: httpx2.Response) -> httpx2.Response:
        """Read the token's answer; what Authlib sees of it is what RFC 6749 §5 says it may have."""
        said = orjson.loads(response.content)
        if not isinstance(said, dict):
            raise TypeError("the answer is no object")
        if "error" in said or response.status_code >= 400:
            told = {name: said[name] for name in ("error", "error_description") if isinstance(said.get(name), str)}
            return httpx2.Response(400, json={"error": f"it answers {response.status_code}", **told})
        token = said.get("access_token")
        if not isinstance(token, str) or not token or not (token.isascii() and token.isprintable()):
            raise ValueError("the answer has no access token")
        self.token = said
        return httpx2.Response(200, json={"access_token": token, "token_type": "bearer"})

    def _transport(self, limit: int) -> GuardedTransport:
        addresses = Addresses(allowed(self._environ), VARIABLE)
        return GuardedTransport(addresses, size_limit=limit, seconds=SECONDS, until=self._end)


def unreachable(step: str, error: Exception) -> OAuth2Error:
    """Return what to tell the person when a provider does not answer as it should."""
    log.info("a login provider does not answer: %s", type(error).__name__)
    if isinstance(error, AddressError | LimitError):
        code = "oauth2_address_not_allowed" if isinstance(error, AddressError) else "oauth2_unreachable"
        return OAuth2Error(step, code, str(error))
    if isinstance(error, httpx2.TimeoutException):
        return OAuth2Error(step, "oauth2_timeout", "The provider does not answer in time.")
    return OAuth2Error(step, "oauth2_unreachable", "The provider does not answer.")


def _readable(text: Any) -> str:
    """Return what a provider says, short and in plain letters."""
    plain = "".join(letter for letter in str(text) if letter.isprintable())
    return plain[:LONGEST_REASON].rstrip(". ") or "no reason given"
