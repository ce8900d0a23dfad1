"""The status of a deployment as the original answers it, with phase and message (contracts/one-click.md §3.2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from oneclick_kubernetes.health import Health, Phase
from oneclick_kubernetes.objects import Object, app_pods, name_of, number, status_of
from oneclick_kubernetes.quantities import total

WORDS: dict[Phase, str] = {
    "pending": "Pending",
    "applying": "Pending",
    "progressing": "Pending",
    "healthy": "OK",
    "degraded": "NotReady",
    "failed": "Error",
    "ended": "Ended",
}
"""The original's word for each phase. It had none for an ended rollout, whose status it answered with an error."""

_CLAIM_PHASES = ("Bound", "Pending", "Lost")
NO_ROLLOUT = Health("ended")


def rollout_status(
    health: Health,
    *,
    deployment: Object | None = None,
    pods: Sequence[Object] = (),
    services: Iterable[Object] = (),
    ingresses: Iterable[Object] = (),
    claims: Iterable[Object] = (),
) -> dict[str, Any]:
    """Return the status object. The objects must be the deployment's own; pods of cron jobs may be among the pods.

    Lists are never null, an ingress has its name, and cron jobs' pods are not counted (§2.4/6, §2.4/14).
    """
    running = app_pods(pods)
    return {
        "phase": health.phase,
        "message": health.message,
        "deployment": {
            "replicas": number(deployment, "status", "replicas") if deployment else 0,
            "podNames": [name_of(pod) for pod in running],
            "resources": {"requestSum": _sum(running, "requests"), "limitSum": _sum(running, "limits")},
            "status": WORDS[health.phase],
        },
        "services": [_service(service) for service in services],
        "ingresses": [_ingress(ingress) for ingress in ingresses],
        "volumes": [_volume(claim) for claim in claims],
    }


def _sum(pods: Sequence[Object], kind: str) -> dict[str, str]:
    """Return CPU in cores and memory in bytes over all containers, as decimal strings."""
    containers = [container for pod in pods for container in (pod.get("spec") or {}).get("containers") or ()]
    amounts = [(container.get("resources") or {}).get(kind) or {} for container in containers]
    return {name: total(str(amount.get(name) or "0") for amount in amounts) for name in ("cpu", "memory")}


def _service(service: Object) -> dict[str, Any]:
    ports = (service.get("spec") or {}).get("ports") or ()
    return {"name": name_of(service), "ports": [port.get("port") for port in ports], "status": "OK"}


def _ingress(ingress: Object) -> dict[str, Any]:
    hosts = [rule["host"] for rule in (ingress.get("spec") or {}).get("rules") or () if rule.get("host")]
    addresses = (status_of(ingress).get("loadBalancer") or {}).get("ingress")
    return {
        "name": name_of(ingress),
        "hosts": list(dict.fromkeys(hosts)),
        "status": "Operational" if addresses else "Pending",
    }


def _volume(claim: Object) -> dict[str, Any]:
    phase = status_of(claim).get("phase")
    return {"name": name_of(claim), "status": phase if phase in _CLAIM_PHASES else "Unknown"}
