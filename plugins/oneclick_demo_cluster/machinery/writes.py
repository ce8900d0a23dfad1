"""The way of every write: decode, prepare, default, admit, check, note the owner of each field, store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from oneclick_demo_cluster.machinery import kinds
from oneclick_demo_cluster.machinery.admission import admit, admit_last
from oneclick_demo_cluster.machinery.apply import apply, track_update
from oneclick_demo_cluster.machinery.decoding import decode, settle_text
from oneclick_demo_cluster.machinery.defaults import apply_defaults
from oneclick_demo_cluster.machinery.errors import StatusError, already_exists, bad_request, conflict, not_found
from oneclick_demo_cluster.machinery.kinds import Kind
from oneclick_demo_cluster.machinery.objects import (
    Obj,
    copy_of,
    is_terminating,
    name_of,
    namespace_of,
    new_uid,
    random_suffix,
    time_text,
)
from oneclick_demo_cluster.machinery.patches import json_patch, merge_patch, strategic_patch
from oneclick_demo_cluster.machinery.schema import drop_unknown, refuse_unknown
from oneclick_demo_cluster.machinery.store import Store, stored
from oneclick_demo_cluster.machinery.validation import validate

GENERATIONS = frozenset(
    {
        kinds.DEPLOYMENTS,
        kinds.REPLICA_SETS,
        kinds.JOBS,
        kinds.CRON_JOBS,
        kinds.INGRESSES,
        kinds.NETWORK_POLICIES,
        kinds.DISRUPTION_BUDGETS,
        kinds.PODS,
    }
)
"""Kinds whose generation counts the changes of their specification."""

KEPT_METADATA = ("uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation")
MODIFIED = "the object has been modified; please apply your changes to the latest version and try again"

APPLY_PATCH = "application/apply-patch+yaml"
PATCHES: dict[str, Callable[[Any, Any], Any]] = {
    "application/json-patch+json": json_patch,
    "application/merge-patch+json": merge_patch,
    "application/strategic-merge-patch+json": strategic_patch,
}


@dataclass(frozen=True, slots=True)
class Options:
    """What a write's query says."""

    manager: str = "unknown"
    force: bool = False
    dry_run: bool = False
    subresource: str = ""
    strict: bool = False


