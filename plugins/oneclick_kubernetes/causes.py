"""Why a rollout does not go on: one sentence that names the cause (design.md §5, contracts/kubernetes.md 8–11)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from oneclick_kubernetes import sentences
from oneclick_kubernetes.objects import Object, condition, is_ready, metadata, name_of, status_of

_PULL = (
    "ErrImagePull",
    "ImagePullBackOff",
    "InvalidImageName",
    "ErrImageNeverPull",
    "ImageInspectError",
    "RegistryUnavailable",
)
_SETUP = ("CreateContainerConfigError",)
_START = ("CreateContainerError", "RunContainerError", "PreCreateHookError", "PostStartHookError")
_NOT_STARTED = ("StartError", "ContainerCannotRun")
_MOUNT = ("FailedMount", "FailedAttachVolume", "FailedMapVolume")
_BACK_OFF, _LONGEST_BACK_OFF = 10, 300
_SLACK = 60


@dataclass(frozen=True, slots=True)
class Scene:
    """What stands around the pods: events, claims, and last log lines by pod name."""

    events: Sequence[Object] = ()
    claims: Sequence[Object] = ()
    log_lines: Mapping[str, str] = field(default_factory=dict)

    def messages(self, found: Object, *reasons: str) -> list[str]:
        """Return the messages of an object's events with one of the reasons, newest last."""
        name, uid = name_of(found), metadata(found).get("uid")
        mine = [event for event in self.events if event.get("reason") in reasons and _is_about(event, name, uid)]
        return [str(event.get("message") or event.get("note") or "") for event in sorted(mine, key=_event_time)]


@dataclass(frozen=True, slots=True)
class Cause:
    """A sentence; whether it is fatal, so that waiting alone is not expected to help; and where it was seen."""

    sentence: str
    fatal: bool = True
    pod: Object | None = None
    container: Object | None = None


def find_cause(deployment: Object, replica_set: Object | None, pods: Sequence[Object], scene: Scene) -> Cause | None:
    """Return what keeps the current template's pods from being ready: the first fatal cause, else the first one."""
    causes = list(_causes(deployment, replica_set, pods, scene))
    return next((cause for cause in causes if cause.fatal), causes[0] if causes else None)


def _causes(deployment: Object, replica_set: Object | None, pods: Sequence[Object], scene: Scene) -> Iterator[Cause]:
    failure = condition(deployment if replica_set is None else replica_set, "ReplicaFailure")
    if failure.get("status") == "True":
        yield Cause(sentences.replica_failure(str(failure.get("message") or "")))
    for search in _SEARCHES:
        for pod in pods:
            if not is_ready(pod):
                yield from search(pod, scene)


def _containers(pod: Object) -> list[Mapping[str, Any]]:
    status = status_of(pod)
    return [*(status.get("initContainerStatuses") or ()), *(status.get("containerStatuses") or ())]


def _waiting(pod: Object) -> Iterator[tuple[Mapping[str, Any], str, str]]:
    """Yield the waiting containers of a pod with reason and message."""
    for container in _containers(pod):
        waiting = (container.get("state") or {}).get("waiting") or {}
        if waiting:
            yield container, str(waiting.get("reason") or ""), str(waiting.get("message") or "")


def _image_causes(pod: Object, scene: Scene) -> Iterator[Cause]:
    for container, reason, message in _waiting(pod):
        if reason in _PULL:
            told = [text for text in scene.messages(pod, "Failed", "InspectFailed") if text.startswith("Failed to ")]
            # The back-off's own message names no cause on older kubelets; the event before it does.
            detail = message if not message.startswith("Back-off pulling") or ": " in message else ""
            image = _image(pod, container) or str(container.get("image") or "")
            yield Cause(sentences.image(image, reason, detail or (told[-1] if told else "")), True, pod, container)


def _setup_causes(pod: Object, scene: Scene) -> Iterator[Cause]:
    for container, reason, message in _waiting(pod):
        subject = _subject(pod, container)
        if reason in _SETUP:
            yield Cause(f"{subject} cannot be set up: {sentences.short(message)}", True, pod, container)
        elif reason in _START:
            yield Cause(f"{subject} cannot start: {sentences.start_error(message)}", True, pod, container)


def _crash_causes(pod: Object, scene: Scene) -> Iterator[Cause]:
    for container in _containers(pod):
        state, ended = container.get("state") or {}, _last_end(container)
        looping = (state.get("waiting") or {}).get("reason") == "CrashLoopBackOff"
        killed = ended.get("reason") == "OOMKilled" and not state.get("running")
        if looping or killed:
            yield Cause(_crash(pod, container, ended, scene, looping), True, pod, container)


def _restart_causes(pod: Object, scene: Scene) -> Iterator[Cause]:
    for container in _containers(pod):
        ended = _last_end(container)
        if ended and ended.get("reason") != "Completed":
            yield Cause(_crash(pod, container, ended, scene, False), False, pod, container)


def _crash(pod: Object, container: Mapping[str, Any], ended: Mapping[str, Any], scene: Scene, looping: bool) -> str:
    subject, message = _subject(pod, container), str(ended.get("message") or "")
    if ended.get("reason") == "OOMKilled":
        return sentences.out_of_memory(subject, _memory_limit(pod, container))
    if ended.get("reason") in _NOT_STARTED:
        return f"{subject} cannot start: {sentences.start_error(message)}"
    if "exitCode" not in ended:
        return f"{subject} crashes again and again"
    line = sentences.last_line(message) or sentences.last_line(scene.log_lines.get(name_of(pod), ""))
    return sentences.exit_code(subject, int(ended["exitCode"]), line, looping)


