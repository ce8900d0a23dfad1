"""What the checks of all processes share: the lists of tags that registries gave, and which registries rest.

It is remembered by Redis, may be gone at any moment, and then costs one whole list.
"""

from __future__ import annotations

import logging
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson

from oneclick import clock
from oneclick_auto_update.registry import Page, Repository
from oneclick_hooks.protocols import App

log = logging.getLogger(__name__)

LISTS_SECONDS = 86_400
LIST_LIMIT = 64 * 1024
"""A list that takes more, packed, is not kept."""
FIRST_REST, LONGEST_REST = timedelta(minutes=1), timedelta(minutes=15)
"""How long a registry that does not answer is left alone: twice as long each time."""


@dataclass(frozen=True, slots=True)
class Rest:
    """A registry is left alone until a moment; ``failures`` counts how often it has not answered in a row."""

    until: datetime
    reason: str
    failures: int = 0

    def sentence(self) -> str:
        """Say so to people."""
        return f"{self.reason} It is asked again after {self.until:%H:%M} UTC."


def key(app: App, repository: Repository) -> str:
    """Return what stands for a repository and its credentials; nobody can tell them from it without the server's key.

    What was read with one user's credentials is never shown to another's.
    """
    parts = [repository.host, repository.path, repository.username, repository.password]
    mac: str = app.secrets.key.mac(orjson.dumps(["auto_update", *parts]))
    return mac[:40]


def account(app: App, repository: Repository) -> str:
    """Return what rests when a registry has had enough of these credentials: the host itself for those who have none.

    One user's limit is not another's.
    """
    if not repository.username:
        return repository.host
    mac: str = app.secrets.key.mac(orjson.dumps(["auto_update", repository.host, repository.username]))
    return f"{repository.host} {mac[:20]}"


def pages(app: App, repository_key: str) -> list[Page]:
    """Return the pages that were kept for a repository."""
    packed = app.jobs.recall(f"auto_update:tags:{repository_key}")
    if packed is None:
        return []
    try:
        return [Page(url, etag, tuple(tags), more) for url, etag, tags, more in orjson.loads(zlib.decompress(packed))]
    except (zlib.error, ValueError, TypeError):
        return []


def keep_pages(app: App, repository_key: str, found: Sequence[Page]) -> None:
    """Keep a repository's pages, unless the registry gives nothing to ask by or they are too large."""
    if not any(page.etag for page in found):
        return
    packed = zlib.compress(orjson.dumps([[page.url, page.etag, page.tags, page.next] for page in found]), 1)
    if len(packed) <= LIST_LIMIT:
        app.jobs.remember(f"auto_update:tags:{repository_key}", packed, LISTS_SECONDS)


def rest(app: App, host: str) -> Rest | None:
    """Return until when a host is left alone, ``None`` when it may be asked."""
    found = _rest(app, host)
    return found if found is not None and found.until > clock.now() else None


def let_rest(app: App, host: str, length: timedelta, reason: str) -> Rest:
    """Leave a host alone for ``length``."""
    return _keep(app, host, Rest(clock.now() + length, reason))


def failed(app: App, host: str, reason: str) -> Rest:
    """Leave a host alone that has not answered, longer each time."""
    before = _rest(app, host)
    failures = before.failures + 1 if before is not None else 1
    length = min(LONGEST_REST, FIRST_REST * 2 ** min(failures - 1, 10))
    return _keep(app, host, Rest(clock.now() + length, reason, failures))


def answered(app: App, host: str) -> None:
    """Forget that a host did not answer."""
    found = _rest(app, host)
    if found is not None and found.until <= clock.now():
        app.jobs.remember(_name(host), b"", 1)


def _keep(app: App, host: str, found: Rest) -> Rest:
    log.warning("%s", found.sentence())
    # Longer than it holds: the next failure shall know of this one.
    seconds = (found.until - clock.now() + 2 * LONGEST_REST).total_seconds()
    value = orjson.dumps([clock.to_text(found.until), found.reason, found.failures])
    app.jobs.remember(_name(host), value, seconds)
    return found


def _rest(app: App, host: str) -> Rest | None:
    value = app.jobs.recall(_name(host))
    if not value:
        return None
    until, reason, failures = orjson.loads(value)
    return Rest(clock.from_text(until), reason, failures)


def _name(host: str) -> str:
    return f"auto_update:rest:{host}"
