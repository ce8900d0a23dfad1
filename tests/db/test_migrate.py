from __future__ import annotations

import subprocess
import sys

import pytest
import sqlalchemy as sa

from oneclick.db import Database, Params, migrate
from oneclick.db.migrate import HEAD, MIGRATIONS, revision
from oneclick.db.system_tables import metadata
from oneclick.errors import ConfigError


def test_an_empty_database_gets_the_system_tables(empty_database: Database) -> None:
    migrate(empty_database)
    migrate(empty_database)
    with empty_database.connection() as connection:
        assert revision(connection) == HEAD
        inspector = sa.inspect(connection)
        for table in metadata.sorted_tables:
            columns = {column["name"]: column["nullable"] for column in inspector.get_columns(table.name)}
            assert columns == {column.name: column.nullable for column in table.columns}


def test_the_newest_revision_is_the_one_that_starts_check() -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


def test_a_newer_database_stops_the_start(database: Database) -> None:
    with database.transaction() as transaction:
        transaction.connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(ConfigError, match="newer"):
        migrate(database)


def test_several_processes_may_migrate_at_once(empty_database: Database, database_url: str) -> None:
    code = f"from oneclick.db import Database, migrate; migrate(Database({database_url!r}))"
    processes = [subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE) for _ in range(3)]
    for process in processes:
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors.decode()


def test_params_keep_json(database: Database) -> None:
    params = Params(database)
    assert params.get("x", "none") == "none"
    params.set("x", {"a": [1, None]})
    params.set("x", {"a": [2]})
    assert params.get("x") == {"a": [2]}
    assert params.set_default("x", 5) == {"a": [2]}
    assert params.set_default("y", 5) == 5
    params.delete("x")
    assert params.get("x") is None


@pytest.mark.parametrize(
    ("url", "says"),
    [("sqlite://", "needs a file"), ("mysql://x/y", "sqlite and postgresql"), ("nonsense", "not a database address")],
)
def test_a_bad_address_is_named(url: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        Database(url)


def test_postgresql_gets_what_the_filter_language_calls() -> None:
    from oneclick.db.migrations.versions.r0001_system_tables import JSON_FUNCTION
    from oneclick.filters import POSTGRESQL_SETUP

    assert [" ".join(statement.split()) for statement in POSTGRESQL_SETUP] == [" ".join(JSON_FUNCTION.split())]
