"""The hook contract of One-Click: specifications, event classes and the ``hookimpl`` marker. Imports pluggy alone.

A plugin is a module with functions named after hooks and marked ``@hookimpl``::

    from oneclick_hooks import hookimpl, on

    @hookimpl
    @on("projects")
    def on_record_create(event):
        ...
"""

from oneclick_hooks import auth, collections, jobs, kubernetes, lifecycle, realtime, records, settings, web
from oneclick_hooks.events import (
    AppEvent,
    AuthEvent,
    AuthWithOAuth2Event,
    FileDownloadEvent,
    Job,
    Mount,
    OperationEvent,
    RealtimeConnectEvent,
    RealtimeSubscribeEvent,
    RecordEnrichEvent,
    RecordErrorEvent,
    RecordEvent,
    RecordNeed,
    RecordsListEvent,
    Schedule,
    ServeEvent,
    Socket,
    TerminateEvent,
    UiExtension,
)
from oneclick_hooks.markers import ENTRY_POINT_GROUP, PROJECT, hookimpl, hookspec, on
from oneclick_hooks.oauth2 import AuthProvider, OAuth2Client, OAuth2Error, OAuth2User

SPECIFICATIONS = (lifecycle, records, collections, auth, web, jobs, settings, realtime, kubernetes)
"""The modules whose functions are hook specifications, in the order in which the documentation lists them."""

__all__ = [
    "ENTRY_POINT_GROUP",
    "PROJECT",
    "SPECIFICATIONS",
    "AppEvent",
    "AuthEvent",
    "AuthProvider",
    "AuthWithOAuth2Event",
    "FileDownloadEvent",
    "Job",
    "Mount",
    "OAuth2Client",
    "OAuth2Error",
    "OAuth2User",
    "OperationEvent",
    "RealtimeConnectEvent",
    "RealtimeSubscribeEvent",
    "RecordEnrichEvent",
    "RecordErrorEvent",
    "RecordEvent",
    "RecordNeed",
    "RecordsListEvent",
    "Schedule",
    "ServeEvent",
    "Socket",
    "TerminateEvent",
    "UiExtension",
    "hookimpl",
    "hookspec",
    "on",
]
