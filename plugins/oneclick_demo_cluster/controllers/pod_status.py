"""A pod's status, from what its containers do."""

from __future__ import annotations

from oneclick_demo_cluster.controllers.containers import Container
from oneclick_demo_cluster.machinery.objects import Obj, set_condition, time_text

HOSTS = {"demo-node-1": "192.0.2.11", "demo-node-2": "192.0.2.12"}


def write_status(pod: Obj, init: list[Container], main: list[Container], address: str) -> None:
    """Write the status in place."""
    status: Obj = pod.setdefault("status", {})
    host = HOSTS.get(pod["spec"].get("nodeName", ""), "192.0.2.10")
    status.setdefault("startTime", time_text())
    status.update({"hostIP": host, "hostIPs": [{"ip": host}], "podIP": address, "podIPs": [{"ip": address}]})
    phase = status["phase"] = _phase(pod, init, main)
    if init:
        status["initContainerStatuses"] = [container.status() for container in init]
    waits = not _initialised(init)
    status["containerStatuses"] = [container.status() for container in main]
    if waits:
        for entry in status["containerStatuses"]:
            entry["state"] = {"waiting": {"reason": "PodInitializing"}}
    _write_conditions(status, init, main, phase)


def _phase(pod: Obj, init: list[Container], main: list[Container]) -> str:
    if any(container.is_over and container.exit_code for container in init):
        return "Failed"
    if all(container.is_over for container in main):
        return "Failed" if any(container.exit_code for container in main) else "Succeeded"
    started = all(set(container.state) & {"running", "terminated"} or container.last for container in main)
    return "Running" if started else "Pending"


def _initialised(init: list[Container]) -> bool:
    return all(container.ready if container.restarts_on == "Always" else container.exit_code == 0 for container in init)


def _write_conditions(status: Obj, init: list[Container], main: list[Container], phase: str) -> None:
    sidecars = [container for container in init if container.restarts_on == "Always"]
    unready = [container.name for container in (*sidecars, *main) if not container.ready]
    unfinished = [container.name for container in init if not _initialised([container])]
    set_condition(status, "PodReadyToStartContainers", "True", "")
    if unfinished:
        text = f"containers with incomplete status: [{' '.join(unfinished)}]"
        set_condition(status, "Initialized", "False", "ContainersNotInitialized", text)
    else:
        set_condition(status, "Initialized", "True", "")
    for type_ in ("ContainersReady", "Ready"):
        if not unready:
            set_condition(status, type_, "True", "")
        elif phase in ("Succeeded", "Failed"):
            set_condition(status, type_, "False", "PodCompleted" if phase == "Succeeded" else "PodFailed")
        else:
            text = f"containers with unready status: [{' '.join(unready)}]"
            set_condition(status, type_, "False", "ContainersNotReady", text)
