"""Objects as clients get them: lists, metadata alone, and core events under the newer group."""

from __future__ import annotations

import base64
import binascii
from typing import Any

import orjson

from oneclick_demo_cluster.machinery.errors import bad_request, expired
from oneclick_demo_cluster.machinery.kinds import NEW_EVENTS, Kind
from oneclick_demo_cluster.machinery.objects import Obj, name_of, namespace_of
from oneclick_demo_cluster.machinery.selectors import Match, field_matcher, label_matcher
from oneclick_demo_cluster.machinery.store import Store

MOST_ITEMS = 5000
"""The largest page."""


def matcher(labels: str, fields: str) -> Match | None:
    """Compile both selectors of a query; ``None`` when they select everything."""
    checks = [check for check in (label_matcher(labels), field_matcher(fields)) if check is not None]
    if not checks:
        return None
    return lambda obj: all(check(obj) for check in checks)


def present(kind: Kind, obj: Obj, accept: str = "") -> Obj:
    """Return the object as this kind's version shows it."""
    if kind is NEW_EVENTS:
        obj = new_event(obj)
    if "as=PartialObjectMetadata" in accept:
        return {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": obj["metadata"]}
    return obj


def list_page(store: Store, kind: Kind, namespace: str, query: dict[str, str], limit: int, accept: str) -> Obj:
    """Return a list, or one page of it."""
    match = matcher(query.get("labelSelector", ""), query.get("fieldSelector", ""))
    with store.lock:
        version, items = str(store.version), store.list(kind, namespace)
        after: list[str] = []
        if token := query.get("continue"):
            version, after = _read_token(token)
            if int(version) < store.log(kind).forgotten:
                raise expired("The provided continue parameter is too old to display a consistent list result.")
    selected = [obj for obj in items if match is None or match(obj)]
    if after:
        selected = [obj for obj in selected if [namespace_of(obj), name_of(obj)] > after]
    metadata: Obj = {"resourceVersion": version}
    limit = limit or MOST_ITEMS
    if len(selected) > limit:
        last = selected[limit - 1]
        metadata["continue"] = _write_token(version, [namespace_of(last), name_of(last)])
        if match is None:
            metadata["remainingItemCount"] = len(selected) - limit
    if "as=PartialObjectMetadataList" in accept:
        shown = [present(kind, obj, accept) for obj in selected[:limit]]
        return {
            "kind": "PartialObjectMetadataList",
            "apiVersion": "meta.k8s.io/v1",
            "metadata": metadata,
            "items": shown,
        }
    return list_of(kind, [present(kind, obj) for obj in selected[:limit]], metadata)


def list_of(kind: Kind, items: list[Obj], metadata: Obj) -> Obj:
    """Return a list object; its items carry neither kind nor version, as in the original."""
    bare = [{key: value for key, value in item.items() if key not in ("kind", "apiVersion")} for item in items]
    return {"kind": f"{kind.kind}List", "apiVersion": kind.api_version, "metadata": metadata, "items": bare}


def new_event(event: Obj) -> Obj:
    """Show a core event as ``events.k8s.io/v1`` does."""
    shown: dict[str, Any] = {
        "apiVersion": NEW_EVENTS.api_version,
        "kind": "Event",
        "metadata": event["metadata"],
        "eventTime": event.get("eventTime"),
        "reason": event.get("reason", ""),
        "note": event.get("message", ""),
        "type": event.get("type", "Normal"),
        "regarding": event.get("involvedObject") or {},
        "deprecatedSource": event.get("source") or {},
        "deprecatedFirstTimestamp": event.get("firstTimestamp"),
        "deprecatedLastTimestamp": event.get("lastTimestamp"),
        "deprecatedCount": event.get("count", 1),
        "reportingController": event.get("reportingComponent", ""),
        "reportingInstance": event.get("reportingInstance", ""),
    }
    return shown


def _write_token(version: str, after: list[str]) -> str:
    return base64.urlsafe_b64encode(orjson.dumps([version, after])).decode()


def _read_token(token: str) -> tuple[str, list[str]]:
    try:
        version, after = orjson.loads(base64.urlsafe_b64decode(token.encode()))
        return str(int(version)), [str(part) for part in after]
    except (binascii.Error, ValueError, TypeError):
        raise bad_request("continue key is not valid: illegal base64 data") from None
