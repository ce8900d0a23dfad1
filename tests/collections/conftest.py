from __future__ import annotations

import pytest

from oneclick.collections import Collections
from oneclick.db import Database
from tests.db.conftest import database, database_url, empty_database  # noqa: F401


@pytest.fixture
def collections(database: Database) -> Collections:  # noqa: F811
    collections = Collections(database)
    assert collections.ensure() == []
    return collections
