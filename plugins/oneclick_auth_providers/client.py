"""One identity provider's client, on Authlib: where people are sent, and who they turn out to be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from oneclick import clock
from oneclick_auth_providers import restrictions
from oneclick_auth_providers.access import DISCOVERY_SECONDS, Session
from oneclick_hooks import OAuth2Error, OAuth2User
from oneclick_hooks.protocols import App

LONGEST_ID = 255


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where a provider answers, and what is asked of it.

    An OpenID provider has an ``issuer`` (``{tenantid}`` in it stands for the token's ``tid``) and ``keys``; with
    ``discover`` the addresses that are missing are looked up at the issuer.
    """

    authorize: str = ""
    token: str = ""
    user_info: str = ""
    scopes: tuple[str, ...] = ()
    issuer: str = ""
    keys: str = ""
    discover: bool = False
    client_auth: str = "client_secret_post"
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Login:
    """One login at hand: what a provider's module finds out who it is with."""

    session: Session
    endpoints: Endpoints
    config: Mapping[str, Any]
    code_verifier: str


Identify = Callable[[Login], OAuth2User]


class ProviderClient:
    """The client of one configured provider (``oneclick_hooks.OAuth2Client``).

    ``config`` has PocketBase's provider keys (contracts/pocketbase.md §3.1): ``clientId``, ``clientSecret``, as
    overrides ``authURL``, ``tokenURL``, ``userInfoURL``, ``pkce``, ``displayName``, and under ``extra`` what this
    project adds: ``issuer``, ``jwksURL``, ``domains``, ``organisations``, ``signup``.
    """

    def __init__(
        self,
        app: App,
        config: Mapping[str, Any],
        endpoints: Endpoints,
        identify: Identify,
        complete: Callable[[Endpoints, Session], Endpoints] = lambda endpoints, session: endpoints,
        picture_needs_token: bool = False,
    ) -> None:
        self._environ: Mapping[str, str] = app.config.environ
        self._config, self._identify, self._complete = config, identify, complete
        self._endpoints = _overridden(endpoints, config)
        self._picture_needs_token = picture_needs_token
        pkce = config.get("pkce")
        self.pkce = True if pkce is None else bool(pkce)

    def authorization_url(self, state: str, code_verifier: str = "") -> str:
        """Return the address to send a person to.

        Its parameters are sorted and it ends with ``&redirect_uri=``, so that clients append theirs
        (contracts/pocketbase.md §2.4).
        """
        with self._session(DISCOVERY_SECONDS) as session:
            endpoints = self._complete(self._endpoints, session)
        asked = dict(endpoints.extra)
        if self.pkce and code_verifier:
            asked |= {"code_challenge": create_s256_code_challenge(code_verifier), "code_challenge_method": "S256"}
            if "openid" in endpoints.scopes:
                asked["nonce"] = nonce(code_verifier)
        url: str = prepare_grant_uri(
            endpoints.authorize,
            str(self._config.get("clientId") or ""),
            "code",
            scope=" ".join(endpoints.scopes),
            state=state,
            **asked,
        )
        parts = urlsplit(url)
        query = sorted((key, value) for key, value in parse_qsl(parts.query) if key != "redirect_uri")
        return urlunsplit(parts._replace(query=urlencode(query) + "&redirect_uri="))

    def fetch_user(self, code: str, code_verifier: str, redirect_url: str) -> OAuth2User:
        """Exchange a code and return whose it is. Raises ``OAuth2Error``."""
        if self.pkce and not code_verifier:
            raise OAuth2Error("token", "oauth2_no_verifier", "The code verifier of this login is missing.")
        with self._session() as session:
            endpoints = self._complete(self._endpoints, session)
            session.exchange(endpoints.token, code, code_verifier, redirect_url, endpoints.client_auth)
            user = self._identify(Login(session, endpoints, self._config, code_verifier))
            if not user.id or len(user.id) > LONGEST_ID:
                raise OAuth2Error("user", "oauth2_unreadable", "The provider does not say who this is.")
            restrictions.check_domain(self._config, user.email)
            token = session.token
        return replace(
            user,
            access_token=str(token["access_token"]),
            refresh_token=text if isinstance(text := token.get("refresh_token"), str) else "",
            expiry=_expiry(token.get("expires_in")),
        )

    def fetch_avatar(self, user: OAuth2User) -> bytes | None:
        """Return the person's picture, ``None`` when there is none to be had."""
        if not user.avatar_url:
            return None
        with self._session() as session:
            session.token = {"access_token": user.access_token}
            return session.picture(user.avatar_url, signed=self._picture_needs_token)

    def _session(self, total: float = 0.0) -> Session:
        text = {name: str(self._config.get(name) or "") for name in ("clientId", "clientSecret")}
        return Session(self._environ, text["clientId"], text["clientSecret"], total)


def nonce(code_verifier: str) -> str:
    """Return the nonce that goes with a code verifier.

    The server keeps no session between the two halves of a login; whoever has the verifier has started it, so the
    nonce is derived from it (one way: the nonce is in the address, the verifier is not).
    """
    derived: str = create_s256_code_challenge(f"nonce:{code_verifier}")
    return derived


def _overridden(endpoints: Endpoints, config: Mapping[str, Any]) -> Endpoints:
    extra = config.get("extra") or {}
    given: dict[str, Any] = {
        "authorize": config.get("authURL"),
        "token": config.get("tokenURL"),
        "user_info": config.get("userInfoURL"),
        "issuer": extra.get("issuer"),
        "keys": extra.get("jwksURL"),
    }
    overrides: dict[str, Any] = {name: str(value) for name, value in given.items() if value}
    return replace(endpoints, **overrides)


def _expiry(seconds: Any) -> str:
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 < seconds < 10**9:
        return ""
    end: datetime = clock.now() + timedelta(seconds=seconds)
    text: str = clock.to_text(end)
    return text
