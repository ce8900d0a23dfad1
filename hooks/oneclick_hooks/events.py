"""The event objects that hooks take. One object a call; implementations may change what is documented as changeable."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from oneclick_hooks.oauth2 import AuthProvider, OAuth2Client, OAuth2User
from oneclick_hooks.protocols import App, Collection, Record, RequestInfo


@dataclass(slots=True)
class AppEvent:
    """Something that happens to the whole application."""

    app: App


@dataclass(slots=True)
class ServeEvent(AppEvent):
    """A web process is about to answer requests. ``web`` is the Flask application."""

    web: Any = None


@dataclass(slots=True)
class TerminateEvent(AppEvent):
    """The process is about to end. ``restart`` is true when another takes over at once."""

    restart: bool = False


@dataclass(slots=True)
class OperationEvent(AppEvent):
    """An event whose innermost implementation is the operation itself (the core's, which calls ``operation``)."""

    operation: Callable[[], Any] | None = field(default=None, repr=False, kw_only=True)


@dataclass(slots=True)
class RecordEvent(OperationEvent):
    """A record is validated, created, updated or deleted.

    ``record`` may be changed before the operation. ``request`` tells who asked (``None``: the application itself).
    """

    record: Record
    request: RequestInfo | None = None

    @property
    def collection(self) -> Collection:
        """The record's collection."""
        return self.record.collection


@dataclass(slots=True)
class RecordErrorEvent(RecordEvent):
    """Creating, updating or deleting a record failed with ``error``, or was rolled back."""

    error: BaseException | None = None


@dataclass(slots=True)
class RecordEnrichEvent(AppEvent):
    """A record is about to be sent to ``request``'s client. ``hidden`` may be extended, ``extra`` is merged into the
    answer."""

    record: Record
    request: RequestInfo
    hidden: set[str] = field(default_factory=set)
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def collection(self) -> Collection:
        """The record's collection."""
        return self.record.collection


@dataclass(slots=True)
class RecordsListEvent(OperationEvent):
    """A page of records was asked for; after the operation ``records`` holds them."""

    collection: Collection
    request: RequestInfo
    records: Sequence[Record] = ()


@dataclass(slots=True)
class AuthEvent(OperationEvent):
    """A record has proved who it is by ``method`` and is about to get ``token``. ``meta`` goes into the answer."""

    collection: Collection
    record: Record
    method: str
    request: RequestInfo
    token: str = ""
    meta: dict[str, Any] | None = None


@dataclass(slots=True)
class AuthWithOAuth2Event(OperationEvent):
    """Somebody has proved to ``provider`` that he is ``user``; the operation finds, links or makes his ``record``.

    Before the operation ``record`` is the one that is known (``None``: none yet), and ``create_data`` may be changed;
    after it ``record`` is who signs in, and ``is_new`` tells whether it was made.
    """

    collection: Collection
    provider: AuthProvider
    client: OAuth2Client
    user: OAuth2User
    request: RequestInfo
    record: Record | None = None
    create_data: dict[str, Any] = field(default_factory=dict)
    is_new: bool = False


@dataclass(slots=True)
class RealtimeConnectEvent(OperationEvent):
    """A client opens a realtime connection. Times are seconds."""

    client_id: str
    idle_timeout: float = 300.0
    max_timeout: float = 1800.0


@dataclass(slots=True)
class RealtimeSubscribeEvent(OperationEvent):
    """A realtime client sets its whole set of ``subscriptions`` (changeable)."""

    client_id: str
    request: RequestInfo
    subscriptions: list[str] = field(default_factory=list)


@dataclass(slots=True)
class FileDownloadEvent(OperationEvent):
    """A record's file is about to be sent."""

    record: Record
    field_name: str
    file_name: str
    request: RequestInfo

    @property
    def collection(self) -> Collection:
        """The record's collection."""
        return self.record.collection


@dataclass(frozen=True, slots=True)
class RecordNeed:
    """What a route or socket asks for: that the caller may do ``action`` on a record of ``collection``.

    ``parameter`` names the URL variable (or the first message's key) that holds the record's id.
    """

    collection: str
    action: str
    parameter: str


@dataclass(frozen=True, slots=True)
class Socket:
    """A websocket endpoint. ``handler(connection)`` runs in the connection's thread once the caller's rights for
    ``needs`` are proved; ``connection`` is the core's ``SocketConnection``.

    ``needs`` is a sequence of ``RecordNeed`` (any of them that names a given id must hold), ``"auth"`` (any signed-in
    record), ``"superuser"`` or ``"public"``.
    """

    path: str
    handler: Callable[[Any], None]
    needs: tuple[RecordNeed, ...] | str
    description: str = "WebSocket connection established"


@dataclass(frozen=True, slots=True)
class Job:
    """A named function that RQ workers may run: ``function(app, *args)``. ``timeout`` in seconds.

    Each runs in a process of its own, forked for it, unless it is ``light``: then the worker itself runs it, which
    spares the fork (some 50 ms). That is for short jobs of which there are many, and which neither reach the cluster
    nor leave anything open.
    """

    name: str
    function: Callable[..., Any]
    timeout: int = 180
    retries: int = 0
    light: bool = False


@dataclass(frozen=True, slots=True)
class Schedule:
    """A cron line (five fields, UTC) that enqueues ``job`` with ``args``."""

    id: str
    cron: str
    job: str
    args: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Mount:
    """A Flask blueprint and the URL prefix where it goes (the plugin says which)."""

    blueprint: Any
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class UiExtension:
    """What a plugin adds to the browser UI: an ES module whose ``mount(element, context)`` draws ``page``."""

    id: str
    kind: str
    title: str
    module: str
    path: str = ""
