"""One installation on the demo cluster, on which the pages' examples run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.journey.installation import Client, Installation, installed


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A running installation, shared by the tests that leave it as they found it."""
    with installed(tmp_path_factory.mktemp("docs") / "data", {"ONECLICK_CLUSTER": "demo"}) as running:
        running.serve()
        yield running


@pytest.fixture(scope="session")
def user(installation: Installation) -> Client:
    """A user of the installation."""
    return installation.client("ada@example.com")
