"""What a plugin may rely on: the shapes of the core's objects, without importing the core."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol, runtime_checkable


class Field(Protocol):
    """One field of a collection (PocketBase's field options as attributes)."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def hidden(self) -> bool: ...


class Collection(Protocol):
    """A collection's definition; immutable, a new object after each change."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def fields(self) -> Sequence[Field]: ...


@runtime_checkable
class Record(Protocol):
    """One record. Values are Python values as in PocketBase's JSON (dates are text, lists are lists)."""

    @property
    def id(self) -> str: ...
    @property
    def collection(self) -> Collection: ...
    @property
    def is_new(self) -> bool: ...
    def __getitem__(self, name: str) -> Any: ...
    def __setitem__(self, name: str, value: Any) -> None: ...
    def get(self, name: str, default: Any = None) -> Any: ...
    def original(self, name: str) -> Any:
        """The value that is stored in the database (the field's zero value for a new record)."""
        ...

    def changed(self, name: str) -> bool: ...


class RequestInfo(Protocol):
    """Who asks for what: what rules see as ``@request``."""

    @property
    def context(self) -> str:
        """``default``, ``batch``, ``realtime``, ``oauth2``, ``protectedFile``, …"""
        ...

    @property
    def method(self) -> str: ...
    @property
    def query(self) -> Mapping[str, str]: ...
    @property
    def headers(self) -> Mapping[str, str]: ...
    @property
    def body(self) -> Mapping[str, Any]:
        """The body with its values as the record has them."""
        ...

    @property
    def sent(self) -> Mapping[str, Any]:
        """The body as it came: a field may have made something else of a value, such as ``""`` of a wrong date."""
        ...

    @property
    def auth(self) -> Record | None: ...
    @property
    def is_superuser(self) -> bool: ...
    @property
    def cause(self) -> str:
        """Why a write happens: ``person``, ``auto-update``, ``rollback``, ``hook``."""
        ...


class Transaction(Protocol):
    """An open write transaction."""

    def after_commit(self, action: Callable[[], None]) -> None:
        """Run ``action`` after the outermost commit; never after a rollback."""
        ...


class Database(Protocol):
    """The database behind the records."""

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        ...

    def transaction(self) -> AbstractContextManager[Transaction]:
        """Open a write transaction, or join the one that this thread holds."""
        ...


class RecordStore(Protocol):
    """Records without rules, with hooks: what plugins read and write with."""

    def find(self, collection: str, record_id: str) -> Record | None: ...
    def first(
        self, collection: str, filter: str = "", params: Mapping[str, Any] | None = None, sort: str = ""
    ) -> Record | None: ...
    def list(
        self,
        collection: str,
        filter: str = "",
        params: Mapping[str, Any] | None = None,
        sort: str = "",
        limit: int = 500,
        offset: int = 0,
    ) -> Sequence[Record]: ...
    def count(self, collection: str, filter: str = "", params: Mapping[str, Any] | None = None) -> int: ...
    def new(self, collection: str, values: Mapping[str, Any] | None = None) -> Record: ...
    def save(self, record: Record, request: RequestInfo | None = None) -> Record:
        """Create or update with all record hooks. Raises ``ApiError`` with field errors when it is not valid."""
        ...

    def delete(self, record: Record, request: RequestInfo | None = None) -> None: ...


class Jobs(Protocol):
    """Background work on RQ."""

    def enqueue(
        self, job: str, *args: Any, unique: str | None = None, timeout: int | None = None, delay: float = 0.0
    ) -> str:
        """Enqueue the registered job ``job``; return its id. With ``unique``, a job of this id that waits or runs
        already is left alone and its id is returned. With ``delay`` it is queued that many seconds later."""
        ...

    def remember(self, name: str, value: bytes, seconds: float) -> None:
        """Keep a value for all processes for at most ``seconds``. It may be forgotten at any moment."""
        ...

    def recall(self, name: str) -> bytes | None:
        """Return a remembered value, ``None`` when it is forgotten."""
        ...


class App(Protocol):
    """The application as plugins see it: one object per process."""

    @property
    def config(self) -> Any:
        """The core's settings (``oneclick.config.Config``)."""
        ...

    @property
    def plugins(self) -> Any:
        """The plugins (``oneclick.plugins.Plugins``); ``plugins.hook`` calls hooks by name."""
        ...

    @property
    def secrets(self) -> Any:
        """Opens and seals secret values (``oneclick.records.secrets.Secrets``)."""
        ...

    @property
    def data_dir(self) -> Any: ...
    @property
    def database(self) -> Database: ...
    @property
    def records(self) -> RecordStore: ...
    @property
    def jobs(self) -> Jobs: ...
    def collection(self, name_or_id: str) -> Collection | None: ...
    def publish(self, channel: str, message: bytes) -> None:
        """Send a message to all processes (Redis pub/sub)."""
        ...

    def subscribe(self, channel: str, receive: Callable[[bytes], None]) -> Callable[[], None]:
        """Call ``receive`` with each message on ``channel``; return a function that ends it."""
        ...

    def lock(self, name: str, ttl: float, wait: float = 0.0) -> AbstractContextManager[bool]:
        """Hold a lock among all processes for at most ``ttl`` seconds; the context's value tells whether it was
        got within ``wait`` seconds."""
        ...
