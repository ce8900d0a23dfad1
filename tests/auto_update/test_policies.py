import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oneclick_auto_update import policies, versions

CASES = [
    # policy, pattern, current, tags, chosen
    ("semver", r"^\d+\.\d+\.\d+$", "1.2.3", ["1.2.4", "1.10.0", "2.0.0-rc1", "latest"], "1.10.0"),
    ("semver", "", "1.10.0", ["1.9.9", "1.10.0"], None),
    ("semver", "", "2.0.0", ["1.0.0"], None),
    ("semver", "", "v1.2.0", ["v1.3.0", "garbage"], "v1.3.0"),
    ("semver", "", "12.15-alpine", ["12.16-alpine", "12.17", "13-alpine"], "12.16-alpine"),
    ("semver", "", "latest", ["1.0.0", "1.1.0-rc1"], "1.0.0"),
    ("semver", "", "1.0.0", ["1.1.0-rc1", "2.0.0-beta"], None),
    ("semver:1.2.x", ".*", "1.2.3", ["1.2.4", "1.10.0"], "1.2.4"),
    ("semver:1.2.x", "test-.*", "test-1.2.3", ["test-1.2.4", "1.2.5"], "test-1.2.4"),
    ("semver:1.2.x", ".*-slim", "1.2.3-slim", ["1.2.4-slim", "1.2.5", "1.3.0-slim"], "1.2.4-slim"),
    ("semver:>=1.24.x, <1.25.x", ".*", "1.24.3", ["1.24.9", "1.25.0", "1.25.1"], "1.24.9"),
    ("semver:~1.2", ".*", "1.2.3", ["1.2.9", "1.3.0"], "1.2.9"),
    ("semver:^1", ".*", "1.2.3", ["1.9.0", "2.0.0"], "1.9.0"),
    ("semver:^0.2", ".*", "0.2.3", ["0.2.9", "0.3.0"], "0.2.9"),
    ("semver:!=1.3.0", ".*", "1.2.3", ["1.3.0", "1.2.9"], "1.2.9"),
    ("semver:*", ".*", "1.0.0", ["2.0.0"], "2.0.0"),
    ("timestamp", r"\d{10}-slim$", "1700000000-slim", ["1700000001-slim", "1600000000-slim"], "1700000001-slim"),
    ("timestamp", r"slim-\d{10}$", "slim-1700000000", ["slim-1600000000"], None),
    ("timestamp", "", "1700000000", ["17000000001", "abc"], None),
    # A v in front of the numbers may come and go; of two the one that is written like the running one.
    ("semver", "", "v1.2.0", ["1.3.0"], "1.3.0"),
    ("semver", "", "v1.2.0", ["1.3.0", "v1.3.0"], "v1.3.0"),
    ("semver", "", "1.2.0", ["1.3.0", "v1.3.0"], "1.3.0"),
    # Precision, prefix and suffix stay.
    ("semver", "", "1.2", ["1.3.0", "2", "1.4"], "1.4"),
    ("semver", "", "web-1.2.0", ["api-1.3.0", "web-1.2.1", "1.9.0"], "web-1.2.1"),
    ("semver", "", "1.2.0-alpine3.18", ["1.3.0-alpine3.19", "1.3.0-alpine3.18"], "1.3.0-alpine3.18"),
    # Who runs what comes before a release follows it to the next one and to the release.
    ("semver", "", "1.0.0-rc1", ["1.0.0-rc2", "1.0.0-beta9", "0.9.0"], "1.0.0-rc2"),
    ("semver", "", "1.0.0-rc.9", ["1.0.0-rc.10"], "1.0.0-rc.10"),
    ("semver", "", "1.0.0-rc2", ["1.0.0-rc3", "1.0.0"], "1.0.0"),
    ("semver", "", "1.0.0", ["1.0.0-rc3", "1.1.0-beta1"], None),
    ("semver", "", "1.0.0-rc1-alpine", ["1.0.0-alpine", "1.0.0"], "1.0.0-alpine"),
    ("semver", "", "1.0.0", ["1.0.0+build5"], None),
    # A constraint that leaves nothing newer.
    ("semver:<1.0.0", "", "2.0.0", ["0.9.0"], None),
    ("semver:^3", "", "2.0.0", ["2.1.0"], None),
    ("semver:>1.2", "", "1.2.0", ["1.2.9", "1.3.0"], "1.3.0"),
    ("semver:<=1.2", "", "1.2.0", ["1.2.9", "1.3.0"], "1.2.9"),
    # Timestamps are ten digits, neither more nor less.
    ("timestamp", "", "1700000000", ["170000000", "1700000001"], "1700000001"),
    ("timestamp", "", "main", ["main-1700000000"], "main-1700000000"),
    ("timestamp", "", "1700000000", ["1700000000-b"], None),
    # By name: never back, unless the pattern says that what runs is none of these.
    ("asc", "", "a", ["b", "c"], None),
    ("desc", "", "d", ["b", "c"], None),
    ("desc", "^v", "x", ["v1", "v2"], "v2"),
    ("latest", "^1", "1.0", ["1.0", "latest"], None),
    ("latest", "", "1.0", ["1.0", "2.0"], None),
    ("digest", "", "1.0", ["1.0", "2.0"], None),
    ("asc", "", "b", ["b", "a", "c"], "a"),
    ("desc", "", "b", ["b", "a", "c"], "c"),
    ("desc", "", "c", ["b", "a", "c"], None),
    ("latest", "", "1.0", ["1.0", "latest"], "latest"),
    ("latest", "", "latest", ["1.0", "latest"], None),
    ("semver", "^nothing$", "1.0.0", ["1.1.0"], None),
]


