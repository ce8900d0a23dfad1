"""The API as the client commands use it: the same HTTP, the same rights as a browser."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any

import click
import httpx2

from oneclick.cli.group import CommandError

DEFAULT_URL = "http://127.0.0.1:8090"
SUPERUSERS = "_superusers"
PAGE = 200
NOT_VALID = "The token is not valid: run `oneclick login EMAIL`."
Row = dict[str, Any]


class Refused(CommandError):
    """The server answered with an error, of this HTTP status."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class Client:
    """One server and who we are there."""

    def __init__(self, url: str, token: str = "") -> None:
        self.url, self.token = url, token
        headers = {"Authorization": token} if token else {}
        self.http = httpx2.Client(base_url=url, headers=headers, timeout=60, follow_redirects=True)
        self.user: Row = {}

    @property
    def user_id(self) -> str:
        """The id of the record that we are signed in as."""
        return str(self.user["id"])

    @property
    def is_superuser(self) -> bool:
        """Whether we are signed in as a superuser, who owns no projects."""
        return str(self.user["collectionName"]) == SUPERUSERS

    def identify(self) -> None:
        """Learn who we are. Raises ``CommandError`` when the token is no longer valid.

        Without this a bad token would look like an empty installation: PocketBase takes it for no token at all.
        """
        try:
            self.user = self.ask("POST", f"/api/collections/{_collection(self.token)}/auth-refresh")["record"]
        except Refused as error:
            if error.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND):
                raise CommandError(NOT_VALID) from error
            raise

    def ask(self, method: str, path: str, **arguments: Any) -> Any:
        """Send a request and return its JSON; an error of the server ends the command with its sentences."""
        with self._telling():
            answer = self.http.request(method, path, **arguments)
        _check(answer)
        return answer.json() if answer.content else None

    def records(self, collection: str, filter: str = "", sort: str = "", **values: str) -> Iterator[Row]:
        """Yield all records that match; ``values`` go into the filter, quoted."""
        query: dict[str, Any] = {"perPage": PAGE, "skipTotal": "true", "page": 0}
        if filter:
            query["filter"] = filter.format(**{name: quoted(value) for name, value in values.items()})
        if sort:
            query["sort"] = sort
        while True:
            query["page"] += 1
            items = self.ask("GET", f"/api/collections/{collection}/records", params=query)["items"]
            yield from items
            if len(items) < PAGE:
                return

    def delete(self, collection: str, id: str) -> None:
        """Delete a record."""
        self.ask("DELETE", f"/api/collections/{collection}/records/{id}")

    def create(self, collection: str, values: Mapping[str, Any]) -> Row:
        """Create a record."""
        return dict(self.ask("POST", f"/api/collections/{collection}/records", json=dict(values)))

    def lines(self, path: str, params: Mapping[str, str]) -> Iterator[str]:
        """Yield the lines of a text that may not end."""
        patient = httpx2.Timeout(60, read=None)
        with self._telling(), self.http.stream("GET", path, params=dict(params), timeout=patient) as answer:
            if answer.is_error:
                answer.read()
            _check(answer)
            yield from answer.iter_lines()

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except httpx2.ConnectError as error:
            raise CommandError(
                f"Nothing answers at {self.url}: start `oneclick serve`, or set ONECLICK_URL to your server."
            ) from error
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise CommandError(f"{self.url} (ONECLICK_URL) does not answer as it should: {error}.") from error


def server_url() -> str:
    """Return the server's address: ONECLICK_URL, or this machine's."""
    url = os.environ.get("ONECLICK_URL", "").strip().rstrip("/") or DEFAULT_URL
    if not url.startswith(("http://", "https://")):
        raise CommandError(f'ONECLICK_URL is "{url}": it must start with http:// or https://.')
    return url


def signed_in() -> Client:
    """Return a client with the token of ONECLICK_TOKEN or of the last login at this server, which has taken it."""
    url = server_url()
    token = os.environ.get("ONECLICK_TOKEN", "").strip() or _stored().get(url, "")
    if not token:
        raise CommandError(f"You are not signed in at {url}: run `oneclick login EMAIL`, or set ONECLICK_TOKEN.")
    if not token.isascii():
        raise CommandError(NOT_VALID)
    client = Client(url, token)
    client.identify()
    return client


def remember(url: str, token: str) -> Path:
    """Store a token for later commands, readable for its owner alone; return where."""
    path = _store()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = path.with_suffix(".new")
    temporary.unlink(missing_ok=True)
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump({**_stored(), url: token}, file, indent=2)
    temporary.replace(path)
    return path


def quoted(text: str) -> str:
    """Return a text as a literal of the filter language."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _collection(token: str) -> str:
    """Return the collection that a token names. The server checks the token; we only read it."""
    try:
        payload = token.removeprefix("Bearer ").split(".")[1]
        return str(json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["collectionId"])
    except (IndexError, KeyError, TypeError, ValueError) as error:
        raise CommandError(NOT_VALID) from error


def _store() -> Path:
    return Path(click.get_app_dir("oneclick")) / "tokens.json"


def _stored() -> dict[str, str]:
    try:
        found = json.loads(_store().read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _check(answer: httpx2.Response) -> None:
    if not answer.is_error:
        return
    try:
        body = answer.json()
        sentences = [body["message"], *_leaves(body.get("data") or {}, "")]
    except (ValueError, KeyError, TypeError):
        sentences = [f"The server answered {answer.status_code} {answer.reason_phrase}."]
    if answer.status_code == httpx2.codes.UNAUTHORIZED:
        sentences.append("Sign in again with `oneclick login EMAIL`.")
    raise Refused("\n".join(sentences), answer.status_code)


def _leaves(data: Mapping[str, Any], path: str) -> Iterator[str]:
    """Yield a sentence for each field's error, with the field's whole path."""
    for name, value in data.items():
        where = f"{path}.{name}" if path else name
        if isinstance(value, Mapping) and isinstance(value.get("message"), str):
            yield f"{where}: {value['message']}"
        elif isinstance(value, Mapping):
            yield from _leaves(value, where)
