"""What makes objects move: one loop, and one module for each kind of controller."""

from __future__ import annotations

from oneclick_demo_cluster.controllers.base import Cluster, Controller
from oneclick_demo_cluster.controllers.deployments import Deployments
from oneclick_demo_cluster.controllers.events import Recorder
from oneclick_demo_cluster.controllers.kubelet import Kubelet
from oneclick_demo_cluster.controllers.replicasets import ReplicaSets
from oneclick_demo_cluster.machinery.store import Store
from oneclick_demo_cluster.machinery.writes import Writer

CONTROLLERS: tuple[type[Controller], ...] = (Deployments, ReplicaSets, Kubelet)


def build(store: Store, writer: Writer) -> list[Controller]:
    """Return all controllers."""
    cluster = Cluster(store, writer, Recorder(store, writer))
    return [controller(cluster) for controller in CONTROLLERS]
