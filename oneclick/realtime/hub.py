"""PocketBase's realtime connections, across processes (contract §6).

Each connection belongs to one process; its subscriptions may be set through any. What all need to know of a client
is in a table in Redis; record changes travel by pub/sub, and each process judges and serialises for its own clients.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from contextlib import nullcontext
from typing import Any

import msgspec

from oneclick.auth import tokens
from oneclick.errors import ApiError, BadRequest, Forbidden, NotFound
from oneclick.ids import random_text
from oneclick.realtime.clients import Caller, Client, State, topics_of
from oneclick.realtime.events import Change, concerns, public_row
from oneclick.realtime.judge import Judge
from oneclick.realtime.topics import Topic, parse
from oneclick.records import Record

log = logging.getLogger(__name__)

CHANGES, CONTROL = "realtime.changes", "realtime.control"
CLIENTS, PROCESSES = "realtime.clients", "realtime.processes"
HEARTBEAT_SECONDS = 15.0
DEAD_SECONDS = 60.0
STATES_SECONDS = 1.0
ID_LENGTH = 40
MOST_DELETING = 1000


class Realtime:
    """All realtime connections of this process, and what it tells the others."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.process = random_text(12)
        self._clients: dict[str, Client] = {}
        self._deleting: dict[tuple[str, str], dict[str, list[str]]] = {}
        self._work: queue.SimpleQueue[tuple[str, bytes] | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._states: tuple[float, list[State]] = (-STATES_SECONDS, [])
        app.records.on_committed.append(self._committed)
        app.records.on_deleting.append(self._deleting_record)

    # Connections

    def connect(self, address: str, client_id: str | None = None) -> Client:
        """Open a connection of this process."""
        self._start()
        client = Client(State(client_id or random_text(ID_LENGTH), self.process, address))
        self._clients[client.state.id] = client
        self._note(client.state)
        client.send("PB_CONNECT", {"clientId": client.state.id})
        return client

    def disconnect(self, client: Client) -> None:
        """Forget a connection that is over."""
        client.gone = True
        self._clients.pop(client.state.id, None)
        self.app.broker.remove(CLIENTS, client.state.id)

    def state(self, client_id: str) -> State:
        """Return what is known of a client in any process. Raises ``NotFound``."""
        local = self._clients.get(client_id)
        if local is not None:
            return local.state
        content = self.app.broker.get(CLIENTS, client_id)
        if content is None:
            raise NotFound("Missing or invalid client id.")
        return State.decode(content)

    def subscribe(self, client_id: str, address: str, record: Record | None, topics: list[str]) -> None:
        """Replace a client's subscriptions; ``record`` is who asks from now on.

        Raises ``NotFound``, ``BadRequest`` for another address or unreadable topics and ``Forbidden`` for another
        record than before.
        """
        state = self.state(client_id)
        if state.address != address:
            raise BadRequest("Invalid realtime client.")
        try:
            for text in topics:
                parse(text)
        except ValueError as error:
            raise BadRequest from error
        caller = Caller(record.collection.id, record.id, tokens.fingerprint(record)) if record is not None else None
        before = state.caller
        if before is not None and (
            caller is None or (caller.collection, caller.record) != (before.collection, before.record)
        ):
            raise Forbidden("The current and the previous request authorization don't match.")
        self._set(msgspec.structs.replace(state, caller=caller, topics=tuple(topics)))

    def deliver(self, client_id: str, address: str, topic: str, data: bytes) -> bool:
        """Send an event to a client of any process that waits for ``topic``, and end that subscription.

        Tells whether there is such a client at ``address``.
        """
        try:
            state = self.state(client_id)
        except NotFound:
            return False
        if state.address != address or topic not in state.topics:
            return False
        self.send(client_id, topic, data)
        self._set(msgspec.structs.replace(state, topics=tuple(text for text in state.topics if text != topic)))
        return True

    def send(self, client_id: str, event: str, data: bytes) -> None:
        """Send an event of one's own to a client of any process."""
        message = msgspec.json.encode({"to": client_id, "event": event, "data": data.decode()})
        self.app.broker.publish(CONTROL, message)

    def close(self) -> None:
        """End all connections and the thread."""
        for client in list(self._clients.values()):
            client.close()
        self._work.put(None)
        if self._thread is not None:
            self._thread.join(2)
            self.app.broker.remove(PROCESSES, self.process)

    # Changes of records, in the process that makes them

    def _deleting_record(self, record: Record) -> None:
        """Judge which clients of all processes may see a record that is about to go."""
        collection, judge = record.collection, Judge(self.app)
        allowed: dict[str, list[str]] = {}
        for state, topic in topics_of(self._all_states()):
            if concerns(topic, collection, record.id):
                seen = allowed.setdefault(state.id, [])
                if self._sees(judge, record, state, topic):
                    seen.append(topic.text)
        # Those of deletions that were rolled back stay behind.
        if len(self._deleting) >= MOST_DELETING:
            self._deleting.clear()
        self._deleting[collection.id, record.id] = allowed

    def _sees(self, judge: Judge, record: Record, state: State, topic: Topic) -> bool:
        """Tell whether a client may see a record that is about to go; one client's fault is not the others'."""
        try:
            # What a client's filter does to the database must not spoil the transaction for the rest.
            with self.app.database.transaction() if topic.query.get("filter") else nullcontext():
                return judge.sees(record, state.caller, topic)
        except Exception:
            log.exception("a deletion of %r could not be judged for a client", record)
            return False

    def _committed(self, action: str, record: Record) -> None:
        """Tell all processes of a change."""
        allowed = self._deleting.pop((record.collection.id, record.id), None)
        change = Change(action, record.collection.id, public_row(record), allowed if action == "delete" else None)
        self.app.broker.publish(CHANGES, change.encode())

    # What arrives from all processes

    def _start(self) -> None:
        with self._lock:
            if self._thread is not None:
                return
            self._thread = threading.Thread(target=self._run, name="realtime", daemon=True)
            self._thread.start()
        broker = self.app.broker
        broker.subscribe(CHANGES, lambda content: self._work.put((CHANGES, content)))
        broker.subscribe(CONTROL, lambda content: self._work.put((CONTROL, content)))
        # Something may have been missed: clients that connect again load what they show again.
        broker.on_reconnect(self._let_go)
        broker.put(PROCESSES, self.process, str(time.time()).encode())

    def _run(self) -> None:
        beat = time.monotonic()
        while True:
            try:
                work = self._work.get(timeout=HEARTBEAT_SECONDS)
                if work is None:
                    return
                self._handle(*work)
            except queue.Empty:
                pass
            except Exception:
                log.exception("a realtime message could not be handled")
            if time.monotonic() - beat >= HEARTBEAT_SECONDS:
                beat = time.monotonic()
                self._heartbeat()

    def _handle(self, channel: str, content: bytes) -> None:
        if channel == CHANGES:
            if self._clients:
                self._dispatch(Change.decode(content))
            return
        message = msgspec.json.decode(content)
        client = self._clients.get(message["to"])
        if client is None:
            return
        if "state" in message:
            client.set(msgspec.convert(message["state"], State))
        else:
            client.send(message["event"], message["data"].encode())

    def _dispatch(self, change: Change) -> None:
        collection = self.app.collections.get(change.collection)
        if collection is None:
            return
        record = Record(collection, change.stored)
        judge = Judge(self.app)
        for client in list(self._clients.values()):
            topics = [topic for topic in client.topics if concerns(topic, collection, record.id)]
            for topic in topics:
                self._tell(client, topic, change, record, judge)
            if topics and client.state.caller is not None and judge.caller(client.state.caller) is None:
                self._set(msgspec.structs.replace(client.state, caller=None))

    def _tell(self, client: Client, topic: Topic, change: Change, record: Record, judge: Judge) -> None:
        """Send a change to a client that may see it. One that cannot be served does not keep the others waiting."""
        caller, judged = client.state.caller, (change.allowed or {}).get(client.state.id)
        try:
            if judged is not None:
                seen = topic.text in judged
            else:
                seen = judge.sees(record, caller, topic, gone=change.action == "delete")
            if seen:
                client.send(topic.text, judge.event(change.action, record, caller, topic))
        except ApiError as error:
            log.info("a subscription to %s gets nothing: %s", topic.text, error)
        except Exception:
            log.exception("a change of %r could not be sent", record)

    # What all processes know

    def _set(self, state: State) -> None:
        self._note(state)
        local = self._clients.get(state.id)
        if local is not None:
            local.set(state)
        else:
            message = {"to": state.id, "state": msgspec.to_builtins(state)}
            self.app.broker.publish(CONTROL, msgspec.json.encode(message))

    def _note(self, state: State) -> None:
        self.app.broker.put(CLIENTS, state.id, state.encode())

    def _all_states(self) -> list[State]:
        """Return the clients of all processes that live, as of a second ago at most."""
        at, states = self._states
        if time.monotonic() - at < STATES_SECONDS:
            return states
        broker = self.app.broker
        found = [State.decode(content) for content in broker.all(CLIENTS).values()]
        if found:
            now = time.time()
            living = {key for key, beat in broker.all(PROCESSES).items() if now - float(beat) < DEAD_SECONDS}
            broker.remove(CLIENTS, *[state.id for state in found if state.process not in living])
            found = [state for state in found if state.process in living]
        self._states = (time.monotonic(), found)
        return found

    def _heartbeat(self) -> None:
        """Say that this process lives; after Redis was flushed, say again whom it serves."""
        flushed = not self.app.broker.has(PROCESSES, self.process)
        self.app.broker.put(PROCESSES, self.process, str(time.time()).encode())
        if flushed:
            for client in list(self._clients.values()):
                self._note(client.state)

    def _let_go(self) -> None:
        for client in list(self._clients.values()):
            client.close()
