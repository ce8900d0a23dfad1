from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.house import House


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A house without plugins, and nothing running."""
    house = House(tmp_path, ONECLICK_PLUGINS="none")
    yield house
    house.close()
