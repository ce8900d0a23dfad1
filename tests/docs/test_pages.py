"""Links in the documentation lead somewhere, and the commands that it shows exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from oneclick.cli.group import COMMANDS

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text())
    local = [link for link in links if not link.startswith(("http://", "https://"))]
    broken = [link for link in local if not (page.parent / link).exists()]
    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_exist(page: Path) -> None:
    named = set(re.findall(r"(?:^\$ |`)oneclick ([a-z][a-z-]*)", page.read_text(), re.MULTILINE))
    assert named - set(COMMANDS) - {"demo-cluster"} == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_make_targets_exist(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"(?:^\$ (?:[A-Z_]+=\S+ )*|`)make ([a-z][a-z-]*)", page.read_text(), re.MULTILINE)) <= targets


def test_readme_is_one_page_with_the_two_commands_first() -> None:
    text = (ROOT / "README.md").read_text()
    assert len(text.splitlines()) < 80
    assert text.index("make serve") < text.index("make test") < 400
