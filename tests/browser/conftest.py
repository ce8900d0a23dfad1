"""Chromium on a whole installation with the demo cluster, as somebody who opens the page for the first time."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "journey"))

from installation import Installation, eventually, installed
from needed import AXE, BUILT, missing
from visitor import Visitor

if TYPE_CHECKING:
    from playwright.sync_api import Browser

START_SECONDS = 60.0


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium as the distribution packages it; nothing is downloaded."""
    chromium = os.environ.get("ONECLICK_TEST_CHROMIUM") or shutil.which("chromium")
    if chromium is None:
        missing("there is no chromium on the PATH")
    if not BUILT.is_file():
        missing("the browser UI is not built: make ui")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as engine:
        started = engine.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="module")
def installation(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An installation that nobody has set up yet."""
    with installed(tmp_path_factory.mktemp("browser") / "data", {"ONECLICK_CLUSTER": "demo"}) as running:
        running.serve()
        yield running


@pytest.fixture(scope="module")
def installer_link(installation: Installation) -> str:
    """The one-time link that the server prints."""

    def look() -> str | None:
        found = re.search(r"(http://\S+/_/#/pbinstall/\S+)", installation.log.read_text())
        return found[1] if found else None

    return eventually(look, START_SECONDS, "the server prints the link for the first superuser")


@pytest.fixture
def visitor(browser: Browser, installation: Installation) -> Iterator[Visitor]:
    """Somebody in a fresh browser window; what goes wrong on the pages fails the test."""
    came = Visitor(browser, installation.url)
    yield came
    came.leave()


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core, which comes with the UI's development packages."""
    if not AXE.is_file():
        missing("axe-core is not installed: npm ci in ui/")
    return AXE.read_text()
