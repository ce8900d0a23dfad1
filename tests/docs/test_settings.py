"""docs/settings.md has a line for each environment variable that the code knows, and for no other."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "settings.md"
NAME = re.compile(
    r"""["'](ONECLICK_[A-Z_]*[A-Z]|LOCAL|LOCAL_[A-Z_]+|CronTick|CRON_TICK|DATABASE_URL|REDIS_URL|KUBERNETES_[A-Z_]+)["']"""
)
PREFIX = re.compile(r"^ONECLICK_(GITHUB|GITLAB|GOOGLE|MICROSOFT|OIDC)$")


def known() -> set[str]:
    """Return the names of all variables that the source reads."""
    names = set()
    for folder in ("oneclick", "plugins", "hooks", "tests"):
        for path in (ROOT / folder).rglob("*.py"):
            found = NAME.findall(path.read_text())
            names |= {name for name in found if folder != "tests" or name.startswith("ONECLICK_TEST_")}
    return {name for name in names if not PREFIX.match(name)}


def documented() -> set[str]:
    """Return the names that the page explains: those in code quotes."""
    return set(re.findall(r"`([A-Z][A-Za-z_]+)`", PAGE.read_text()))


def test_every_variable_has_a_line() -> None:
    assert known() - documented() == set()


def test_every_line_is_about_a_variable_that_is_read() -> None:
    composed = re.compile(r"ONECLICK_(GITHUB|MICROSOFT|OIDC)_[A-Z_]+")
    assert {name for name in documented() - known() if not composed.fullmatch(name)} == set()


def test_login_providers_are_all_named() -> None:
    from oneclick_auth_providers.environment import PREFIXES

    page = PAGE.read_text()
    assert all(prefix + "_" in page for prefix in PREFIXES.values())
