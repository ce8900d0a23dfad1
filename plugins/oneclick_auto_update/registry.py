"""Reading a repository by the distribution API: its tags, and what a tag leads to (contracts/kubernetes.md 29-34)."""

from __future__ import annotations

import base64
import hashlib
import re
import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urljoin, urlsplit

import httpx2
import msgspec

from oneclick import clock
from oneclick.outbound import AddressError, Addresses, GuardedTransport, LimitError, Place
from oneclick_auto_update import limits
from oneclick_auto_update.registry_access import VARIABLE

REQUEST_SECONDS = 10.0
TOTAL_SECONDS = 40.0
PAGE_SIZE = 1000
LIST_LIMIT = 4 * 1024 * 1024
TOKEN_LIMIT = 64 * 1024
PAGES = 200
TAGS = 100_000
DOCKER_HUB = "registry-1.docker.io"
MANIFESTS = ", ".join(
    (
        "application/vnd.oci.image.index.v1+json",
        "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
        "application/vnd.docker.distribution.manifest.v2+json",
    )
)

_CHALLENGE = re.compile(r'(\w+)="([^"]*)"')
_LINK = re.compile(r'<([^>]+)>\s*;\s*rel="?next"?')
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


class _TagList(msgspec.Struct):
    tags: list[str] | None = None


class _Token(msgspec.Struct):
    token: str | None = None
    access_token: str | None = None


class _Manifest(msgspec.Struct, rename="camel"):
    schema_version: int


_MEANINGS = {401: "refuses these credentials", 403: "refuses these credentials", 404: "does not know it"}


class RegistryError(Exception):
    """A repository could not be read; the message is a sentence for the user."""


class NoAnswer(RegistryError):
    """A registry cannot be reached (then its host is ``away``), or this repository takes too long."""

    def __init__(self, message: str, *, away: bool = False) -> None:
        super().__init__(message)
        self.away = away


class Busy(RegistryError):
    """A registry wants to be left alone for ``length``."""

    def __init__(self, message: str, length: timedelta) -> None:
        super().__init__(message)
        self.length = length


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository to read, with the credentials to read it with."""

    registry: str
    name: str
    username: str = ""
    password: str = field(default="", repr=False)

    @property
    def host(self) -> str:
        """The host (and port) that answers for the registry."""
        host = self.registry.strip().lower().rstrip("/")
        return DOCKER_HUB if host in ("", "docker.io", "index.docker.io") else host

    @property
    def path(self) -> str:
        """The name that the host knows it by."""
        return f"library/{self.name}" if self.host == DOCKER_HUB and "/" not in self.name else self.name


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list of tags. With its ``etag`` the registry tells whether it is still the same."""

    url: str
    etag: str
    tags: tuple[str, ...]
    next: str


