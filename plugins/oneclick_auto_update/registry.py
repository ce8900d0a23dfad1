"""Reading tags from a registry by the distribution API (contracts/kubernetes.md 29-31)."""

from __future__ import annotations

import base64
import re
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import httpx2

from oneclick.outbound import AddressError, Addresses, GuardedTransport, LimitError, Place
from oneclick_auto_update.registry_access import VARIABLE

TIMEOUT_SECONDS = 15.0
PAGE_SIZE = 1000
PAGES = 200
TAGS = 100_000
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
        self._addresses = Addresses(allowed, VARIABLE)
        transport = GuardedTransport(self._addresses)
        self._http = httpx2.Client(
            transport=transport, timeout=TIMEOUT_SECONDS, follow_redirects=False, trust_env=False
        )

    def __enter__(self) -> RegistryClient:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def tags(self, repository: Repository) -> list[str]:
        """Return all tags, in the registry's order. Raises ``RegistryError``."""
        host = _host(repository.registry)
        target = self._check(f"//{host}")
        base = f"{target.scheme}://{target.netloc}"
        url: str | None = f"{base}/v2/{_repository_name(host, repository.name)}/tags/list?n={PAGE_SIZE}"
        token = ""
        tags: list[str] = []
        for _ in range(PAGES):
            if url is None:
                return tags
            response = self._get(url, token)
            if response.status_code == 401 and not token:
                token = self._authenticate(response, repository)
                response = self._get(url, token)
            tags.extend(_tags_of(response, repository))
            if len(tags) > TAGS:
                raise RegistryError(f"{repository.registry} has more than {TAGS} tags for {repository.name}.")
            url = _next_page(response, base)
        raise RegistryError(f"{repository.registry} has more than {PAGES} pages of tags for {repository.name}.")

    def _check(self, url: str) -> Place:
        try:
            return self._addresses.place(url)
        except AddressError as error:
            raise RegistryError(str(error)) from error

    def _get(self, url: str, authorization: str = "") -> httpx2.Response:
        headers = {"Authorization": authorization} if authorization else {}
        try:
            return self._http.get(url, headers=headers)
        except (AddressError, LimitError) as error:
            raise RegistryError(str(error)) from error
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            where = urlsplit(url).netloc
            raise RegistryError(f"{where} does not answer: {error or type(error).__name__}.") from error

    def _authenticate(self, response: httpx2.Response, repository: Repository) -> str:
        scheme, _, rest = response.headers.get("www-authenticate", "").partition(" ")
        if scheme.lower() == "basic":
            if not repository.username:
                raise RegistryError(f"{repository.registry} asks for a user name and password.")
            return _basic(repository)
        if scheme.lower() != "bearer":
            raise RegistryError(f"{repository.registry} refuses to list {repository.name}.")
        fields = dict(_CHALLENGE.findall(rest))
        realm = self._realm(fields.pop("realm", ""), fields, repository)
        answer = self._get(realm, _basic(repository) if repository.username else "")
        try:
            body = answer.json() if answer.status_code == 200 else {}
            token = body.get("token") or body.get("access_token")
        except (ValueError, AttributeError) as error:
            raise RegistryError(f"{repository.registry} gives no token that can be read.") from error
        if not isinstance(token, str) or not token:
            raise RegistryError(f"{repository.registry} refuses these credentials for {repository.name}.")
        return f"Bearer {token}"

    def _realm(self, realm: str, fields: dict[str, str], repository: Repository) -> str:
        fields.setdefault("scope", f"repository:{repository.name}:pull")
        try:
            return str(httpx2.URL(realm).copy_merge_params(fields))
        except (httpx2.InvalidURL, ValueError) as error:
            raise RegistryError(f"{repository.registry} names no place that gives tokens.") from error


def _basic(repository: Repository) -> str:
    pair = f"{repository.username}:{repository.password}".encode()
    return f"Basic {base64.b64encode(pair).decode()}"


def _host(registry: str) -> str:
    host = registry.strip().lower().rstrip("/")
    return DOCKER_HUB if host in ("", "docker.io", "index.docker.io") else host


def _repository_name(host: str, name: str) -> str:
    return f"library/{name}" if host == DOCKER_HUB and "/" not in name else name


def _tags_of(response: httpx2.Response, repository: Repository) -> list[str]:
    if response.status_code != 200:
        meaning = {401: "refuses these credentials", 403: "refuses these credentials", 404: "does not know it"}
        said = meaning.get(response.status_code, f"answers {response.status_code}")
        raise RegistryError(f"The tags of {repository.name} cannot be read: {repository.registry} {said}.")
    try:
        found = response.json().get("tags")
    except (ValueError, AttributeError) as error:
        raise RegistryError(f"{repository.registry} answers something that is no list of tags.") from error
    return [tag for tag in found or [] if isinstance(tag, str)]


def _next_page(response: httpx2.Response, base: str) -> str | None:
    match = _LINK.search(response.headers.get("link", ""))
    if match is None:
        return None
    url: str = urljoin(str(response.request.url), match[1])
    if urlsplit(url).netloc != urlsplit(base).netloc:
        raise RegistryError("The registry's list of tags goes on at another host.")
    return url
