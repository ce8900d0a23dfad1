"""The one client of the API server: raw JSON over the Kubernetes library's transport, bounded in time and number.

Typed API classes cost a second and 70 MB at import and a model for each object; none is used.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import orjson

from oneclick.errors import ConfigError
from oneclick_kubernetes.cluster.budget import within
from oneclick_kubernetes.cluster.connection import cache_name, configuration_for
from oneclick_kubernetes.cluster.kinds import BY_NAME, Kind, name_of, namespace_of
from oneclick_kubernetes.cluster.stream import Stream
from oneclick_kubernetes.errors import ClusterError, Missing, Unreachable, from_status

if TYPE_CHECKING:
    from oneclick_hooks.kubernetes import ClusterConnection

MANAGER = "oneclick"
CONNECT_TIMEOUT = 3.0
READ_TIMEOUT = 15.0
PAGE = 500
APPLY_TYPE = "application/apply-patch+yaml"
MERGE_TYPE = "application/merge-patch+json"
JSON_TYPE = "application/json"
LONGEST_ANSWER = 256 * 1024 * 1024


class Client:
    """Reads and writes objects of one cluster. Safe to use from many threads; opens nothing until first used."""

    def __init__(self, connection: ClusterConnection, data_dir: Path) -> None:
        self.connection = connection
        self._data_dir = data_dir
        self._lock = threading.Lock()
        self._api: Any = None
        self._streams: Any = None
        self._dynamic: Any = None
        self._read_stamp: Any = None

    # Requests

    def request(
        self,
        method: str,
        path: str,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        content_type: str = JSON_TYPE,
        timeout: float = READ_TIMEOUT,
    ) -> dict[str, Any]:
        """Send a request and return the JSON answer. Raises ``ClusterError``."""
        response = self._send(self._transport(), method, path, query, body, content_type, timeout)
        try:
            data = response.read(LONGEST_ANSWER)
        except Exception as error:
            raise self._broken(error) from error
        finally:
            response.release_conn()
        return self._answer(response.status, data)

    def stream(self, path: str, query: Mapping[str, Any] | None = None, silence: float = 120.0) -> Stream:
        """Open an answer that keeps coming. ``silence`` is the longest wait between two parts of it."""
        response = self._send(self._stream_transport(), "GET", path, query, None, JSON_TYPE, silence)
        if response.status >= 300:
            data = response.read(1024 * 1024)
            response.close()
            self._answer(response.status, data)
        return Stream(response)

    def _send(
        self,
        pool: Any,
        method: str,
        path: str,
        query: Mapping[str, Any] | None,
        body: Any,
        content_type: str,
        timeout: float,
    ) -> Any:
        import urllib3

        api = self._opened()
        url = str(api.configuration.host) + path
        if query:
            url += "?" + urlencode({key: value for key, value in query.items() if value not in ("", None)})
        headers = {"Accept": JSON_TYPE, "User-Agent": "oneclick"}
        for setting in api.configuration.auth_settings().values():
            headers[setting["key"]] = setting["value"]
        payload = None
        if body is not None:
            payload = orjson.dumps(body)
            headers["Content-Type"] = content_type
        limits = urllib3.Timeout(connect=within(CONNECT_TIMEOUT), read=within(timeout))
        attempts = 1 if method == "POST" else 2
        while True:
            attempts -= 1
            try:
                return pool.request(
                    method,
                    url,
                    body=payload,
                    headers=headers,
                    timeout=limits,
                    preload_content=False,
                    retries=False,
                    redirect=False,
                )
            except urllib3.exceptions.ProtocolError as error:
                # A kept connection that the server closed meanwhile; all methods but POST may be sent again.
                if attempts <= 0:
                    raise self._broken(error) from error
            except (urllib3.exceptions.HTTPError, OSError) as error:
                raise self._broken(error) from error

    @staticmethod
    def _broken(error: Exception) -> Unreachable:
        return Unreachable(f"The cluster does not answer: {error}")

    @staticmethod
    def _answer(status: int, data: bytes) -> dict[str, Any]:
        try:
            parsed = orjson.loads(data) if data else {}
        except orjson.JSONDecodeError:
            parsed = {"message": data[:500].decode("utf-8", "replace").strip()}
        if not isinstance(parsed, dict):
            parsed = {"items": parsed}
        if 200 <= status < 300:
            return parsed
        raise from_status(status, parsed)

    # Objects

    def get(self, kind: Kind, name: str, namespace: str = "", timeout: float = READ_TIMEOUT) -> dict[str, Any] | None:
        """Return one object, ``None`` when it is not there."""
        try:
            return self.request("GET", kind.object_path(namespace, name), timeout=timeout)
        except Missing:
            return None

    def pages(
        self, kind: Kind, namespace: str = "", labels: str = "", fields: str = "", page: int = PAGE
    ) -> Iterator[dict[str, Any]]:
        """Yield the pages of a list as the API server sends them. Raises ``Expired`` when a page's token is too old."""
        token = ""
        while True:
            query = {"labelSelector": labels, "fieldSelector": fields, "limit": page, "continue": token}
            answer = self.request("GET", kind.path(namespace), query)
            yield answer
            token = (answer.get("metadata") or {}).get("continue") or ""
            if not token:
                return

    def list(self, kind: Kind, namespace: str = "", labels: str = "", fields: str = "") -> list[dict[str, Any]]:
        """Return all objects that match."""
        found: list[dict[str, Any]] = []
        for page in self.pages(kind, namespace, labels, fields):
            found.extend(page.get("items") or ())
        return found

    def apply(
        self, wanted: Mapping[str, Any], dry_run: bool = False, force: bool = False, manager: str = MANAGER
    ) -> dict[str, Any]:
        """Apply an object server-side. What this manager sent before and no longer sends is removed."""
        kind = self.kind_of(wanted)
        query = {
            "fieldManager": manager,
            "force": "true" if force else "",
            "dryRun": "All" if dry_run else "",
            "fieldValidation": "Strict",
        }
        path = kind.object_path(namespace_of(dict(wanted)), name_of(dict(wanted)))
        return self.request("PATCH", path, query, wanted, APPLY_TYPE)

    def create(self, wanted: Mapping[str, Any], dry_run: bool = False) -> dict[str, Any]:
        """Create an object."""
        query = {"fieldManager": MANAGER, "dryRun": "All" if dry_run else ""}
        return self.request("POST", self.kind_of(wanted).path(namespace_of(dict(wanted))), query, wanted)

    def patch(
        self,
        kind: Kind,
        name: str,
        namespace: str,
        body: Any,
        subresource: str = "",
        content_type: str = MERGE_TYPE,
    ) -> dict[str, Any]:
        """Change part of an object."""
        query = {"fieldManager": MANAGER}
        return self.request("PATCH", kind.object_path(namespace, name, subresource), query, body, content_type)

    def delete(self, kind: Kind, name: str, namespace: str = "", propagation: str = "Background") -> bool:
        """Delete an object; ``False`` when it was not there."""
        body = {"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": propagation}
        try:
            self.request("DELETE", kind.object_path(namespace, name), body=body)
        except Missing:
            return False
        return True

    def version(self) -> dict[str, Any]:
        """Return the API server's version."""
        return self.request("GET", "/version")

    def kind_of(self, wanted: Mapping[str, Any]) -> Kind:
        """Return the kind of an object; kinds that are not built in are looked up in the cluster's discovery."""
        api, name = str(wanted.get("apiVersion") or ""), str(wanted.get("kind") or "")
        known = BY_NAME.get((api, name))
        return known or self._discover(api, name)

    # What is behind

    def _discover(self, api: str, name: str) -> Kind:
        from kubernetes.dynamic.exceptions import ResourceNotFoundError

        try:
            resource = self._dynamic_client().resources.get(api_version=api, kind=name)
        except ResourceNotFoundError as error:
            raise ClusterError(f"The cluster does not know the kind {name} of {api}.", 404, "NotFound") from error
        return Kind(resource.name, resource.kind, resource.group_version, bool(resource.namespaced))

    def _dynamic_client(self) -> Any:
        import kubernetes.dynamic

        api = self._opened()
        with self._lock:
            if self._dynamic is None:
                file = self._data_dir / cache_name(str(api.configuration.host))
                dynamic: Any = kubernetes.dynamic
                self._dynamic = dynamic.DynamicClient(api, cache_file=str(file))
            return self._dynamic

    def _transport(self) -> Any:
        return self._opened().rest_client.pool_manager

    def _stream_transport(self) -> Any:
        self._opened()
        return self._streams.pool_manager

    def _opened(self) -> Any:
        """Return the library's client, made anew when the kubeconfig has changed (a demonstration that was started
        again has another port and token)."""
        stamp = self._stamp()
        if self._api is not None and stamp == self._read_stamp:
            return self._api
        import kubernetes.client.api_client
        import kubernetes.client.rest

        with self._lock:
            if self._api is None or stamp != self._read_stamp:
                try:
                    configuration = configuration_for(self.connection)
                except ConfigError as error:
                    if self._api is not None:
                        # Half written: what we know may still be right, and the next request looks again.
                        return self._api
                    raise Unreachable(str(error)) from error
                # Streams hold their connection for long, so they have a pool of their own and cannot starve requests.
                self._streams = kubernetes.client.rest.RESTClientObject(configuration)
                api = kubernetes.client.api_client.ApiClient(configuration)
                api.rest_client.pool_manager.connection_pool_kw["block"] = True
                self._api, self._dynamic, self._read_stamp = api, None, stamp
            return self._api

    def _stamp(self) -> Any:
        if self.connection.kubeconfig is None:
            return None
        try:
            found = Path(self.connection.kubeconfig).expanduser().stat()
        except OSError:
            # Gone for a moment, while it is written anew.
            return self._read_stamp
        return found.st_mtime_ns, found.st_size, found.st_ino

    def close(self) -> None:
        """Give back all connections."""
        with self._lock:
            for transport in (self._streams, self._api and self._api.rest_client):
                if transport is not None:
                    transport.close()
