"""Checking records of one repository: each question goes to the registry once, whoever else has it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, TypeVar

from oneclick_auto_update import decisions, intervals, policies, registry_access, shared
from oneclick_auto_update.book import Note
from oneclick_auto_update.registry import Busy, NoAnswer, RegistryClient, RegistryError, Repository
from oneclick_hooks.kubernetes import RunningImage
from oneclick_hooks.protocols import Record

log = logging.getLogger(__name__)

HEADS = 50
"""As many tags of a repository as one check asks for their content."""

T = TypeVar("T")
Update = tuple[str, str, str, str, str]
"""What is rolled out: the auto-update's id, the rollout that runs, the tag, its digest, and why."""


class Resting(RegistryError):
    """The registry is left alone for a while; who waits goes on waiting."""


class Reading:
    """What a repository says, asked once. Its methods raise ``RegistryError``, each time the same."""

    def __init__(self, app: Any, repository: Repository, key: str) -> None:
        self._app, self._repository, self._key = app, repository, key
        self._client: RegistryClient | None = None
        self._tags: list[str] | None = None
        self._verdicts: dict[tuple[policies.Policy, str], policies.Verdict] = {}
        self._digests: dict[str, str | RegistryError] = {}
        self._failure: RegistryError | None = None
        rest = shared.rest(app, repository.host)
        if rest is not None:
            self._failure = Resting(rest.sentence())

    def choose(self, policy: policies.Policy, current: str) -> policies.Verdict:
        """Return what a policy says of the repository's tags; the same for all that run the same tag."""
        verdict = self._verdicts.get((policy, current))
        if verdict is None:
            verdict = policy.choose(current, self.tags() if policy.needs_tags else ())
            self._verdicts[policy, current] = verdict
        return verdict

    def tags(self) -> list[str]:
        """Return the repository's tags."""
        if self._tags is None:
            known = shared.pages(self._app, self._key)
            pages = self._asked(lambda client: client.pages(known))
            if pages != known:
                shared.keep_pages(self._app, self._key, pages)
            self._tags = [tag for page in pages for tag in page.tags]
        return self._tags

    def digest(self, tag: str) -> str:
        """Return the digest that a tag leads to. One that cannot be read says nothing of the others."""
        if tag not in self._digests:
            if len(self._digests) >= HEADS:
                raise RegistryError(f"More than {HEADS} tags of {self._repository.name} are followed.")
            try:
                self._digests[tag] = self._asked(lambda client: client.digest(tag), forever=False)
            except RegistryError as error:
                self._digests[tag] = error
        found = self._digests[tag]
        if isinstance(found, RegistryError):
            raise found
        return found

    def close(self) -> None:
        """Close the connections, and remember what the registry wants."""
        if self._client is None:
            return
        self._client.__exit__()
        if self._failure is None:
            if self._client.rest is not None:
                reason = f"{self._repository.registry} answers that its limit is reached."
                shared.let_rest(self._app, self._repository.host, self._client.rest, reason)
            else:
                shared.answered(self._app, self._repository.host)

    def _asked(self, ask: Callable[[RegistryClient], T], forever: bool = True) -> T:
        if self._failure is not None:
            raise self._failure
        host = self._repository.host
        if self._client is None:
            self._client = RegistryClient(self._repository, registry_access.allowed(self._app.config.environ))
        try:
            return ask(self._client)
        except Busy as busy:
            self._failure = Resting(shared.let_rest(self._app, host, busy.length, str(busy)).sentence())
        except NoAnswer as error:
            shared.failed(self._app, host, str(error))
            self._failure = error
        except RegistryError as error:
            if not forever:
                raise
            self._failure = error
        raise self._failure


def check(record: Record, image: RunningImage, reading: decisions.Reading) -> tuple[Note, Update | None]:
    """Return what to write on a record, and what to roll out, if anything: then it is written once that is done."""
    try:
        policy = policies.read(str(record["policy"]), str(record["pattern"]))
        wrong = _interval_problem(str(record["interval"]))
        decision = decisions.decide(policy, image, str(record["baseline"]), reading)
    except Resting as error:
        return Note(str(record["verdict"]), str(error), done=False), None
    except (RegistryError, policies.PolicyError) as error:
        return Note(error=str(error)), None
    except Exception:
        log.exception("the check of the auto-update %s failed", record.id)
        return Note(error="The check failed; the server's log says why."), None
    if decision.tag is not None:
        return Note(decision.reason), (record.id, image.rollout, decision.tag, decision.digest, decision.reason)
    return Note(decision.reason, wrong, baseline=decision.baseline), None


def _interval_problem(text: str) -> str:
    """Return what is wrong with an interval that came past the validation."""
    try:
        intervals.parse(text)
    except intervals.IntervalError as error:
        return str(error)
    return ""
