"""From a policy and what a tag leads to, to what is done."""

import pytest

from oneclick_auto_update import policies
from oneclick_auto_update.decisions import decide
from oneclick_auto_update.registry import RegistryError
from oneclick_hooks.kubernetes import RunningImage

OLD, NEW = "sha256:" + "0" * 64, "sha256:" + "1" * 64


class Reading:
    """A registry with these tags, that notes what is asked."""

    def __init__(self, **digests: str) -> None:
        self.digests = {name.replace("_", "."): digest for name, digest in digests.items()}
        self.asked: list[str] = []

    def choose(self, policy: policies.Policy, current: str) -> policies.Verdict:
        if policy.needs_tags:
            self.asked.append("tags")
        return policy.choose(current, [name.removeprefix("v") for name in self.digests])

    def digest(self, tag: str) -> str:
        self.asked.append(tag)
        for name in (tag, f"v{tag}"):
            if name in self.digests:
                return self.digests[name]
        raise RegistryError(f"no {tag}")


CASES = [
    # policy, tag, digest of the manifest, baseline, tag and digest to roll out, what was asked
    ("semver", "1.0", "", "", ("1.1", ""), ["tags"]),
    ("semver", "1.0", OLD, "", ("1.1", NEW), ["tags", "1.1"]),
    ("semver", "1.1", "", "", (None, ""), ["tags"]),
    ("semver", "1.1", OLD, "", (None, ""), ["tags"]),
    ("latest", "1.0", "", "", ("latest", NEW), ["tags", "latest"]),
    ("latest", "latest", "", "", (None, ""), ["tags", "latest"]),
    ("latest", "latest", "", f"this {NEW}", (None, ""), ["tags", "latest"]),
    ("latest", "latest", "", f"this {OLD}", ("latest", NEW), ["tags", "latest"]),
    ("latest", "latest", "", f"other {OLD}", (None, ""), ["tags", "latest"]),
    ("latest", "latest", NEW, f"this {OLD}", (None, ""), ["tags", "latest"]),
    ("latest", "latest", OLD, "", ("latest", NEW), ["tags", "latest"]),
    ("digest", "1.0", "", "", (None, ""), ["1.0"]),
    ("digest", "1.0", NEW, "", ("1.0", OLD), ["1.0"]),
    ("digest", "1.0", OLD, "", (None, ""), ["1.0"]),
]


@pytest.mark.parametrize(("policy", "tag", "digest", "baseline", "rolled_out", "asked"), CASES)
def test_decides(
    policy: str, tag: str, digest: str, baseline: str, rolled_out: tuple[str | None, str], asked: list[str]
) -> None:
    reading = Reading(v1_0=OLD, v1_1=NEW, latest=NEW)
    image = RunningImage("this", "registry", "shop", tag, digest)
    decision = decide(policies.read(policy, ""), image, baseline, reading)
    assert (decision.tag, decision.digest) == rolled_out
    assert reading.asked == asked
    assert decision.reason.endswith(".")


def test_the_first_look_notes_what_the_tag_leads_to() -> None:
    image = RunningImage("this", "registry", "shop", "latest")
    decision = decide(policies.read("latest", ""), image, "", Reading(latest=OLD))
    assert decision.baseline == f"this {OLD}"
    assert "it is rolled out when that changes" in decision.reason


def test_a_followed_tag_that_is_gone_is_an_error() -> None:
    with pytest.raises(RegistryError):
        decide(policies.read("digest", ""), RunningImage("this", "registry", "shop", "9"), "", Reading(latest=OLD))
