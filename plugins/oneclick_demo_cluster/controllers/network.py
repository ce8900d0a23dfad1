"""Services and Ingresses: addresses and endpoints."""

from __future__ import annotations

from collections.abc import Iterable

from oneclick_demo_cluster.controllers.base import OPTIONS, Controller, Key, key_of
from oneclick_demo_cluster.controllers.replicasets import is_ready
from oneclick_demo_cluster.machinery import kinds
from oneclick_demo_cluster.machinery.deletion import delete
from oneclick_demo_cluster.machinery.kinds import Kind
from oneclick_demo_cluster.machinery.objects import (
    Obj,
    dig,
    is_terminating,
    labels_of,
    name_of,
    namespace_of,
    owner_reference,
)
from oneclick_demo_cluster.machinery.store import Change

INGRESS_ADDRESS = "192.0.2.100"
FIRST_BALANCER, LAST_BALANCER = 101, 254
"""Addresses from a block that is kept for documentation: nothing answers there."""

INGRESS_COMPONENT = "nginx-ingress-controller"


class Services(Controller):
    """Gives load balancers an address and services their endpoints."""

    kind = kinds.SERVICES
    name = "service-controller"

    def keys(self, kind: Kind, change: Change) -> Iterable[Key]:
        """Services, and the services that select a pod."""
        if kind is kinds.PODS:
            services = self.store.list(self.kind, namespace_of(change.new))
            return [key_of(service) for service in services if _selects(service, change.new)]
        return super().keys(kind, change)

    def reconcile(self, key: Key) -> float | None:
        """Write address and endpoints."""
        service = self.store.get(self.kind, *key)
        if service is None:
            if self.store.get(kinds.ENDPOINTS, *key):
                delete(self.writer, kinds.ENDPOINTS, *key)
            return None
        if is_terminating(service):
            return None
        balanced = service["spec"].get("type") == "LoadBalancer"
        address = dig(service, "status", "loadBalancer", "ingress", 0, "ip") or self._free()

        def write(obj: Obj) -> None:
            obj["status"] = {"loadBalancer": {"ingress": [{"ip": address, "ipMode": "VIP"}]} if balanced else {}}

        self.writer.change(self.kind, *key, write)
        if service["spec"].get("selector"):
            self._write_endpoints(key, service)
        return None

    def _free(self) -> str:
        services = self.store.list(self.kind)
        taken = {dig(service, "status", "loadBalancer", "ingress", 0, "ip") for service in services}
        free = (f"192.0.2.{number}" for number in range(FIRST_BALANCER, LAST_BALANCER))
        return next((address for address in free if address not in taken), f"192.0.2.{LAST_BALANCER}")

    def _write_endpoints(self, key: Key, service: Obj) -> None:
        subsets = _subsets(service, self.store.list(kinds.PODS, key[0]))
        if self.store.get(kinds.ENDPOINTS, *key) is None:
            owner = {**owner_reference(self.kind, service), "controller": False}
            metadata = {"name": key[1], "labels": dict(labels_of(service)), "ownerReferences": [owner]}
            namespace = self.store.get(kinds.NAMESPACES, "", key[0])
            if namespace is not None and not is_terminating(namespace):
                self.writer.create(kinds.ENDPOINTS, key[0], {"metadata": metadata, "subsets": subsets}, OPTIONS)
            return

        def write(obj: Obj) -> None:
            obj["subsets"] = subsets

        self.writer.change(kinds.ENDPOINTS, *key, write)


def _selects(service: Obj, pod: Obj) -> bool:
    selector, labels = service["spec"].get("selector"), labels_of(pod)
    return bool(selector) and all(labels.get(key) == value for key, value in selector.items())


def _subsets(service: Obj, pods: list[Obj]) -> list[Obj]:
    ready: list[Obj] = []
    waiting: list[Obj] = []
    for pod in pods:
        address = dig(pod, "status", "podIP")
        if address and _selects(service, pod) and not is_terminating(pod):
            reference = {"kind": "Pod", "namespace": namespace_of(pod), "name": name_of(pod)}
            reference["uid"] = pod["metadata"]["uid"]
            entry = {"ip": address, "nodeName": pod["spec"]["nodeName"], "targetRef": reference}
            (ready if is_ready(pod) else waiting).append(entry)
    if not ready and not waiting:
        return []
    ports = [
        {"port": port["targetPort"], "protocol": port["protocol"], **({"name": port["name"]} if "name" in port else {})}
        for port in service["spec"].get("ports") or ()
        if isinstance(port.get("targetPort"), int)
    ]
    subset: Obj = {"ports": ports}
    if ready:
        subset["addresses"] = ready
    if waiting:
        subset["notReadyAddresses"] = waiting
    return [subset]


class Ingresses(Controller):
    """Publishes Ingresses whose class there is."""

    kind = kinds.INGRESSES
    name = INGRESS_COMPONENT

    def keys(self, kind: Kind, change: Change) -> Iterable[Key]:
        """Ingresses; all of them when a class comes or goes."""
        if kind is kinds.INGRESS_CLASSES:
            return [key_of(ingress) for ingress in self.store.list(self.kind)]
        return super().keys(kind, change)

    def reconcile(self, key: Key) -> float | None:
        """Write the address."""
        ingress = self.store.get(self.kind, *key)
        if ingress is None or is_terminating(ingress):
            return None
        served = self.store.get(kinds.INGRESS_CLASSES, "", ingress["spec"].get("ingressClassName", "")) is not None
        before = dig(ingress, "status", "loadBalancer", "ingress")

        def write(obj: Obj) -> None:
            obj["status"] = {"loadBalancer": {"ingress": [{"ip": INGRESS_ADDRESS}]} if served else {}}

        self.writer.change(self.kind, *key, write)
        if served and not before:
            self.recorder.normal(self.kind, ingress, "Sync", "Scheduled for sync", INGRESS_COMPONENT)
        return None
