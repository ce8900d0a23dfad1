"""What makes objects move: one loop, and one module for each kind of controller."""

from __future__ import annotations

from oneclick_demo_cluster.controllers.autoscaler import Autoscalers
from oneclick_demo_cluster.controllers.base import Cluster, Controller
from oneclick_demo_cluster.controllers.claims import Claims
from oneclick_demo_cluster.controllers.cronjobs import CronJobs
from oneclick_demo_cluster.controllers.deployments import Deployments
from oneclick_demo_cluster.controllers.events import Recorder
from oneclick_demo_cluster.controllers.garbage import Garbage
from oneclick_demo_cluster.controllers.housekeeping import Housekeeping
from oneclick_demo_cluster.controllers.jobs import Jobs
from oneclick_demo_cluster.controllers.kubelet import Kubelet
from oneclick_demo_cluster.controllers.namespaces import Namespaces
from oneclick_demo_cluster.controllers.network import Ingresses, Services
from oneclick_demo_cluster.controllers.replicasets import ReplicaSets
from oneclick_demo_cluster.machinery.store import Store
from oneclick_demo_cluster.machinery.writes import Writer

CONTROLLERS: tuple[type[Controller], ...] = (
    Deployments,
    ReplicaSets,
    Jobs,
    CronJobs,
    Autoscalers,
    Kubelet,
    Claims,
    Services,
    Ingresses,
    Namespaces,
    Garbage,
    Housekeeping,
)


def build(store: Store, writer: Writer) -> list[Controller]:
    """Return all controllers."""
    cluster = Cluster(store, writer, Recorder(store, writer))
    return [controller(cluster) for controller in CONTROLLERS]
