"""An identity provider of the tests' own: GitHub's three endpoints and an OpenID provider, on one port.

It checks what a real one checks (client, redirect address, code used once, PKCE) and can be told to lie.
"""

from __future__ import annotations

import base64
import hashlib
import http.server
import json
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT_ID, CLIENT_SECRET = "the client", "the secret of the client"
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000a49444154789c6360000000020001e221bc330000"
    "000049454e44ae426082"
)


@dataclass
class Grant:
    """What a code stands for."""

    redirect_uri: str
    challenge: str
    nonce: str


@dataclass
class Person:
    """Who signs in next."""

    id: int = 7
    login: str = "ada"
    name: str = "Ada Lovelace"
    email: str = "ada@example.com"
    verified: bool = True
    organisations: tuple[str, ...] = ()
    claims: dict[str, Any] = field(default_factory=dict)
    other_emails: tuple[dict[str, Any], ...] = ()


class IdentityServer:
    """Answers until it is closed. ``change_claims`` and ``override`` let a test make it lie."""

    def __init__(self) -> None:
        self.person = Person()
        self.requests: list[str] = []
        self.key = RSAKey.generate_key(2048, parameters={"kid": "one"})
        self.published = [self.key]
        self.grants: dict[str, Grant] = {}
        self.last: Grant | None = None
        self.change_claims: Callable[[dict[str, Any]], None] = lambda claims: None
        self.override: dict[str, Callable[[Any], None]] = {}
        self.lasts_seconds = 300
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                server._answer(self)

            do_POST = do_GET

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def host(self) -> str:
        """``host:port``."""
        return f"127.0.0.1:{self._server.server_address[1]}"

    @property
    def base(self) -> str:
        """The issuer."""
        return f"http://{self.host}"

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()

    def authorize(self, url: str, redirect_uri: str) -> dict[str, str]:
        """Do what a browser does with an authorization URL when the person agrees; return what it is sent back with."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query, keep_blank_values=True).items()}
        assert asked["client_id"] == CLIENT_ID
        assert asked["response_type"] == "code"
        code = secrets.token_urlsafe(16)
        self.last = Grant(redirect_uri, asked.get("code_challenge", ""), asked.get("nonce", ""))
        self.grants[code] = self.last
        return {"code": code, "state": asked["state"]}

    # Answers

    def _answer(self, request: http.server.BaseHTTPRequestHandler) -> None:
        path = urlsplit(request.path).path
        self.requests.append(f"{request.command} {path}")
        length = int(request.headers.get("Content-Length") or 0)
        form = {name: values[0] for name, values in parse_qs(request.rfile.read(length).decode()).items()}
        if path in self.override:
            self.override[path](request)
            return
        routes: dict[str, Callable[[], tuple[int, Any]]] = {
            "/authorize": lambda: self._page(request),
            "/token": lambda: self._token(request, form),
            "/user": lambda: self._user(request),
            "/user/emails": lambda: self._emails(request),
            "/user/orgs": lambda: (200, [{"login": name} for name in self.person.organisations]),
            "/userinfo": lambda: self._userinfo(request),
            "/keys": lambda: (200, {"keys": [key.as_dict(private=False) for key in self.published]}),
            "/.well-known/openid-configuration": lambda: (200, self._description()),
            "/picture.png": lambda: (200, PICTURE),
        }
        status, body = routes.get(path, lambda: (404, {"error": "not_found"}))()
        self.send(request, status, body)

    @staticmethod
    def send(request: http.server.BaseHTTPRequestHandler, status: int, body: Any) -> None:
        """Send JSON, a picture, or a redirect."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        request.send_response(status)
        if status == 302:
            request.send_header("Location", body)
            content = b""
        request.send_header("Content-Type", "image/png" if isinstance(body, bytes) else "application/json")
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        request.wfile.write(content)

    def _page(self, request: http.server.BaseHTTPRequestHandler) -> tuple[int, Any]:
        """Where browsers are sent: this person always agrees."""
        asked = parse_qs(urlsplit(request.path).query)
        back = asked["redirect_uri"][0]
        return 302, f"{back}?{urlencode(self.authorize(request.path, back))}"

    def _token(self, request: http.server.BaseHTTPRequestHandler, form: dict[str, str]) -> tuple[int, Any]:
        if not self._is_client(request, form):
            return 401, {"error": "invalid_client"}
        grant = self.grants.pop(form.get("code", ""), None)
        if grant is None:
            return 400, {"error": "invalid_grant", "error_description": "The code is unknown or was used before"}
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if grant.challenge and base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != grant.challenge:
            return 400, {"error": "invalid_grant", "error_description": "The verifier does not fit the challenge"}
        if form.get("redirect_uri") != grant.redirect_uri:
            return 400, {"error": "invalid_grant", "error_description": "The redirect address differs"}
        answer = {"access_token": "an access token", "token_type": "bearer", "expires_in": 3600}
        if grant.nonce:
            answer["id_token"] = self.id_token(grant.nonce)
        return 200, answer

    def _is_client(self, request: http.server.BaseHTTPRequestHandler, form: dict[str, str]) -> bool:
        scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "basic":
            return base64.b64decode(credentials).decode() == f"{CLIENT_ID}:{CLIENT_SECRET}"
        return (form.get("client_id"), form.get("client_secret")) == (CLIENT_ID, CLIENT_SECRET)

    def id_token(self, nonce: str) -> str:
        """Return a signed ID token of the person."""
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": self.base,
            "sub": str(self.person.id),
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + self.lasts_seconds,
            "nonce": nonce,
            **self._profile(),
            **self.person.claims,
        }
        self.change_claims(claims)
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, self.key)

    def _profile(self) -> dict[str, Any]:
        return {
            "name": self.person.name,
            "preferred_username": self.person.login,
            "email": self.person.email,
            "email_verified": self.person.verified,
            "picture": f"{self.base}/picture.png",
        }

    def _signed_in(self, request: http.server.BaseHTTPRequestHandler) -> bool:
        return request.headers.get("Authorization") == "Bearer an access token"

    def _user(self, request: http.server.BaseHTTPRequestHandler) -> tuple[int, Any]:
        if not self._signed_in(request):
            return 401, {"message": "Requires authentication"}
        person = self.person
        # The address in the profile may be anybody's: only the list of addresses tells which are verified.
        said = {"id": person.id, "login": person.login, "name": person.name, "email": "root@example.com"}
        return 200, said | {"avatar_url": f"{self.base}/picture.png"}

    def _emails(self, request: http.server.BaseHTTPRequestHandler) -> tuple[int, Any]:
        if not self._signed_in(request):
            return 401, {"message": "Requires authentication"}
        own = {"email": self.person.email, "primary": True, "verified": self.person.verified}
        return 200, [*self.person.other_emails, own]

    def _userinfo(self, request: http.server.BaseHTTPRequestHandler) -> tuple[int, Any]:
        if not self._signed_in(request):
            return 401, {"error": "invalid_token"}
        return 200, {"sub": str(self.person.id), **self._profile()}

    def _description(self) -> dict[str, Any]:
        return {
            "issuer": self.base,
            "authorization_endpoint": f"{self.base}/authorize",
            "token_endpoint": f"{self.base}/token",
            "userinfo_endpoint": f"{self.base}/userinfo",
            "jwks_uri": f"{self.base}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        }