class RegistryClient:
    """Reads one repository, within ``TOTAL_SECONDS``. Its methods raise ``RegistryError``.

    ``allowed`` names the registries (``host`` or ``host:port``) that may be private or plain. The credentials go to
    the registry itself or to where it says that tokens are made, after the address was checked, and nowhere else.
    """

    def __init__(self, repository: Repository, allowed: Collection[str] = ()) -> None:
        self.repository = repository
        self.rest: timedelta | None = None
        """For how long the registry wants to be left alone from now on, though it answered."""
        self._addresses = Addresses(allowed, VARIABLE)
        self._own = self._addresses.allows(f"//{repository.host}")
        self._http = httpx2.Client(
            transport=GuardedTransport(self._addresses, size_limit=LIST_LIMIT, seconds=REQUEST_SECONDS),
            timeout=REQUEST_SECONDS,
            follow_redirects=False,
            trust_env=False,
        )
        self._end = time.monotonic() + TOTAL_SECONDS
        self._authorization = ""

    def __enter__(self) -> RegistryClient:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def pages(self, known: Iterable[Page] = ()) -> list[Page]:
        """Return the list of tags by pages. Those ``known`` are asked for conditionally: a 304 spares the answer."""
        base = self._base()
        by_url = {page.url: page for page in known}
        url, pages, seen = f"{base}/v2/{self.repository.path}/tags/list?n={PAGE_SIZE}", list[Page](), set[str]()
        while url:
            if url in seen or len(pages) >= PAGES:
                shown = "goes in circles" if url in seen else f"has more than {PAGES} pages"
                raise RegistryError(f"{self.repository.registry}'s list of tags for {self.repository.name} {shown}.")
            seen.add(url)
            page = self._page(url, base, by_url.get(url))
            pages.append(page)
            if sum(len(one.tags) for one in pages) > TAGS:
                raise RegistryError(f"{self.repository.registry} has more than {TAGS} tags for {self.repository.name}.")
            url = page.next
        return pages

    def digest(self, tag: str) -> str:
        """Return the digest (``sha256:…``) of what ``tag`` leads to, an index's own where there is one."""
        url = f"{self._base()}/v2/{self.repository.path}/manifests/{tag}"
        response = self._ask("HEAD", url, {"Accept": MANIFESTS})
        found = response.headers.get("docker-content-digest", "").strip()
        if response.status_code == 405 or (response.status_code == 200 and not found):
            # Older servers tell no digest: it is the hash of the manifest as it is sent.
            response = self._ask("GET", url, {"Accept": MANIFESTS})
            found = response.headers.get("docker-content-digest", "").strip() or self._hash(tag, response)
        if response.status_code != 200:
            raise self._refusal(f"The tag {tag} of {self.repository.name}", response)
        if not _DIGEST.fullmatch(found):
            raise RegistryError(f"{self.repository.registry} gives {tag} a digest that is no SHA-256.")
        return str(found)

    def _hash(self, tag: str, response: httpx2.Response) -> str:
        """Return the digest of a manifest that came without one: of a page that is none there is no digest."""
        kind = response.headers.get("content-type", "").partition(";")[0].strip()
        try:
            manifest = msgspec.json.decode(response.content, type=_Manifest) if kind in MANIFESTS.split(", ") else None
        except msgspec.MsgspecError:
            manifest = None
        if response.status_code == 200 and (manifest is None or manifest.schema_version != 2):
            raise RegistryError(f"{self.repository.registry} answers something that is no manifest of {tag}.")
        return f"sha256:{hashlib.sha256(response.content).hexdigest()}"

    def _page(self, url: str, base: str, known: Page | None) -> Page:
        response = self._ask("GET", url, {"If-None-Match": known.etag} if known and known.etag else {})
        if response.status_code == 304 and known is not None:
            return known
        if response.status_code != 200:
            raise self._refusal(f"The tags of {self.repository.name}", response)
        try:
            # Stops at the first thing that is no text: what a parser would make of 4 MB may take a hundred times that.
            found = msgspec.json.decode(response.content, type=_TagList).tags or []
        except (msgspec.MsgspecError, RecursionError) as error:
            raise RegistryError(f"{self.repository.registry} answers something that is no list of tags.") from error
        tags = tuple(tag for tag in found if _TAG.fullmatch(tag))
        etag = response.headers.get("etag", "")
        usable = len(etag) <= 500 and etag.isascii() and etag.isprintable()
        return Page(url, etag if usable else "", tags, _next_page(response, url, base))

    # Requests

    def _base(self) -> str:
        place = self._place(f"//{self.repository.host}")
        return f"{place.scheme}://{place.netloc}"

    def _place(self, url: str) -> Place:
        try:
            return self._addresses.place(url)
        except AddressError as error:
            raise RegistryError(str(error)) from error

    def _ask(self, method: str, url: str, headers: Mapping[str, str]) -> httpx2.Response:
        """Ask the registry itself; when it wants to know who asks, prove it and ask again, once."""
        response = self._send(method, url, headers, self._authorization)
        if response.status_code == 401:
            self._authorization = self._authenticate(response)
            response = self._send(method, url, headers, self._authorization)
        return response

    def _send(self, method: str, url: str, headers: Mapping[str, str], authorization: str) -> httpx2.Response:
        if time.monotonic() > self._end:
            raise NoAnswer(f"{self.repository.registry} takes too long.")
        sent = {**headers, "Authorization": authorization} if authorization else dict(headers)
        try:
            response = self._http.request(method, url, headers=sent)
        except (AddressError, LimitError) as error:
            raise RegistryError(str(error)) from error
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            reason = str(error).rstrip(".") or type(error).__name__
            asked = urlsplit(url).netloc
            # Slow answers are this repository's alone, and where tokens are made is another host.
            connects = isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout)
            away = connects and asked == self.repository.host
            raise NoAnswer(f"{asked} does not answer: {reason}.", away=away) from error
        rest = limits.rest(response.status_code, response.headers, clock.now())
        if rest is not None and response.status_code in (429, 503):
            raise Busy(f"{self.repository.registry} answers {response.status_code}: it is asked too often.", rest)
        self.rest = rest or self.rest
        return response

    def _refusal(self, what: str, response: httpx2.Response) -> RegistryError:
        said = _MEANINGS.get(response.status_code, f"answers {response.status_code}")
        return RegistryError(f"{what} cannot be read: {self.repository.registry} {said}.")

    # Who asks

    def _authenticate(self, response: httpx2.Response) -> str:
        repository = self.repository
        scheme, _, rest = response.headers.get("www-authenticate", "").partition(" ")
        if scheme.lower() == "basic":
            if not repository.username:
                raise RegistryError(f"{repository.registry} asks for a user name and password.")
            return self._basic()
        if scheme.lower() != "bearer":
            raise RegistryError(f"{repository.registry} refuses to show {repository.name}.")
        fields = dict(_CHALLENGE.findall(rest))
        answer = self._send("GET", self._realm(fields), {}, self._basic() if repository.username else "")
        try:
            content = answer.content if answer.status_code == 200 else b"{}"
            body = msgspec.json.decode(content[:TOKEN_LIMIT], type=_Token)
        except (msgspec.MsgspecError, RecursionError) as error:
            raise RegistryError(f"{repository.registry} gives no token that can be read.") from error
        token = body.token or body.access_token
        if not token or not token.isascii() or not token.isprintable():
            raise RegistryError(f"{repository.registry} refuses these credentials for {repository.name}.")
        return f"Bearer {token}"

    def _realm(self, fields: dict[str, str]) -> str:
        realm = fields.pop("realm", "")
        wanted = {name: value for name, value in fields.items() if name in ("service", "scope")}
        wanted.setdefault("scope", f"repository:{self.repository.path}:pull")
        try:
            url = str(httpx2.URL(realm).copy_merge_params(wanted))
        except (httpx2.InvalidURL, ValueError) as error:
            raise RegistryError(f"{self.repository.registry} names no place that gives tokens.") from error
        # What the operator allows is his registries', and no place for another's to send us to.
        if not self._own and urlsplit(url).netloc != self.repository.host and self._addresses.allows(url):
            raise RegistryError(f"{self.repository.registry} names a place for tokens that is not for it.")
        return url

    def _basic(self) -> str:
        pair = f"{self.repository.username}:{self.repository.password}".encode()
        return f"Basic {base64.b64encode(pair).decode()}"


def _next_page(response: httpx2.Response, asked: str, base: str) -> str:
    match = _LINK.search(response.headers.get("link", ""))
    if match is None:
        return ""
    try:
        url = str(urljoin(asked, match[1]))
        elsewhere = urlsplit(url).scheme not in ("http", "https") or not url.startswith(f"{base}/")
    except ValueError:
        elsewhere = True
    if elsewhere:
        raise RegistryError("The registry's list of tags goes on at another host.")
    return url