def _scheduling_causes(pod: Object, scene: Scene) -> Iterator[Cause]:
    scheduled = condition(pod, "PodScheduled")
    if scheduled.get("status") != "False" or scheduled.get("reason") != "Unschedulable":
        return
    message = str(scheduled.get("message") or "")
    if "PersistentVolumeClaim" in message or "persistentvolumeclaim" in message:
        yield from _claim_causes(pod, scene)
        yield Cause(f"a volume is not ready: {sentences.short(message)}", False, pod)
    elif scene.messages(pod, "TriggeredScaleUp"):
        yield Cause("no node has room; the cluster is adding one", False, pod)
    else:
        yield Cause(sentences.unschedulable(message), True, pod)


def _claim_causes(pod: Object, scene: Scene) -> Iterator[Cause]:
    used = {
        (volume.get("persistentVolumeClaim") or {}).get("claimName")
        for volume in (pod.get("spec") or {}).get("volumes") or ()
    }
    for claim in scene.claims:
        if name_of(claim) in used and status_of(claim).get("phase") in ("Pending", "Lost"):
            told = scene.messages(claim, "ProvisioningFailed")
            yield Cause(sentences.claim(claim, told[-1] if told else ""), False, pod)


def _mount_causes(pod: Object, scene: Scene) -> Iterator[Cause]:
    for message in scene.messages(pod, *_MOUNT)[-1:]:
        yield Cause(f"a volume cannot be mounted: {sentences.short(message)}", False, pod)


def _probe_causes(pod: Object, scene: Scene) -> Iterator[Cause]:
    running = any((container.get("state") or {}).get("running") for container in _containers(pod))
    for message in scene.messages(pod, "Unhealthy")[-1:] if running else ():
        yield Cause(sentences.probe(message), False, pod)


def _node_causes(pod: Object, scene: Scene) -> Iterator[Cause]:
    status = status_of(pod)
    if status.get("reason") == "Evicted":
        yield Cause(f"an instance was evicted: {sentences.short(str(status.get('message') or ''))}", False, pod)
    elif status.get("reason") == "NodeLost" or condition(pod, "Ready").get("status") == "Unknown":
        yield Cause(f"node {(pod.get('spec') or {}).get('nodeName')} does not answer", False, pod)


_SEARCHES: tuple[Callable[[Object, Scene], Iterable[Cause]], ...] = (
    _image_causes,
    _setup_causes,
    _crash_causes,
    _scheduling_causes,
    _mount_causes,
    _probe_causes,
    _restart_causes,
    _node_causes,
)
"""What is looked for in every pod that is not ready, the surest first."""


def never_stayed_up(cause: Cause, completed: str) -> bool:
    """Tell whether a crash goes back to the pod's first start, so that the rollout only seemed complete.

    A container without a readiness probe is ready the moment it starts (fact 11), so a Deployment whose containers end
    after a second is complete for that second. Its restarts then account for the pod's whole life, which is not so
    for an app that ran for a while first.
    """
    pod, container = cause.pod or {}, cause.container or {}
    ended = _last_end(container)
    created, begun = _time(metadata(pod).get("creationTimestamp")), _time(status_of(pod).get("startTime"))
    started, finished, done = _time(ended.get("startedAt")), _time(ended.get("finishedAt")), _time(completed)
    if not (created and begun and started and finished and done) or created > done:
        return False
    restarts = int(container.get("restartCount") or 0)
    paused = sum(min(_BACK_OFF * 2**turn, _LONGEST_BACK_OFF) for turn in range(min(restarts, 1000)))
    running = (finished - started + timedelta(seconds=_BACK_OFF)) * (restarts + 1)
    return finished - begun <= running + timedelta(seconds=paused + _SLACK)


def _last_end(container: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return how a container ended last, empty when it never did."""
    state, last = container.get("state") or {}, container.get("lastState") or {}
    return state.get("terminated") or last.get("terminated") or {}


def _time(text: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(text)) if text else None
    except ValueError:
        return None


def _event_time(event: Object) -> str:
    series = event.get("series") or {}
    times = (series.get("lastObservedTime"), event.get("lastTimestamp"), event.get("eventTime"))
    return str(next((time for time in times if time), metadata(event).get("creationTimestamp") or ""))


def _is_about(event: Object, name: str, uid: object) -> bool:
    about = event.get("involvedObject") or event.get("regarding") or {}
    return about.get("name") == name and (not uid or about.get("uid") in (None, "", uid))


def _subject(pod: Object, container: Mapping[str, Any]) -> str:
    """Name the container where a pod has several."""
    return "the container" if len(_containers(pod)) < 2 else f"container {container.get('name')}"


def _spec_of(pod: Object, container: Mapping[str, Any]) -> Mapping[str, Any]:
    spec = pod.get("spec") or {}
    listed = [*(spec.get("initContainers") or ()), *(spec.get("containers") or ())]
    return next((item for item in listed if item.get("name") == container.get("name")), {})


def _image(pod: Object, container: Mapping[str, Any]) -> str:
    return str(_spec_of(pod, container).get("image") or "")


def _memory_limit(pod: Object, container: Mapping[str, Any]) -> str:
    limits = (_spec_of(pod, container).get("resources") or {}).get("limits") or {}
    return str(limits.get("memory") or "")
