"""One identity provider's OAuth 2.0 client, on Authlib."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where a provider answers, and what is asked of it."""

    authorize: str
    token: str
    user_info: str
    scopes: tuple[str, ...]
    pkce: bool = True
    extra: Mapping[str, str] = field(default_factory=dict)


class ProviderClient:
    """The client of one configured provider.

    ``config`` has PocketBase's provider keys (contracts/pocketbase.md §3.1): ``clientId``, ``clientSecret``, and as
    overrides ``authURL``, ``tokenURL``, ``userInfoURL``, ``pkce``, ``displayName``.
    """

    def __init__(self, endpoints: Endpoints, config: Mapping[str, Any]) -> None:
        self.client_id = str(config.get("clientId") or "")
        self.authorize_url = str(config.get("authURL") or endpoints.authorize)
        self.token_url = str(config.get("tokenURL") or endpoints.token)
        self.user_info_url = str(config.get("userInfoURL") or endpoints.user_info)
        self.scopes = endpoints.scopes
        self.extra = dict(endpoints.extra)
        pkce = config.get("pkce")
        self.pkce = endpoints.pkce if pkce is None else bool(pkce)

    def authorization_url(self, state: str, code_verifier: str = "") -> str:
        """Return the address to send a person to.

        Its parameters are sorted and it ends with ``&redirect_uri=``, so that clients append theirs
        (contracts/pocketbase.md §2.4).
        """
        asked = dict(self.extra)
        if self.pkce and code_verifier:
            asked |= {"code_challenge": create_s256_code_challenge(code_verifier), "code_challenge_method": "S256"}
        url: str = prepare_grant_uri(
            self.authorize_url, self.client_id, "code", scope=" ".join(self.scopes), state=state, **asked
        )
        parts = urlsplit(url)
        query = sorted((key, value) for key, value in parse_qsl(parts.query) if key != "redirect_uri")
        return urlunsplit(parts._replace(query=urlencode(query) + "&redirect_uri="))
