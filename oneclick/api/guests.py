"""How much of the server one address may take up without being signed in.

Each request under way holds a thread: while its body comes, while its answer is sent, and a stream or websocket for its
life. Counted here is what an address has under way as a guest; beyond a bound guests get a 429, and who is signed in
goes on.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

import flask
from werkzeug.wsgi import ClosingIterator

from oneclick.api.requests import address
from oneclick.auth.current import current_user
from oneclick.errors import TooManyRequests

VISIT = "oneclick.visit"
REFUSED = "Too many requests of guests are under way from this address. Try again later."


class Visit:
    """One request under way."""

    def __init__(self) -> None:
        self.address = ""
        self.is_known: Callable[[], bool] = lambda: False


class Guests:
    """The requests under way, by address. ``most`` of one address may be guests'."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._visits: defaultdict[str, set[Visit]] = defaultdict(set)
        self._lock = threading.Lock()

    def counted(self, application: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
        """Return a WSGI application whose requests are counted until their answers are sent."""

        def serve(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
            visit = environ[VISIT] = Visit()
            try:
                answer = application(environ, start_response)
            except BaseException:
                self._leave(visit)
                raise
            return ClosingIterator(answer, lambda: self._leave(visit))

        return serve

    def admit(self) -> None:
        """Count the request at hand. Raises ``TooManyRequests`` for a guest too many."""
        visit: Visit = flask.request.environ[VISIT]
        visit.address = address()
        if "Authorization" in flask.request.headers and current_user.is_authenticated:
            visit.is_known = lambda: True
        with self._lock:
            there = self._visits[visit.address]
            full = len(there) >= self._most and sum(not other.is_known() for other in there) >= self._most
            if not full or visit.is_known():
                there.add(visit)
                return
        raise TooManyRequests(REFUSED)

    def _leave(self, visit: Visit) -> None:
        with self._lock:
            there = self._visits.get(visit.address, set())
            there.discard(visit)
            if not there:
                self._visits.pop(visit.address, None)


def install(web: flask.Flask, most: int) -> None:
    """Bound what guests of one address have under way at once."""
    guests = Guests(most)
    web.wsgi_app = guests.counted(web.wsgi_app)  # type: ignore[method-assign]
    web.before_request(guests.admit)


def stays_guest_until(known: Callable[[], bool]) -> None:
    """Say when a connection that stays counts as a guest's no more: it may sign in later."""
    visit: Visit = flask.request.environ[VISIT]
    was = visit.is_known
    visit.is_known = lambda: was() or known()
