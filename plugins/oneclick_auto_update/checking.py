"""Checking records of one repository: each question goes to the registry once, whoever else has it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

from oneclick import JobTimeout
from oneclick_auto_update import decisions, intervals, policies, registry_access, shared
from oneclick_auto_update.book import Note
from oneclick_auto_update.registry import Busy, NoAnswer, RegistryClient, RegistryError, Repository
from oneclick_hooks.kubernetes import RunningImage
from oneclick_hooks.protocols import Record

log = logging.getLogger(__name__)

SECONDS = 25.0
"""How long one check looks at records; those that are left wait for the next, and come first then."""
SLOW_SECONDS, TIMES_AS_LONG = 5.0, 10
"""A repository that takes longer to answer rests ten times as long: nobody has the worker to himself."""
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
        self._account = shared.account(app, repository)
        self._end = time.monotonic() + SECONDS
        self._spent = 0.0
        for place in dict.fromkeys((repository.host, self._account, key)):
            rest = shared.rest(app, place)
            if rest is not None:
                self._failure = Resting(rest.sentence())

    @property
    def is_over(self) -> bool:
        """Whether this check has had its time: what still waits is for the next."""
        return time.monotonic() > self._end

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
                raise Resting(f"Many tags of {self._repository.name} are followed; this one is asked for next time.")
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
        if self._spent > SLOW_SECONDS:
            name, length = self._repository.name, timedelta(seconds=TIMES_AS_LONG * self._spent)
            reason = f"{self._repository.registry} takes {self._spent:.0f} seconds to answer for {name}."
            shared.let_rest(self._app, self._key, min(length, shared.LONGEST_REST), reason)
        if self._failure is None:
            if self._client.rest is not None:
                reason = f"{self._repository.registry} answers that its limit is reached."
                shared.let_rest(self._app, self._account, self._client.rest, reason)
            else:
                shared.answered(self._app, self._repository.host)

    def _asked(self, ask: Callable[[RegistryClient], T], forever: bool = True) -> T:
        if self._failure is not None:
            raise self._failure
        began = time.monotonic()
        if self._client is None:
            self._client = RegistryClient(self._repository, registry_access.allowed(self._app.config.environ))
        try:
            return ask(self._client)
        except Busy as busy:
            self._failure = Resting(shared.let_rest(self._app, self._account, busy.length, str(busy)).sentence())
        except NoAnswer as error:
            shared.failed(self._app, self._repository.host if error.away else self._key, str(error))
            self._failure = error
        except RegistryError as error:
            if not forever:
                raise
            self._failure = error
        finally:
            self._spent += time.monotonic() - began
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
    except JobTimeout:
        raise
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
