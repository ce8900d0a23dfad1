"""The health of a rollout: a pure function of what the cluster shows (design.md §5, contracts/kubernetes.md 8–11).

Kubernetes itself takes no action on a rollout that stalls, and says little: the phase and one causal sentence come from
the Deployment's conditions, its ReplicaSets, pods, claims and events together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from oneclick_kubernetes.causes import Cause, Scene, find_cause, never_stayed_up
from oneclick_kubernetes.objects import Object, condition, current_pods, current_replica_set, is_ready, number

Phase = Literal["pending", "applying", "progressing", "healthy", "degraded", "failed", "ended"]
PHASES: tuple[Phase, ...] = ("pending", "applying", "progressing", "healthy", "degraded", "failed", "ended")

COMPLETE = "NewReplicaSetAvailable"
STALLED = "ProgressDeadlineExceeded"
LAST_KNOWN = "the cluster does not answer; this is what it showed last"


@dataclass(frozen=True, slots=True)
class Observed:
    """What is known of a deployment: objects as plain JSON data, and how far our own applying has come.

    ``pods`` may hold pods of older ReplicaSets and of cron jobs; both are told apart here. ``log_lines`` may give the
    last log line of a crashed container by pod name, where the pod's own termination message is empty.
    """

    deployment: Object | None = None
    replica_sets: Sequence[Object] = ()
    pods: Sequence[Object] = ()
    claims: Sequence[Object] = ()
    events: Sequence[Object] = ()
    reachable: bool = True
    ended: bool = False
    generation: int = 0
    """The generation that should run,"""
    applied_generation: int = 0
    """and the one whose objects have all been applied last."""
    applying: bool = False
    error: str = ""
    """What the last attempt to apply ended with;"""
    refused: bool = False
    """it was the API server's no, so that trying again changes nothing."""
    min_replicas: int = 1
    log_lines: Mapping[str, str] = field(default_factory=dict)

    @property
    def applied(self) -> bool:
        """Whether what should run has been applied."""
        return self.applied_generation >= self.generation


@dataclass(frozen=True, slots=True)
class Health:
    """A rollout's phase, one sentence that says why (empty when all is well), and instances by state."""

    phase: Phase
    message: str = ""
    ready: int = 0
    desired: int = 0
    updated: int = 0
    available: int = 0


def assess(observed: Observed) -> Health:
    """Return the health of the rollout that ``observed`` shows."""
    phase, message = _phase(observed)
    deployment = observed.deployment
    if deployment is None:
        return Health(phase, message, desired=0 if observed.ended else observed.min_replicas)
    return Health(
        phase,
        message,
        ready=number(deployment, "status", "readyReplicas"),
        desired=_desired(deployment),
        updated=number(deployment, "status", "updatedReplicas"),
        available=number(deployment, "status", "availableReplicas"),
    )


def _phase(observed: Observed) -> tuple[Phase, str]:
    if observed.ended:
        return "ended", ""
    if not observed.applied:
        return _before_applied(observed)
    if observed.deployment is None:
        if not observed.reachable:
            return "pending", "the cluster does not answer"
        return "progressing", "the cluster does not show the Deployment yet"
    phase, message = _after_applied(observed, observed.deployment)
    return phase, message if observed.reachable else "; ".join(filter(None, (message, LAST_KNOWN)))


def _before_applied(observed: Observed) -> tuple[Phase, str]:
    if observed.refused:
        return "failed", f"the cluster refuses it: {observed.error}" if observed.error else "the cluster refuses it"
    if not observed.reachable:
        return "pending", "the cluster does not answer; it is tried again"
    if observed.applying:
        return "applying", ""
    return "pending", f"it could not be applied and is tried again: {observed.error}" if observed.error else ""


def _after_applied(observed: Observed, deployment: Object) -> tuple[Phase, str]:
    if number(deployment, "status", "observedGeneration") < number(deployment, "metadata", "generation"):
        return "progressing", "the cluster has not begun yet"
    if (deployment.get("spec") or {}).get("paused"):
        return "progressing", "the Deployment is paused"
    if _is_complete(deployment):
        return _when_complete(observed, deployment)
    replica_set = current_replica_set(deployment, observed.replica_sets)
    pods = current_pods(observed.pods, replica_set)
    scene = Scene(observed.events, observed.claims, observed.log_lines)
    cause = find_cause(deployment, replica_set, pods, scene)
    if _was_complete(deployment, replica_set):
        return _after_complete(observed, deployment, cause)
    return _while_rolling(deployment, pods, cause)


def _when_complete(observed: Observed, deployment: Object) -> tuple[Phase, str]:
    desired = _desired(deployment)
    if desired >= observed.min_replicas:
        return "healthy", ""
    # Right after its creation a Deployment has one replica until it is scaled; from 0 no autoscaler brings it back.
    sentence = f"it is scaled to {desired}, and at least {observed.min_replicas} should run"
    return ("progressing" if desired else "degraded"), sentence


def _while_rolling(deployment: Object, pods: Sequence[Object], cause: Cause | None) -> tuple[Phase, str]:
    """Judge a rollout that has not been complete yet: what cannot go on by itself has failed."""
    progressing = condition(deployment, "Progressing")
    if progressing.get("status") == "False":
        return "failed", cause.sentence if cause else _stall(deployment, progressing)
    if cause:
        return ("failed" if cause.fatal else "progressing"), cause.sentence
    return "progressing", f"{sum(map(is_ready, pods))} of {_desired(deployment)} instances are ready"


def _after_complete(observed: Observed, deployment: Object, cause: Cause | None) -> tuple[Phase, str]:
    """Judge a rollout that was complete once. ``Progressing`` stays true when its pods die later (fact 8)."""
    available, desired = number(deployment, "status", "availableReplicas"), _desired(deployment)
    counted = f"{available} of {desired} instances are available"
    if cause and cause.fatal:
        completed = condition(deployment, "Progressing").get("lastUpdateTime") or ""
        return ("failed" if never_stayed_up(cause, completed) else "degraded"), cause.sentence
    if available >= observed.min_replicas:
        # The autoscaler asked for more and they are on their way: what the user asked for is there.
        return "healthy", counted
    return "degraded", cause.sentence if cause else counted


def _is_complete(deployment: Object) -> bool:
    progressing = condition(deployment, "Progressing")
    if progressing and progressing.get("reason") != COMPLETE:
        return False
    fields = ("replicas", "updatedReplicas", "availableReplicas")
    return {number(deployment, "status", name) for name in fields} == {_desired(deployment)}


def _was_complete(deployment: Object, replica_set: Object | None) -> bool:
    """Tell whether the current template has been complete before."""
    progressing = condition(deployment, "Progressing")
    if progressing.get("reason") != COMPLETE:
        return False
    message = progressing.get("message") or ""
    if replica_set and '"' in message and f'"{replica_set["metadata"]["name"]}"' not in message:
        # Going back to an older template leaves the condition of the newer one standing for a while.
        return False
    updated = number(deployment, "status", "updatedReplicas")
    return updated > 0 and updated == number(deployment, "status", "replicas")


def _stall(deployment: Object, progressing: Mapping[str, Any]) -> str:
    if progressing.get("reason") == STALLED:
        seconds = (deployment.get("spec") or {}).get("progressDeadlineSeconds", 600)
        return f"no instance became ready within {seconds} seconds"
    return str(progressing.get("message") or progressing.get("reason") or "the rollout does not go on")


def _desired(deployment: Object) -> int:
    replicas = (deployment.get("spec") or {}).get("replicas")
    return 1 if replicas is None else int(replicas)
