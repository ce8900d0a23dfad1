"""Both databases for filters: SQLite in memory and one of the test run's PostgreSQL server."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from tests.db.postgresql import new_postgresql


@pytest.fixture(scope="session")
def sqlite_engine():
    return sa.create_engine("sqlite://", poolclass=sa.StaticPool)


@pytest.fixture(scope="session")
def postgresql_engine():
    engine = sa.create_engine(sa.make_url(new_postgresql()).set(drivername="postgresql+psycopg"))
    yield engine
    engine.dispose()


@pytest.fixture(scope="session", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def engine(request):
    return request.getfixturevalue(f"{request.param}_engine")
