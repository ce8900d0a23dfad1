"""HorizontalPodAutoscalers: replicas within their bounds, then by use."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from oneclick_demo_cluster.controllers import recommendation
from oneclick_demo_cluster.controllers.base import MANAGER, Cluster, Controller, Key
from oneclick_demo_cluster.controllers.recommendation import Recommendation
from oneclick_demo_cluster.machinery import kinds
from oneclick_demo_cluster.machinery.kinds import Kind
from oneclick_demo_cluster.machinery.objects import (
    Obj,
    dig,
    drop_condition,
    is_terminating,
    name_of,
    namespace_of,
    set_condition,
    time_text,
)
from oneclick_demo_cluster.machinery.store import Change

COMPONENT = "horizontal-pod-autoscaler"
SYNC = 15.0
DOWN_WINDOW = 300


@dataclass(slots=True)
class Decision:
    """What an autoscaler wants, and why."""

    current: int
    desired: int
    reason: str
    advice: Recommendation | None = None
    limited: str = ""


class Autoscalers(Controller):
    """Sets the replicas of Deployments."""

    kind = kinds.AUTOSCALERS
    name = COMPONENT

    def __init__(self, cluster: Cluster) -> None:
        super().__init__(cluster)
        self._past: dict[Key, deque[tuple[float, int]]] = {}

    def keys(self, kind: Kind, change: Change) -> Iterable[Key]:
        """Autoscalers whose specification changes, and those of Deployments whose replicas change."""
        old, new = change.old or {}, change.new
        if kind is self.kind:
            return super().keys(kind, change) if old.get("spec") != new.get("spec") else ()
        if kind is kinds.DEPLOYMENTS and dig(old, "spec", "replicas") != dig(new, "spec", "replicas"):
            return [
                (namespace_of(new), name_of(scaler))
                for scaler in self.store.list(self.kind, namespace_of(new))
                if dig(scaler, "spec", "scaleTargetRef", "name") == name_of(new)
            ]
        return ()

    def reconcile(self, key: Key) -> float | None:
        """Decide, scale, write the status; again after the usual pause."""
        scaler = self.store.get(self.kind, *key)
        if scaler is None or is_terminating(scaler):
            self._past.pop(key, None)
            return None
        target = scaler["spec"]["scaleTargetRef"]
        deployment = self.store.get(kinds.DEPLOYMENTS, key[0], target.get("name", ""))
        if deployment is None or target.get("kind") != "Deployment":
            self._write_missing(key, target)
            return SYNC
        decision = self._decide(key, scaler, deployment)
        if decision.desired != decision.current:
            self._scale(scaler, deployment, decision)
        self.writer.change(self.kind, *key, lambda obj: _write_status(obj, decision))
        return SYNC

    def _decide(self, key: Key, scaler: Obj, deployment: Obj) -> Decision:
        spec = scaler["spec"]
        least, most = spec.get("minReplicas", 1), spec["maxReplicas"]
        current = deployment["spec"]["replicas"]
        if current == 0:
            return Decision(0, 0, "scaling is disabled since the replica count of the target is zero", limited="zero")
        if current > most:
            return Decision(current, most, "Current number of replicas above Spec.MaxReplicas", limited="most")
        if current < least:
            return Decision(current, least, "Current number of replicas below Spec.MinReplicas", limited="least")
        advice = recommendation.recommend(self.store, scaler, deployment)
        if advice.replicas is None:
            return Decision(current, current, "", advice)
        desired = self._stabilise(key, scaler, current, advice.replicas)
        desired = min(desired, max(2 * current, 4))
        bounded = min(max(desired, least), most)
        limited = "" if bounded == desired else "least" if desired < least else "most"
        reason = f"{advice.metric} above target" if bounded > current else "All metrics below target"
        return Decision(current, bounded, reason, advice, limited)

    def _stabilise(self, key: Key, scaler: Obj, current: int, wanted: int) -> int:
        """Go down only to the highest number that was wanted within the window."""
        window = dig(scaler, "spec", "behavior", "scaleDown", "stabilizationWindowSeconds", default=DOWN_WINDOW)
        past = self._past.setdefault(key, deque([(time.monotonic(), current)], maxlen=500))
        past.append((time.monotonic(), wanted))
        while past[0][0] < time.monotonic() - window:
            past.popleft()
        return wanted if wanted >= current else min(current, max(number for _, number in past))

    def _scale(self, scaler: Obj, deployment: Obj, decision: Decision) -> None:
        def write(obj: Obj) -> None:
            obj["spec"]["replicas"] = decision.desired

        self.writer.change(kinds.DEPLOYMENTS, namespace_of(deployment), name_of(deployment), write, MANAGER)
        text = f"New size: {decision.desired}; reason: {decision.reason}"
        self.recorder.normal(self.kind, scaler, "SuccessfulRescale", text, COMPONENT)

    def _write_missing(self, key: Key, target: Obj) -> None:
        text = "the HPA controller was unable to get the target's current scale: "
        text += f'deployments.apps "{target.get("name", "")}" not found'

        def write(obj: Obj) -> None:
            status = obj.setdefault("status", {})
            status.update(currentReplicas=0, desiredReplicas=0)
            set_condition(status, "AbleToScale", "False", "FailedGetScale", text)

        changed = self.writer.change(self.kind, *key, write)
        if changed is not None:
            self.recorder.warning(self.kind, changed, "FailedGetScale", text.partition(": ")[2], COMPONENT)


def _write_status(scaler: Obj, decision: Decision) -> None:
    status: Obj = scaler.setdefault("status", {})
    if decision.desired != decision.current:
        status["lastScaleTime"] = time_text()
        text = f"the HPA controller was able to update the target scale to {decision.desired}"
        set_condition(status, "AbleToScale", "True", "SucceededRescale", text)
    else:
        set_condition(status, "AbleToScale", "True", "ReadyForNewScale", "recommended size matches current size")
    status["currentReplicas"], status["desiredReplicas"] = decision.current, decision.desired
    advice = decision.advice
    if decision.limited == "zero":
        set_condition(status, "ScalingActive", "False", "ScalingDisabled", decision.reason)
        drop_condition(status, "ScalingLimited")
    elif advice is not None and advice.replicas is None:
        set_condition(status, "ScalingActive", "False", "FailedGetResourceMetric", advice.problem)
    elif advice is not None:
        status["currentMetrics"] = advice.metrics
        text = f"the HPA was able to successfully calculate a replica count from {advice.metric}"
        set_condition(status, "ScalingActive", "True", "ValidMetricFound", text)
    _write_limited(status, decision.limited)


def _write_limited(status: Obj, limited: str) -> None:
    if limited == "least":
        text = "the desired replica count is less than the minimum replica count"
        set_condition(status, "ScalingLimited", "True", "TooFewReplicas", text)
    elif limited == "most":
        text = "the desired replica count is more than the maximum replica count"
        set_condition(status, "ScalingLimited", "True", "TooManyReplicas", text)
    elif not limited:
        text = "the desired count is within the acceptable range"
        set_condition(status, "ScalingLimited", "False", "DesiredWithinRange", text)
