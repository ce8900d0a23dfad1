"""Reading tags from a registry by the distribution API (contracts/kubernetes.md 29-31)."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import httpx

TIMEOUT_SECONDS = 15.0
PAGE_SIZE = 1000
PAGES = 200
BODY_LIMIT = 16 * 1024 * 1024
DOCKER_HUB = "registry-1.docker.io"

_CHALLENGE = re.compile(r'(\w+)="([^"]*)"')
_LINK = re.compile(r'<([^>]+)>\s*;\s*rel="?next"?')


class RegistryError(Exception):
    """A registry could not be read; the message is a sentence for the user."""


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository to read, with the credentials to read it with."""

    registry: str
    name: str
    username: str = ""
    password: str = ""


class RegistryClient:
    """Reads repositories. ``allowed`` names the registries (``host`` or ``host:port``) that may be private or plain."""

    def __init__(self, allowed: Collection[str] = ()) -> None:
        self._allowed = frozenset(entry.strip().lower() for entry in allowed if entry.strip())
        self._http = httpx.Client(timeout=TIMEOUT_SECONDS, follow_redirects=False, trust_env=False)

    def __enter__(self) -> RegistryClient:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def tags(self, repository: Repository) -> list[str]:
        """Return all tags, in the registry's order. Raises ``RegistryError``."""
        host = _host(repository.registry)
        base = self._base(host)
        url: str | None = f"{base}/v2/{_repository_name(host, repository.name)}/tags/list?n={PAGE_SIZE}"
        token = ""
        tags: list[str] = []
        for _ in range(PAGES):
            if url is None:
                return tags
            response = self._get(url, token)
            if response.status_code == 401 and not token:
                token = self._authenticate(response, repository, base)
                response = self._get(url, token)
            tags.extend(_tags_of(response, repository))
            url = _next_page(response, base)
        raise RegistryError(f"{repository.registry} has more than {PAGES} pages of tags for {repository.name}.")

    def _get(self, url: str, authorization: str) -> httpx.Response:
        headers = {"Authorization": authorization} if authorization else {}
        try:
            with self._http.stream("GET", url, headers=headers) as response:
                body = b"".join(_bounded(response.iter_bytes(), url))
                return httpx.Response(
                    response.status_code,
                    headers=[(k, v) for k, v in response.headers.items() if k.lower() != "content-encoding"],
                    content=body,
                    request=response.request,
                )
        except httpx.HTTPError as error:
            raise RegistryError(f"{urlsplit(url).netloc} does not answer: {error or type(error).__name__}.") from error

    def _authenticate(self, response: httpx.Response, repository: Repository, base: str) -> str:
        scheme, _, rest = response.headers.get("www-authenticate", "").partition(" ")
        basic = httpx.BasicAuth(repository.username, repository.password) if repository.username else None
        if scheme.lower() == "basic":
            if basic is None:
                raise RegistryError(f"{repository.registry} asks for a user name and password.")
            return next(basic.auth_flow(httpx.Request("GET", base))).headers["Authorization"]
        if scheme.lower() != "bearer":
            raise RegistryError(f"{repository.registry} refuses to list {repository.name}.")
        fields = dict(_CHALLENGE.findall(rest))
        realm = fields.pop("realm", "")
        self._base(urlsplit(realm).netloc, scheme=urlsplit(realm).scheme)
        fields.setdefault("scope", f"repository:{repository.name}:pull")
        try:
            answer = self._http.get(realm, params=fields, auth=basic)
            body = answer.json() if answer.status_code == 200 else {}
        except (httpx.HTTPError, ValueError) as error:
            raise RegistryError(f"{urlsplit(realm).netloc} gives no token: {error}.") from error
        token = body.get("token") or body.get("access_token")
        if not token:
            raise RegistryError(f"{repository.registry} refuses these credentials for {repository.name}.")
        return f"Bearer {token}"

    def _base(self, host: str, scheme: str = "") -> str:
        """Return the base URL of ``host``; refuse plain and private ones that were not named by the operator."""
        if host.lower() in self._allowed or host.partition(":")[0].lower() in self._allowed:
            return f"{scheme or ('http' if _is_local(host) else 'https')}://{host}"
        if scheme == "http":
            raise RegistryError(f"{host} is reached without encryption; ONECLICK_REGISTRY_ALLOW does not name it.")
        if not host or _is_private(host):
            raise RegistryError(
                f"{host or 'The registry'} has a private address; ONECLICK_REGISTRY_ALLOW does not name it."
            )
        return f"https://{host}"


def _host(registry: str) -> str:
    host = registry.strip().lower().rstrip("/")
    return DOCKER_HUB if host in ("", "docker.io", "index.docker.io") else host


def _repository_name(host: str, name: str) -> str:
    return f"library/{name}" if host == DOCKER_HUB and "/" not in name else name


def _tags_of(response: httpx.Response, repository: Repository) -> list[str]:
    if response.status_code != 200:
        meaning = {401: "refuses these credentials", 403: "refuses these credentials", 404: "does not know it"}
        said = meaning.get(response.status_code, f"answers {response.status_code}")
        raise RegistryError(f"The tags of {repository.name} cannot be read: {repository.registry} {said}.")
    try:
        found = response.json().get("tags")
    except (ValueError, AttributeError) as error:
        raise RegistryError(f"{repository.registry} answers something that is no list of tags.") from error
    return [tag for tag in found or [] if isinstance(tag, str)]


def _next_page(response: httpx.Response, base: str) -> str | None:
    match = _LINK.search(response.headers.get("link", ""))
    if match is None:
        return None
    url: str = urljoin(str(response.request.url), match[1])
    if urlsplit(url).netloc != urlsplit(base).netloc:
        raise RegistryError("The registry's list of tags goes on at another host.")
    return url


def _bounded(chunks: Iterator[bytes], url: str) -> Iterator[bytes]:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > BODY_LIMIT:
            raise RegistryError(f"{urlsplit(url).netloc} answers with more than {BODY_LIMIT} bytes.")
        yield chunk


def _is_local(host: str) -> bool:
    return host.partition(":")[0] in ("localhost", "127.0.0.1") or host.startswith("[::1]")


def _is_private(host: str) -> bool:
    name = urlsplit(f"//{host}").hostname or ""
    try:
        addresses = {entry[4][0] for entry in socket.getaddrinfo(name, None)}
    except OSError as error:
        raise RegistryError(f"{name} cannot be found.") from error
    return any(not ipaddress.ip_address(str(address).partition("%")[0]).is_global for address in addresses)
