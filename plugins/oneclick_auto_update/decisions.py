"""From a record and what runs to what should be done: the policy, and the content that a tag leads to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from oneclick_auto_update import policies
from oneclick_hooks.kubernetes import RunningImage

SHOWN = len("sha256:") + 12


class Reading(Protocol):
    """What is asked of the registry, once for all records of a repository. Raises ``RegistryError``."""

    def choose(self, policy: policies.Policy, current: str) -> policies.Verdict:
        """Return what a policy says of the repository's tags."""
        ...

    def digest(self, tag: str) -> str:
        """Return the digest that a tag leads to."""
        ...


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do, and why, in a sentence.

    ``tag`` is what to roll out (``None``: nothing), ``digest`` its content where that is to be fixed. ``baseline`` is
    what the tag led to when its content was first looked at; it stands for the running rollout alone.
    """

    reason: str
    tag: str | None = None
    digest: str = ""
    baseline: str = ""


def decide(policy: policies.Policy, image: RunningImage, baseline: str, reading: Reading) -> Decision:
    """Return what to do about a running image; ``baseline`` is what an earlier decision gave."""
    verdict = reading.choose(policy, image.tag)
    followed = policy.followed(image.tag, verdict)
    if verdict.tag is not None:
        # Whoever fixes the content of one version has that of the next fixed too.
        fixed = followed is not None or bool(image.digest)
        return Decision(verdict.reason, verdict.tag, reading.digest(verdict.tag) if fixed else "")
    if followed is None:
        return Decision(verdict.reason)
    digest = reading.digest(followed)
    rollout, _, noted = baseline.partition(" ")
    known = image.digest or (noted if rollout == image.rollout else "")
    if not known:
        reason = f"{followed} leads to {digest[:SHOWN]}; it is rolled out when that changes."
        return Decision(reason, baseline=f"{image.rollout} {digest}")
    if digest == known:
        return Decision(f"{followed} still leads to {digest[:SHOWN]}.", baseline="" if image.digest else baseline)
    return Decision(f"{followed} leads to another image now: {digest[:SHOWN]}.", followed, digest)
