"""What is in the cluster from the start: two nodes, the default classes, the usual namespaces."""

from __future__ import annotations

from oneclick_demo_cluster.machinery import kinds
from oneclick_demo_cluster.machinery.admission import DEFAULT_INGRESS, DEFAULT_STORAGE
from oneclick_demo_cluster.machinery.objects import Obj, set_condition
from oneclick_demo_cluster.machinery.writes import Options, Writer
from oneclick_demo_cluster.server.discovery import VERSION

OPTIONS = Options("oneclick-demo-cluster")
NODES = (("demo-node-1", "192.0.2.11", "zone-a"), ("demo-node-2", "192.0.2.12", "zone-b"))
CAPACITY = {"cpu": "8", "memory": "32Gi", "ephemeral-storage": "100Gi", "pods": "110"}
ALLOCATABLE = {"cpu": "7800m", "memory": "31Gi", "ephemeral-storage": "95Gi", "pods": "110"}


def seed(writer: Writer) -> None:
    """Create it all."""
    for name in ("default", "kube-system", "kube-public", "kube-node-lease"):
        writer.create(kinds.NAMESPACES, "", {"metadata": {"name": name}}, OPTIONS)
    for name, address, zone in NODES:
        writer.create(kinds.NODES, "", _node(name, zone), OPTIONS)
        writer.change(kinds.NODES, "", name, lambda node, address=address: _run_node(node, address))  # type: ignore[misc]
    writer.create(kinds.STORAGE_CLASSES, "", _storage_class(), OPTIONS)
    writer.create(kinds.INGRESS_CLASSES, "", _ingress_class(), OPTIONS)
    ports = [{"name": "https", "port": 443, "targetPort": 6443}]
    service = {"metadata": {"name": "kubernetes"}, "spec": {"ports": ports}}
    writer.create(kinds.SERVICES, "default", service, OPTIONS)


def _node(name: str, zone: str) -> Obj:
    labels = {
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        "topology.kubernetes.io/zone": zone,
        "topology.kubernetes.io/region": "demo",
    }
    return {"metadata": {"name": name, "labels": labels}, "spec": {}}


def _run_node(node: Obj, address: str) -> None:
    status: Obj = {
        "capacity": dict(CAPACITY),
        "allocatable": dict(ALLOCATABLE),
        "addresses": [
            {"type": "InternalIP", "address": address},
            {"type": "Hostname", "address": node["metadata"]["name"]},
        ],
        "nodeInfo": {
            "kubeletVersion": VERSION,
            "kubeProxyVersion": VERSION,
            "osImage": "demonstration, nothing runs here",
            "kernelVersion": "0.0.0",
            "containerRuntimeVersion": "demo://1",
            "operatingSystem": "linux",
            "architecture": "amd64",
            "machineID": "",
            "systemUUID": "",
            "bootID": "",
        },
    }
    for type_, reason in (
        ("MemoryPressure", "KubeletHasSufficientMemory"),
        ("DiskPressure", "KubeletHasNoDiskPressure"),
        ("PIDPressure", "KubeletHasSufficientPID"),
    ):
        set_condition(status, type_, "False", reason)
    set_condition(status, "Ready", "True", "KubeletReady", "kubelet is posting ready status")
    node["status"] = status


def _storage_class() -> Obj:
    return {
        "metadata": {"name": "standard", "annotations": {DEFAULT_STORAGE: "true"}},
        "provisioner": "demo.one-click.dev/memory",
        "allowVolumeExpansion": True,
    }


def _ingress_class() -> Obj:
    return {
        "metadata": {"name": "nginx", "annotations": {DEFAULT_INGRESS: "true"}},
        "spec": {"controller": "k8s.io/ingress-nginx"},
    }
