"""What the browser tests need beside Python, and what happens where it is missing."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NoReturn

import pytest

ROOT = Path(__file__).parents[2]
UI = ROOT / "ui"
STATIC = ROOT / "oneclick" / "web" / "static"
BUILT = STATIC / "index.html"
AXE = UI / "node_modules" / "axe-core" / "axe.min.js"


def missing(message: str) -> NoReturn:
    """Skip because of what is missing; fail where ``ONECLICK_TEST_REQUIRE`` asks for it."""
    if {"all", "browser"} & set(os.environ.get("ONECLICK_TEST_REQUIRE", "").replace(" ", "").split(",")):
        pytest.fail(message)
    pytest.skip(message)