class Writer:
    """Creates and changes objects, for clients and for controllers alike."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def create(self, kind: Kind, namespace: str, body: Any, options: Options) -> Obj:
        """Create an object from a request's body (or from what a controller made)."""
        obj = self._decode(kind, namespace, body)
        drop_unknown(kind, obj, strict=options.strict)
        with self.store.lock:
            return self._create(kind, obj, options, live=None)

    def _create(self, kind: Kind, obj: Obj, options: Options, live: Obj | None) -> Obj:
        metadata = obj["metadata"]
        if "name" not in metadata and metadata.get("generateName"):
            metadata["name"] = metadata["generateName"][:58] + random_suffix()
        if metadata.get("name") and self.store.get(kind, namespace_of(obj), name_of(obj)):
            raise already_exists(kind, name_of(obj))
        if metadata.get("resourceVersion"):
            raise bad_request("resourceVersion should not be set on objects to be created")
        for field in ("selfLink", "deletionTimestamp", "deletionGracePeriodSeconds", "managedFields", "uid"):
            if field != "managedFields" or live is None:
                metadata.pop(field, None)
        metadata.update({"uid": new_uid(), "creationTimestamp": time_text()})
        metadata.setdefault("name", "")
        if kind in GENERATIONS:
            metadata["generation"] = 1
        if kind.has_status:
            obj.pop("status", None)
        self._finish(kind, None, obj)
        if live is None:
            track_update(kind, None, obj, options.manager)
        if options.dry_run:
            return obj
        created = self.store.put(kind, obj)
        if kind is kinds.NAMESPACES:
            self._furnish(name_of(created))
        return created

    def _finish(self, kind: Kind, old: Obj | None, obj: Obj) -> None:
        """Default, admit, check."""
        settle_text(kind, obj)
        apply_defaults(kind, obj)
        if name := obj["metadata"].get("name"):
            obj["metadata"]["name"] = name
        admit(self.store, kind, old, obj)
        validate(kind, old, obj)
        admit_last(self.store, kind, old, obj)

    def _furnish(self, namespace: str) -> None:
        """Each namespace has a service account ``default`` and the cluster's certificate from the start."""
        account = {"metadata": {"name": "default"}}
        certificate = {"metadata": {"name": "kube-root-ca.crt"}, "data": {"ca.crt": ""}}
        options = Options("kube-controller-manager")
        self.create(kinds.SERVICE_ACCOUNTS, namespace, account, options)
        self.create(kinds.CONFIG_MAPS, namespace, certificate, options)

    def replace(self, kind: Kind, namespace: str, name: str, body: Any, options: Options) -> Obj:
        """Replace an object (or its status) by a request's body."""
        obj = self._decode(kind, namespace, body)
        drop_unknown(kind, obj, strict=options.strict)
        if name_of(obj) != name:
            text = f"the name of the object ({name_of(obj)}) does not match the name on the URL ({name})"
            raise bad_request(text)
        with self.store.lock:
            return self._update(kind, self.live(kind, namespace, name), obj, options)

    def patch(self, kind: Kind, namespace: str, name: str, type_: str, patch: Any, options: Options) -> Obj:
        """Change an object by one of the four kinds of patch."""
        if type_ == APPLY_PATCH:
            return self._apply(kind, namespace, name, patch, options)
        operation = PATCHES.get(type_)
        if operation is None:
            text = "the body of the request was in an unknown format - accepted media types include: "
            raise StatusError(415, "UnsupportedMediaType", text + ", ".join([*PATCHES, APPLY_PATCH]))
        with self.store.lock:
            live = self.live(kind, namespace, name)
            obj = self._decode(kind, namespace, operation(copy_of(live), patch))
            drop_unknown(kind, obj, strict=options.strict)
            return self._update(kind, live, obj, options)

    def _apply(self, kind: Kind, namespace: str, name: str, body: Any, options: Options) -> Obj:
        wanted = self._decode(kind, namespace, body)
        refuse_unknown(kind, wanted)
        metadata = wanted["metadata"]
        if "managedFields" in metadata:
            raise bad_request("metadata.managedFields must be nil")
        if metadata.setdefault("name", name) != name:
            raise bad_request(
                f"the name of the object ({metadata['name']}) does not match the name on the URL ({name})"
            )
        if options.subresource != "status" and kind.has_status:
            wanted.pop("status", None)
        with self.store.lock:
            live = self.store.get(kind, namespace, name)
            if live is None and options.subresource:
                raise not_found(kind, name)
            for field in ("uid", "resourceVersion"):
                if live is None and field in metadata:
                    raise conflict(
                        kind, name, f"{field} mismatch: the provided object specified {field} {metadata[field]}"
                    )
            merged = apply(kind, live, wanted, options.manager, force=options.force, subresource=options.subresource)
            if live is None:
                return self._create(kind, merged, options, live=merged)
            merged = copy_of(merged)
            if "resourceVersion" not in metadata:
                merged["metadata"].pop("resourceVersion", None)
            return self._update(kind, live, merged, options, tracked=True)

    def _update(self, kind: Kind, old: Obj, new: Obj, options: Options, *, tracked: bool = False) -> Obj:
        """Store ``new`` in the place of ``old`` after all checks; returns ``old`` itself when nothing changes."""
        new = self._prepare(kind, old, new, options)
        managed = new["metadata"].get("managedFields")
        self._finish(kind, old, new)
        if tracked and managed:
            new["metadata"]["managedFields"] = managed
        elif not tracked:
            track_update(kind, old, new, options.manager, options.subresource)
        if kind in GENERATIONS and old.get("spec") != new.get("spec"):
            new["metadata"]["generation"] = old["metadata"].get("generation", 1) + 1
        new["metadata"]["resourceVersion"] = old["metadata"]["resourceVersion"]
        if new == old:
            return old
        if options.dry_run:
            return new
        return self.commit(kind, new)

    def _prepare(self, kind: Kind, old: Obj, new: Obj, options: Options) -> Obj:
        metadata = new["metadata"]
        name = name_of(old)
        if metadata.get("resourceVersion") not in (None, "", old["metadata"]["resourceVersion"]):
            raise conflict(kind, name, MODIFIED)
        if metadata.get("uid") not in (None, old["metadata"]["uid"]):
            text = f"Precondition failed: UID in precondition: {metadata['uid']}, UID in object meta: "
            raise conflict(kind, name, text + old["metadata"]["uid"])
        if options.subresource == "status":
            managed = metadata.get("managedFields")
            result: Obj = copy_of(old)
            result["status"] = new.get("status") or {}
            if managed:
                result["metadata"]["managedFields"] = managed
            return result
        for field in KEPT_METADATA:
            metadata.pop(field, None)
            if field in old["metadata"]:
                metadata[field] = old["metadata"][field]
        if kind.has_status:
            new.pop("status", None)
            if "status" in old:
                new["status"] = copy_of(old["status"])
        if kind is kinds.NAMESPACES and options.subresource != "finalize":
            new.setdefault("spec", {})["finalizers"] = list(old["spec"].get("finalizers") or ())
        return new

    def change(
        self, kind: Kind, namespace: str, name: str, change: Callable[[Obj], None], manager: str = ""
    ) -> Obj | None:
        """Change an object from inside the cluster: ``change`` edits a copy, which is stored if it differs.

        With ``manager`` the changed fields are noted as that manager's; status is nobody's."""
        with self.store.lock:
            old = self.store.get(kind, namespace, name)
            if old is None:
                return None
            new: Obj = copy_of(old)
            change(new)
            if new == old:
                return old
            if kind in GENERATIONS and old.get("spec") != new.get("spec"):
                new["metadata"]["generation"] = old["metadata"].get("generation", 1) + 1
            if manager:
                track_update(kind, old, new, manager)
            return self.commit(kind, new)

    def commit(self, kind: Kind, obj: Obj) -> Obj:
        """Store a changed object, or let it go when it only waited for its finalizers."""
        done = is_terminating(obj) and not obj["metadata"].get("finalizers")
        if done and not obj["metadata"].get("deletionGracePeriodSeconds") and not _held(kind, obj):
            self.store.put(kind, obj)
            return self.store.remove(kind, obj)
        return self.store.put(kind, obj)

    def live(self, kind: Kind, namespace: str, name: str) -> Obj:
        """Return the object as it is. Raises a 404."""
        obj = self.store.get(kind, namespace, name)
        if obj is None:
            raise not_found(kind, name)
        return obj

    def _decode(self, kind: Kind, namespace: str, body: Any) -> Obj:
        obj: Obj = decode(stored(kind), copy_of(body))
        metadata = obj["metadata"]
        if not kind.namespaced:
            metadata.pop("namespace", None)
        elif metadata.setdefault("namespace", namespace) != namespace:
            text = "the namespace of the provided object does not match the namespace sent on the request"
            raise bad_request(text)
        return obj


def _held(kind: Kind, obj: Obj) -> bool:
    """A namespace stays until its contents are gone."""
    return kind is kinds.NAMESPACES and bool(obj["spec"].get("finalizers"))


def as_dry_run(options: Options) -> Options:
    """Return the same options for a rehearsal."""
    return replace(options, dry_run=True)
