"""From a request to its answer: who asks, what for, and which part of the server knows."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from oneclick_demo_cluster.machinery import kinds
from oneclick_demo_cluster.machinery.deletion import delete, deleted_status
from oneclick_demo_cluster.machinery.errors import (
    StatusError,
    bad_request,
    forbidden_value,
    invalid,
    no_such_path,
    required,
    unsupported,
)
from oneclick_demo_cluster.machinery.objects import Obj, copy_of, name_of
from oneclick_demo_cluster.machinery.scale import patched_scale, scale_of, set_scale
from oneclick_demo_cluster.machinery.store import Store
from oneclick_demo_cluster.machinery.writes import APPLY_PATCH, Options, Writer
from oneclick_demo_cluster.server import discovery, podlogs, reviews, usage
from oneclick_demo_cluster.server.messages import Request, Response, error_response, json_response
from oneclick_demo_cluster.server.presenting import list_of, list_page, matcher, present
from oneclick_demo_cluster.server.routing import Target, resolve, verb_of
from oneclick_demo_cluster.server.watching import watch

log = logging.getLogger(__name__)

HEALTH = ("/healthz", "/livez", "/readyz")


@dataclass(slots=True)
class ApiServer:
    """The whole API over one store."""

    store: Store
    writer: Writer
    token: str

    def answer(self, request: Request) -> Response:
        """Answer a request, with a ``Status`` for whatever goes wrong."""
        try:
            self._authenticate(request)
            return self._answer(request)
        except StatusError as error:
            return error_response(error)
        except Exception as error:
            log.exception("%s %s failed", request.method, request.path)
            return error_response(StatusError(500, "InternalError", f"Internal error occurred: {error}"))

    def _authenticate(self, request: Request) -> None:
        scheme, _, token = (request.headers.get("authorization") or "").partition(" ")
        if scheme.lower() != "bearer" or not hmac.compare_digest(token.strip().encode(), self.token.encode()):
            raise StatusError(401, "Unauthorized", "Unauthorized")

    def _answer(self, request: Request) -> Response:
        path = request.path.rstrip("/")
        if request.method == "GET":
            if path in HEALTH:
                return Response(body=b"ok", content_type="text/plain; charset=utf-8")
            found = discovery.paths() if not path else discovery.discover(path)
            if found is not None:
                return json_response(found)
        target = resolve(path)
        watching = request.method == "GET" and request.flag("watch")
        verb = verb_of(request.method, target, watch=watching)
        if target.kind is kinds.ACCESS_REVIEWS:
            return json_response(reviews.allow(request.json()), 201)
        if target.kind in kinds.VIRTUAL:
            return json_response(usage.answer(self.store, target, request))
        if verb == "watch":
            return watch(self.store, target.kind, target.namespace, target.name, request)
        if target.subresource and target.subresource not in ("status", "finalize"):
            return self._subresource(target, verb, request)
        return VERBS[verb](self, target, request)

    def get(self, target: Target, request: Request) -> Response:
        """Read one object."""
        obj = self.writer.live(target.kind, target.namespace, target.name)
        return json_response(present(target.kind, obj, request.accept))

    def list(self, target: Target, request: Request) -> Response:
        """Read many."""
        limit = request.number("limit") or 0
        page = list_page(self.store, target.kind, target.namespace, request.query, limit, request.accept)
        return json_response(page)

    def create(self, target: Target, request: Request) -> Response:
        """Create an object."""
        if target.kind.namespaced and not target.namespace:
            raise StatusError(
                405, "MethodNotAllowed", "the server does not allow this method on the requested resource"
            )
        obj = self.writer.create(target.kind, target.namespace, request.json(), _options(target, request))
        return json_response(present(target.kind, obj), 201)

    def update(self, target: Target, request: Request) -> Response:
        """Replace an object."""
        options = _options(target, request)
        obj = self.writer.replace(target.kind, target.namespace, target.name, request.json(), options)
        return json_response(present(target.kind, obj))

    def patch(self, target: Target, request: Request) -> Response:
        """Patch an object; a server-side apply may create it."""
        options = _options(target, request)
        _check_patch(target, request)
        existed = self.store.get(target.kind, target.namespace, target.name) is not None
        content_type = request.content_type
        obj = self.writer.patch(target.kind, target.namespace, target.name, content_type, request.json(), options)
        return json_response(present(target.kind, obj), 200 if existed else 201)

    def delete(self, target: Target, request: Request) -> Response:
        """Delete an object."""
        options, dry_run = _delete_options(request)
        obj, done = delete(self.writer, target.kind, target.namespace, target.name, options, dry_run=dry_run)
        return json_response(deleted_status(target.kind, obj) if done else present(target.kind, obj))

    def deletecollection(self, target: Target, request: Request) -> Response:
        """Delete all that the selectors select."""
        options, dry_run = _delete_options(request)
        match = matcher(request.query.get("labelSelector", ""), request.query.get("fieldSelector", ""))
        chosen = [obj for obj in self.store.list(target.kind, target.namespace) if match is None or match(obj)]
        deleted = []
        for obj in chosen:
            namespace = obj["metadata"].get("namespace", "")
            deleted.append(delete(self.writer, target.kind, namespace, name_of(obj), options, dry_run=dry_run)[0])
        return json_response(list_of(target.kind, deleted, {"resourceVersion": str(self.store.version)}))

    def _subresource(self, target: Target, verb: str, request: Request) -> Response:
        if target.subresource == "log" and verb == "get":
            return podlogs.answer(self.store, target, request)
        if target.subresource == "scale":
            return self._scale(target, verb, request)
        if target.subresource == "eviction" and verb == "create":
            options = request.json() if request.body else {}
            delete_options = options.get("deleteOptions") if isinstance(options, dict) else None
            obj, _ = delete(
                self.writer, target.kind, target.namespace, target.name, delete_options, dry_run=request.dry_run
            )
            return json_response(deleted_status(target.kind, obj), 201)
        raise no_such_path()

    def _scale(self, target: Target, verb: str, request: Request) -> Response:
        live = self.writer.live(target.kind, target.namespace, target.name)
        if verb == "get":
            return json_response(scale_of(live))
        options = _options(target, request)
        body: Any = request.json()
        if verb == "patch":
            body = patched_scale(live, request.content_type, body)
        return json_response(set_scale(self.writer, target.kind, target.namespace, target.name, body, options))


VERBS: dict[str, Callable[[ApiServer, Target, Request], Response]] = {
    "get": ApiServer.get,
    "list": ApiServer.list,
    "create": ApiServer.create,
    "update": ApiServer.update,
    "patch": ApiServer.patch,
    "delete": ApiServer.delete,
    "deletecollection": ApiServer.deletecollection,
}


def _options(target: Target, request: Request) -> Options:
    strict = request.query.get("fieldValidation") == "Strict"
    return Options(request.manager, request.flag("force"), request.dry_run, target.subresource, strict)


def _check_patch(target: Target, request: Request) -> None:
    who = kinds.Kind("meta.k8s.io", "v1", "PatchOptions", "patchoptions")
    if request.content_type == APPLY_PATCH and not request.query.get("fieldManager"):
        raise invalid(who, "", [required("fieldManager", "is required for apply patch")])
    if request.content_type != APPLY_PATCH and request.query.get("force"):
        raise invalid(who, "", [forbidden_value("force", "may not be specified for non-apply patch")])


def _delete_options(request: Request) -> tuple[Obj, bool]:
    """Options come in the body, and in the query, which yields to it."""
    options: Obj = {}
    for field in ("propagationPolicy", "gracePeriodSeconds", "orphanDependents"):
        if field in request.query:
            options[field] = request.query[field]
    if "gracePeriodSeconds" in options:
        options["gracePeriodSeconds"] = request.number("gracePeriodSeconds")
    if "orphanDependents" in options:
        options["orphanDependents"] = request.flag("orphanDependents")
    body = request.json() if request.body.strip() else {}
    if not isinstance(body, dict):
        raise bad_request("the object provided is unrecognized (must be of type DeleteOptions)")
    options.update({key: value for key, value in copy_of(body).items() if value is not None})
    dry_run = request.dry_run or "All" in (options.get("dryRun") or ())
    policy = options.get("propagationPolicy")
    if policy not in (None, "Orphan", "Background", "Foreground"):
        who = kinds.Kind("meta.k8s.io", "v1", "DeleteOptions", "deleteoptions")
        raise invalid(
            who, "", [unsupported("propagationPolicy", policy, ("Foreground", "Background", "Orphan", "nil"))]
        )
    return options, dry_run
