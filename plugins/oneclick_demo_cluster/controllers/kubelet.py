"""Pods: scheduled, started, watched, stopped; what scheduler and kubelet do, without anything that runs."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from oneclick_demo_cluster.controllers import references, scheduler
from oneclick_demo_cluster.controllers.base import Cluster, Controller, Key, key_of
from oneclick_demo_cluster.controllers.containers import Container
from oneclick_demo_cluster.controllers.pod_status import write_status
from oneclick_demo_cluster.machinery import kinds
from oneclick_demo_cluster.machinery.kinds import Kind
from oneclick_demo_cluster.machinery.objects import Obj, dig, is_terminating, name_of, namespace_of, set_condition
from oneclick_demo_cluster.machinery.store import Change
from oneclick_demo_cluster.programs import program_of

SCHEDULER = "default-scheduler"
SCHEDULING_RETRY = 2.0
VOLUME_RETRY = 2.0
STOP_SECONDS = 0.5
"""How long a container takes to end when it is asked to."""

SANDBOX_SECONDS = 0.1
MOST_IMAGES = 1000


@dataclass(slots=True)
class Run:
    """A pod on its node."""

    uid: str
    begin: float
    init: list[Container]
    main: list[Container]
    address: str
    blocked: str = ""
    stop_at: float = 0.0
    trouble: set[str] = field(default_factory=set)


class Kubelet(Controller):
    """Runs the pods of all nodes."""

    kind = kinds.PODS
    name = "kubelet"

    def __init__(self, cluster: Cluster) -> None:
        super().__init__(cluster)
        self._runs: dict[Key, Run] = {}
        self._images: set[tuple[str, str]] = set()
        self._addresses = 1

    def keys(self, kind: Kind, change: Change) -> Iterable[Key]:
        """Pods; and a claim that is bound may let pods be scheduled."""
        if kind is kinds.CLAIMS and dig(change.new, "status", "phase") == "Bound":
            return [key_of(pod) for pod in self.store.list(self.kind, namespace_of(change.new)) if not _node(pod)]
        return super().keys(kind, change)

    def reconcile(self, key: Key) -> float | None:
        """Bring one pod further."""
        pod = self.store.get(self.kind, *key)
        if pod is None:
            self._runs.pop(key, None)
            return None
        now = time.time()
        if is_terminating(pod):
            return self._stop(key, pod, now)
        if dig(pod, "status", "phase") in ("Succeeded", "Failed"):
            return None
        if not _node(pod):
            return self._schedule(key, pod)
        run = self._run_of(key, pod, now)
        if run.blocked or now < run.begin + SANDBOX_SECONDS:
            problem = references.missing_volume(self.store, pod)
            if problem and problem not in run.trouble:
                self.recorder.warning(self.kind, pod, "FailedMount", problem, self.name)
                run.trouble.add(problem)
            run.blocked = problem
        if not run.blocked:
            self._advance(run, pod, now)
        self._write(key, run)
        return self._next(run, now)

    def _schedule(self, key: Key, pod: Obj) -> float | None:
        node, problem = scheduler.place(self.store, pod)

        def write(obj: Obj) -> None:
            status = obj.setdefault("status", {"phase": "Pending"})
            if node:
                obj["spec"]["nodeName"] = node
                set_condition(status, "PodScheduled", "True", "")
            else:
                set_condition(status, "PodScheduled", "False", "Unschedulable", problem)

        before = dig(pod, "status", "conditions", 0, "message")
        self.writer.change(self.kind, *key, write)
        if not node:
            if before != problem:
                self.recorder.warning(self.kind, pod, "FailedScheduling", problem, SCHEDULER)
            return SCHEDULING_RETRY
        text = f"Successfully assigned {namespace_of(pod)}/{name_of(pod)} to {node}"
        self.recorder.normal(self.kind, pod, "Scheduled", text, SCHEDULER)
        return None

    def _run_of(self, key: Key, pod: Obj, now: float) -> Run:
        run = self._runs.get(key)
        if run is None or run.uid != pod["metadata"]["uid"]:
            self._addresses += 1
            host, low = divmod(self._addresses, 250)
            address = f"10.244.{host % 250}.{low + 2}"
            run = Run(pod["metadata"]["uid"], now, [], [], address)
            run.init = [
                self._container(pod, spec, init=True) for spec in dig(pod, "spec", "initContainers", default=())
            ]
            run.main = [self._container(pod, spec, init=False) for spec in pod["spec"]["containers"]]
            self._runs[key] = run
        return run

    def _container(self, pod: Obj, spec: Obj, *, init: bool) -> Container:
        policy = pod["spec"].get("restartPolicy", "Always")
        if init:
            policy = spec.get("restartPolicy") or ("Never" if policy == "Never" else "OnFailure")

        def check(container: Obj) -> str:
            return references.missing_reference(self.store, pod, container)

        return Container(spec, pod, program_of(pod, spec["name"]), policy, check)

    def _advance(self, run: Run, pod: Obj, now: float) -> None:
        """Init containers one after the other, then all others together."""
        if now < run.begin + SANDBOX_SECONDS:
            return
        for container in run.init:
            self._step(container, pod, now, "initContainers")
            if not (container.is_over and container.exit_code == 0) and not _serves(container):
                return
        for container in run.main:
            self._step(container, pod, now, "containers")

    def _step(self, container: Container, pod: Obj, now: float, field: str) -> None:
        path = f"spec.{field}{{{container.name}}}"

        def report(type_: str, reason: str, message: str) -> None:
            record = self.recorder.normal if type_ == "Normal" else self.recorder.warning
            record(self.kind, pod, reason, message, self.name, path)
            if reason == "Pulled":
                if len(self._images) > MOST_IMAGES:
                    self._images.clear()  # a node's disk is not endless
                self._images.add((_node(pod), container.image))

        container.advance(now, (_node(pod), container.image) in self._images, report)

    def _write(self, key: Key, run: Run) -> None:
        self.writer.change(self.kind, *key, lambda obj: write_status(obj, run.init, run.main, run.address))

    def _next(self, run: Run, now: float) -> float | None:
        if run.blocked:
            return VOLUME_RETRY
        if now < run.begin + SANDBOX_SECONDS:
            return run.begin + SANDBOX_SECONDS - now
        due = [container.due for container in (*run.init, *run.main) if container.due and not container.is_over]
        return max(0.01, min(due) - now) if due else None

    def _stop(self, key: Key, pod: Obj, now: float) -> float | None:
        """End the containers, then let the pod go."""
        run = self._runs.get(key)
        grace = pod["metadata"].get("deletionGracePeriodSeconds", 0)
        if run is not None and run.uid == pod["metadata"]["uid"] and grace:
            if not run.stop_at:
                run.stop_at = now + min(grace, STOP_SECONDS)
                for container in run.main:
                    if "running" in container.state:
                        path = f"spec.containers{{{container.name}}}"
                        text = f"Stopping container {container.name}"
                        self.recorder.normal(self.kind, pod, "Killing", text, self.name, path)
            if now < run.stop_at:
                return run.stop_at - now
            for container in (*run.init, *run.main):
                if "running" in container.state:
                    container.end(now, 0)
            self._write(key, run)

        def release(obj: Obj) -> None:
            obj["metadata"]["deletionGracePeriodSeconds"] = 0

        if self.store.get(self.kind, *key) is None:
            return None
        with self.store.lock:
            live = self.writer.live(self.kind, *key)
            if live["metadata"].get("deletionGracePeriodSeconds"):
                self.writer.change(self.kind, *key, release)
            elif not live["metadata"].get("finalizers"):
                self.writer.commit(self.kind, {**live, "metadata": dict(live["metadata"])})
        return None


def _node(pod: Obj) -> str:
    return str(dig(pod, "spec", "nodeName", default=""))


def _serves(container: Container) -> bool:
    """Whether an init container is a sidecar that has started."""
    return container.restarts_on == "Always" and container.ready
