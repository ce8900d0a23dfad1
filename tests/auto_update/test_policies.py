import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oneclick_auto_update import policies

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


@pytest.mark.parametrize("policy", ["", "newest", "semver:", "semver:abc", "semver:>>1", "asc:1"])
def test_refuses_an_unknown_policy(policy: str) -> None:
    with pytest.raises(policies.PolicyError):
        policies.check(policy)


def test_refuses_a_wrong_pattern() -> None:
    with pytest.raises(policies.PolicyError, match="no regular expression"):
        policies.choose("semver", "(", "1.0.0", ["1.0.0"])


versions = st.builds(lambda a, b, c: f"{a}.{b}.{c}", *[st.integers(0, 30)] * 3)


@given(current=versions, tags=st.lists(versions, max_size=20))
def test_semver_never_goes_down(current: str, tags: list[str]) -> None:
    chosen = policies.choose("semver", "", current, tags).tag
    if chosen is not None:
        assert [int(part) for part in chosen.split(".")] > [int(part) for part in current.split(".")]


@given(tag=st.text(max_size=40))
def test_reading_any_tag_never_fails(tag: str) -> None:
    version = policies.read_version(tag)
    assert version is None or re.search(r"\d", tag)


def test_an_evil_pattern_takes_no_time() -> None:
    assert policies.choose("semver", "(a+)+$", "1.0.0", ["a" * 5000 + "!"]).tag is None


def test_endless_digits_are_no_version() -> None:
    assert policies.read_version("9" * 5000) is None
