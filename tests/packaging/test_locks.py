"""The lock files: every requirement is in them, with hashes, and they name no host."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOCKS = {
    "requirements.lock": PROJECT["project"]["dependencies"],
    "requirements-build.lock": PROJECT["dependency-groups"]["build"],
    "requirements-dev.lock": [
        *PROJECT["project"]["dependencies"],
        *(
            entry
            for group in ("build", "dev")
            for entry in PROJECT["dependency-groups"][group]
            if isinstance(entry, str)
        ),
    ],
}


def pins(name: str) -> dict[str, str]:
    """Return the versions of a lock file by package."""
    found = re.findall(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", (ROOT / name).read_text(), re.MULTILINE)
    return {canonicalize_name(package): version for package, version in found}


@pytest.mark.parametrize("name", LOCKS)
def test_every_requirement_is_locked_to_a_version_that_fits(name: str) -> None:
    locked = pins(name)
    for text in LOCKS[name]:
        requirement = Requirement(text)
        if requirement.marker is None or requirement.marker.evaluate(dict(default_environment())):
            assert requirement.specifier.contains(locked[canonicalize_name(requirement.name)], prereleases=True), text


@pytest.mark.parametrize("name", LOCKS)
def test_every_version_has_hashes_and_no_host_is_named(name: str) -> None:
    text = (ROOT / name).read_text()
    assert "://" not in text
    assert "--index" not in text
    for entry in re.split(r"\n(?=\S)", text):
        if not entry.startswith("#") and entry.strip():
            assert "--hash=sha256:" in entry, entry.splitlines()[0]


def test_the_locks_agree() -> None:
    shared = pins("requirements-dev.lock")
    for name in ("requirements.lock", "requirements-build.lock"):
        for package, version in pins(name).items():
            assert shared[package] == version


def test_the_pages_lock_names_no_host() -> None:
    text = (ROOT / "ui" / "package-lock.json").read_text()
    assert '"resolved"' not in text
    assert "omit-lockfile-registry-resolved=true" in (ROOT / "ui" / ".npmrc").read_text()
