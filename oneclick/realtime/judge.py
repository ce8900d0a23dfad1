"""Who may see a changed record, and what of it."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import orjson

from oneclick.auth import tokens
from oneclick.errors import ApiError
from oneclick.filters import FilterError
from oneclick.realtime.clients import Caller
from oneclick.realtime.topics import Topic
from oneclick.records import Record, RequestInfo, expand_records, rule_holds, serialise
from oneclick.records.picker import pick

log = logging.getLogger(__name__)

_Key = tuple[Any, ...]


class Judge:
    """Judges one change for many subscribers: those who are alike are judged once."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self._callers: dict[Caller, Record | None] = {}
        self._seen: dict[_Key, bool] = {}
        self._events: dict[_Key, bytes] = {}

    def caller(self, caller: Caller) -> Record | None:
        """Return the record that set the subscriptions; ``None`` once its tokens have become invalid."""
        if caller not in self._callers:
            known = self._app.collections.get(caller.collection)
            record = self._app.records.find(known, caller.record) if known is not None else None
            valid = record is not None and tokens.fingerprint(record) == caller.proof
            self._callers[caller] = record if valid else None
        return self._callers[caller]

    def sees(self, record: Record, caller: Caller | None, topic: Topic, *, gone: bool = False) -> bool:
        """Tell whether a subscriber may see the record: by the list rule for ``/*``, by the view rule for one.

        ``gone``: it is not in the database any more, so that its last values are judged.
        """
        key = _key(caller, topic)
        if key not in self._seen:
            try:
                self._seen[key] = self._sees(record, self._info(caller, topic), topic, gone)
            except (ApiError, FilterError) as error:
                log.info("a subscription to %s gets nothing: %s", topic.text, error)
                self._seen[key] = False
        return self._seen[key]

    def event(self, action: str, record: Record, caller: Caller | None, topic: Topic) -> bytes:
        """Return an event's data for a subscriber."""
        key = _key(caller, topic)
        if key not in self._events:
            info, store = self._info(caller, topic), self._app.records
            expanded = expand_records(store, [record], topic.query.get("expand", ""), info)[0]
            data: Any = serialise(store, record, info, expand=expanded)
            if fields := topic.query.get("fields", ""):
                data = pick(data, fields)
            self._events[key] = orjson.dumps({"action": action, "record": data})
        return self._events[key]

    def _info(self, caller: Caller | None, topic: Topic) -> RequestInfo:
        auth = self.caller(caller) if caller is not None else None
        return RequestInfo("realtime", "GET", topic.query, topic.headers, {}, auth)

    def _sees(self, record: Record, info: RequestInfo, topic: Topic, gone: bool) -> bool:
        collection, store = record.collection, self._app.records
        rule = "" if info.is_superuser else collection.rule(topic.action)
        if rule is None or (not info.is_superuser and self._app.collections.plugin_is_off(collection)):
            return False
        narrowed = topic.query.get("filter", "")
        if gone:
            return rule_holds(store, record, rule, info) and rule_holds(store, record, narrowed, info, client=True)
        if not rule and not narrowed:
            return True
        query = store.query(collection, request=info)
        query.rule(rule)
        query.client_filter(narrowed)
        return query.one(record.id) is not None


def _key(caller: Caller | None, topic: Topic) -> _Key:
    return caller, topic.action, _frozen(topic.query), _frozen(topic.headers)


def _frozen(values: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(values.items()))