@pytest.mark.parametrize(("policy", "pattern", "current", "tags", "chosen"), CASES)
def test_chooses(policy: str, pattern: str, current: str, tags: list[str], chosen: str | None) -> None:
    verdict = policies.choose(policy, pattern, current, tags)
    assert verdict.tag == chosen
    assert verdict.reason.endswith(".")


@pytest.mark.parametrize(
    "policy",
    ["", "newest", "semver:", "semver:abc", "semver:>>1", "asc:1", "semver:<constraint>", "digest:x", "LATEST"],
)
def test_refuses_an_unknown_policy(policy: str) -> None:
    with pytest.raises(policies.PolicyError):
        policies.check(policy)


def test_refuses_a_wrong_pattern() -> None:
    with pytest.raises(policies.PolicyError, match="no regular expression"):
        policies.choose("semver", "(", "1.0.0", ["1.0.0"])


numbers = st.builds(lambda a, b, c: f"{a}.{b}.{c}", *[st.integers(0, 30)] * 3)


@given(current=numbers, tags=st.lists(numbers, max_size=20))
def test_semver_never_goes_down(current: str, tags: list[str]) -> None:
    chosen = policies.choose("semver", "", current, tags).tag
    if chosen is not None:
        assert [int(part) for part in chosen.split(".")] > [int(part) for part in current.split(".")]


@given(tag=st.text(max_size=40))
def test_reading_any_tag_never_fails(tag: str) -> None:
    version = versions.read(tag)
    assert version is None or re.search(r"\d", tag)


@given(
    policy=st.text(max_size=40), pattern=st.text(max_size=40), current=st.text(max_size=40), tags=st.lists(st.text())
)
def test_any_text_is_a_policy_or_a_sentence(policy: str, pattern: str, current: str, tags: list[str]) -> None:
    for name in (policy, *policies.NAMES, f"semver:{policy}"):
        try:
            verdict = policies.choose(name, pattern, current, tags)
        except policies.PolicyError:
            continue
        assert verdict.tag is None or verdict.tag in tags


@given(current=st.integers(0, 2_000_000_000), stamps=st.lists(st.integers(0, 2_000_000_000)))
def test_timestamps_never_go_down(current: int, stamps: list[int]) -> None:
    chosen = policies.choose("timestamp", "", f"{current:010}", [f"{stamp:010}" for stamp in stamps]).tag
    assert chosen is None or int(chosen) > current


def test_an_evil_pattern_takes_no_time() -> None:
    assert policies.choose("semver", "(a+)+$", "1.0.0", ["a" * 5000 + "!"]).tag is None


@pytest.mark.parametrize("tag", ["a" * 128, "a-" * 64, "a." * 64 + "!", "v" * 128, "1" * 128, "-" * 128, "a1" * 64])
def test_no_tag_takes_long_to_read(tag: str) -> None:
    started = time.perf_counter()
    versions.read(tag)
    assert time.perf_counter() - started < 0.05


def test_endless_digits_are_no_version() -> None:
    assert versions.read("9" * 5000) is None
