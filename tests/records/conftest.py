from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa

from oneclick.collections import Collections
from oneclick.db import Database
from oneclick.plugins import Plugins
from oneclick.records import Record, RecordStore, RequestInfo, SecretKey, Secrets, rule_checker
from oneclick.storage import LocalStorage
from oneclick_hooks import hookimpl
from tests.db import kit

NOTES: dict[str, Any] = {
    "name": "notes",
    "fields": [
        {"type": "text", "name": "title", "required": True, "max": 20},
        {"type": "number", "name": "stars"},
        {"type": "select", "name": "tags", "values": ["red", "blue", "green"], "maxSelect": 3},
        {"type": "text", "name": "secretive", "hidden": True},
        {"type": "json", "name": "meta"},
        {"type": "relation", "name": "owner", "collectionId": "_pb_users_auth_"},
        {"type": "file", "name": "one", "maxSelect": 1},
        {"type": "file", "name": "many", "maxSelect": 5, "maxSize": 100},
        {"type": "autodate", "name": "created", "onCreate": True},
        {"type": "autodate", "name": "updated", "onCreate": True, "onUpdate": True},
    ],
    "listRule": "",
    "viewRule": "",
    "createRule": "",
    "updateRule": "",
    "deleteRule": "",
}


class App:
    """The application as far as records need it."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        self.data_dir = folder
        self.plugins = Plugins()
        self.collections = Collections(database, signup=True, check_rule=rule_checker(self))
        assert self.collections.ensure() == []
        self.storage = LocalStorage(folder / "storage")
        self.secrets = Secrets(SecretKey(b"a key for these tests"))
        self.records = RecordStore(self)

    def plug(self, name: str = "test", **hooks: Callable[..., Any]) -> None:
        """Register functions as a plugin; generator functions are wrappers."""
        import inspect

        marked = {
            key: hookimpl(wrapper=True)(function) if inspect.isgeneratorfunction(function) else hookimpl(function)
            for key, function in hooks.items()
        }
        self.plugins.register(name, "extra", lambda: SimpleNamespace(**marked))
        assert self.plugins.broken == []

    def user(self, name: str = "ann", **values: Any) -> Record:
        data = {"email": f"{name}@example.com", "password": "1234567890", "username": name}
        return self.records.save(self.records.new("users", data | values))

    @contextmanager
    def counting(self) -> Iterator[list[str]]:
        """Collect the statements that are executed."""
        seen: list[str] = []

        def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
            seen.append(statement)

        sa.event.listen(self.database.engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            sa.event.remove(self.database.engine, "before_cursor_execute", note)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    database = Database(kit.new_copy(request.param, tmp_path))
    yield database
    database.close()


@pytest.fixture
def app(database: Database, tmp_path: Path) -> App:
    return App(database, tmp_path)


@pytest.fixture
def notes(app: App) -> Any:
    return app.collections.create(NOTES)


@pytest.fixture
def superuser(app: App) -> RequestInfo:
    record = app.records.new("_superusers", {"email": "root@example.com", "password": "1234567890"})
    return RequestInfo(auth=app.records.save(record))
