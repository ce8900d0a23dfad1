"""The checks after which the API server answers 422, with one cause for each field."""

from __future__ import annotations

from collections.abc import Callable

from oneclick_demo_cluster.machinery import kinds
from oneclick_demo_cluster.machinery.errors import invalid
from oneclick_demo_cluster.machinery.kinds import Kind
from oneclick_demo_cluster.machinery.objects import Obj, name_of
from oneclick_demo_cluster.machinery.validation import network, storage, workloads
from oneclick_demo_cluster.machinery.validation.metadata import check_metadata

Causes = list[dict[str, str]]

CHECKS: dict[Kind, Callable[[Obj], Causes]] = {
    kinds.PODS: workloads.check_pod,
    kinds.DEPLOYMENTS: workloads.check_deployment,
    kinds.REPLICA_SETS: workloads.check_replica_set,
    kinds.JOBS: workloads.check_job,
    kinds.CRON_JOBS: workloads.check_cron_job,
    kinds.AUTOSCALERS: workloads.check_autoscaler,
    kinds.DISRUPTION_BUDGETS: workloads.check_disruption_budget,
    kinds.SERVICES: network.check_service,
    kinds.INGRESSES: network.check_ingress,
    kinds.CLAIMS: storage.check_claim,
    kinds.SECRETS: storage.check_secret,
    kinds.CONFIG_MAPS: storage.check_config_map,
}

CHANGE_CHECKS: dict[Kind, Callable[[Obj, Obj], Causes]] = {
    kinds.PODS: workloads.check_pod_change,
    kinds.DEPLOYMENTS: workloads.check_selector_change,
    kinds.REPLICA_SETS: workloads.check_selector_change,
    kinds.JOBS: workloads.check_job_change,
    kinds.SERVICES: network.check_service_change,
    kinds.CLAIMS: storage.check_claim_change,
    kinds.SECRETS: storage.check_secret_change,
    kinds.CONFIG_MAPS: storage.check_immutable_data,
}


def validate(kind: Kind, old: Obj | None, new: Obj) -> None:
    """Raise a 422 with all causes when ``new`` cannot be, or ``old`` cannot become it."""
    causes = check_metadata(kind, new)
    if check := CHECKS.get(kind):
        causes += check(new)
    if old is not None and (change := CHANGE_CHECKS.get(kind)):
        causes += change(old, new)
    if causes:
        raise invalid(kind, name_of(new), causes)
