"""One container's life on a node: pulled, created, started, ready; crashing, backing off, starting again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from oneclick_demo_cluster.machinery.objects import Obj, dig, time_text
from oneclick_demo_cluster.programs import is_missing

PULL_SECONDS = 0.3
READY_SECONDS = 0.3
CRASH_SECONDS = 1.0
TASK_SECONDS = 2.0
FIRST_RESTART = 0.5
BACK_OFFS = (5, 10, 20, 40, 80, 160, 300)
PULL_BACK_OFFS = (10, 20, 40, 80, 160, 300)
PULL_ERROR_SECONDS = 1.0
CONFIG_RETRY = 2.0

Report = Callable[[str, str, str], None]
"""Type, reason and message of an event about the container."""


@dataclass(slots=True)
class Container:
    """The state of one container. ``due`` is when :meth:`advance` has something to do again."""

    spec: Obj
    pod: Obj
    program: str
    restarts_on: str
    check: Callable[[Obj], str]
    step: str = "new"
    due: float = 0.0
    restarts: int = 0
    pulls: int = 0
    ready: bool = False
    state: Obj = field(default_factory=lambda: {"waiting": {"reason": "ContainerCreating"}})
    last: Obj = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The container's name."""
        return str(self.spec["name"])

    @property
    def image(self) -> str:
        """The image as the pod names it."""
        return str(self.spec.get("image", ""))

    @property
    def is_over(self) -> bool:
        """Whether it ended and is not to start again."""
        return self.step == "ended"

    @property
    def exit_code(self) -> int | None:
        """How it ended, if it did."""
        return dig(self.state, "terminated", "exitCode")  # type: ignore[no-any-return]

    def advance(self, now: float, present: bool, report: Report) -> None:
        """Take every step that is due. ``present`` says whether the node has the image already."""
        while self.step not in ("ended", "running") or self.due:
            if self.step != "new" and now < self.due:
                return
            getattr(self, f"_{self.step}")(now, present, report)

    def _new(self, now: float, present: bool, report: Report) -> None:
        policy = self.spec.get("imagePullPolicy", "IfNotPresent")
        if policy == "Never" or (policy == "IfNotPresent" and present and not is_missing(self.image)):
            report("Normal", "Pulled", f'Container image "{self.image}" already present on machine')
            self._wait("pulled", now)
            return
        report("Normal", "Pulling", f'Pulling image "{self.image}"')
        self._wait("pulling", now + PULL_SECONDS)

    def _pulling(self, now: float, present: bool, report: Report) -> None:
        if not is_missing(self.image):
            text = f'Successfully pulled image "{self.image}" in {PULL_SECONDS * 1000:.0f}ms '
            report(
                "Normal",
                "Pulled",
                text + f"({PULL_SECONDS * 1000:.0f}ms including waiting). Image size: 67108864 bytes.",
            )
            self._wait("pulled", now)
            return
        text = pull_error(self.image)
        report("Warning", "Failed", f'Failed to pull image "{self.image}": {text}')
        report("Warning", "Failed", "Error: ErrImagePull")
        self._waiting("ErrImagePull", text)
        self._wait("refused", now + PULL_ERROR_SECONDS)

    def _refused(self, now: float, present: bool, report: Report) -> None:
        text = f'Back-off pulling image "{self.image}"'
        report("Normal", "BackOff", text)
        report("Warning", "Failed", "Error: ImagePullBackOff")
        self._waiting("ImagePullBackOff", f"{text}: ErrImagePull: {pull_error(self.image)}")
        pause = PULL_BACK_OFFS[min(self.pulls, len(PULL_BACK_OFFS) - 1)]
        self.pulls += 1
        self._wait("retry", now + pause)

    def _retry(self, now: float, present: bool, report: Report) -> None:
        self._new(now, present, report)

    def _pulled(self, now: float, present: bool, report: Report) -> None:
        if problem := self.check(self.spec):
            report("Warning", "Failed", f"Error: {problem}")
            self._waiting("CreateContainerConfigError", problem)
            self._wait("pulled", now + CONFIG_RETRY)
            return
        report("Normal", "Created", f"Created container: {self.name}")
        report("Normal", "Started", f"Started container {self.name}")
        self.state = {"running": {"startedAt": time_text(datetime.fromtimestamp(now, UTC))}}
        if self.program == "crash":
            self._wait("exiting", now + CRASH_SECONDS)
        elif self.program == "task":
            self._wait("exiting", now + TASK_SECONDS)
        else:
            self._wait("starting", now + self._delay())

    def _delay(self) -> float:
        """How long a healthy container of this kind takes to be ready."""
        probes = [self.spec[name] for name in ("startupProbe", "readinessProbe") if name in self.spec]
        return READY_SECONDS + max((float(probe.get("initialDelaySeconds", 0)) for probe in probes), default=0.0)

    def _starting(self, now: float, present: bool, report: Report) -> None:
        self.ready, self.step, self.due = True, "running", 0.0

    def _exiting(self, now: float, present: bool, report: Report) -> None:
        self.end(now, 1 if self.program == "crash" else 0)
        if self.restarts_on == "Never" or (self.restarts_on == "OnFailure" and self.exit_code == 0):
            self.step, self.due = "ended", 0.0
            return
        if self.restarts:
            self._wait("backing_off", now + FIRST_RESTART)
        else:
            self._wait("restarting", now + FIRST_RESTART)

    def _backing_off(self, now: float, present: bool, report: Report) -> None:
        pause = BACK_OFFS[min(self.restarts - 1, len(BACK_OFFS) - 1)]
        metadata = self.pod["metadata"]
        pod = f"{metadata['name']}_{metadata['namespace']}({metadata['uid']})"
        report("Warning", "BackOff", f"Back-off restarting failed container {self.name} in pod {pod}")
        self._keep_last()
        self._waiting("CrashLoopBackOff", f"back-off {pause}s restarting failed container={self.name} pod={pod}")
        self._wait("restarting", now + pause)

    def _restarting(self, now: float, present: bool, report: Report) -> None:
        self._keep_last()
        self.restarts += 1
        self.step = "new"

    def _keep_last(self) -> None:
        if "terminated" in self.state:
            self.last = {"terminated": self.state["terminated"]}

    def end(self, now: float, code: int) -> None:
        """The process ends with an exit code."""
        started = dig(self.state, "running", "startedAt")
        moment = time_text(datetime.fromtimestamp(now, UTC))
        self.ready = False
        self.state = {
            "terminated": {
                "exitCode": code,
                "reason": "Completed" if code == 0 else "Error",
                "startedAt": started or moment,
                "finishedAt": moment,
                "containerID": self.container_id(),
            }
        }
        self.step, self.due = "ended", 0.0

    def _wait(self, step: str, until: float) -> None:
        self.step, self.due = step, until

    def _waiting(self, reason: str, message: str) -> None:
        self.state = {"waiting": {"reason": reason, "message": message}}

    def container_id(self) -> str:
        """Return an id that changes with each start."""
        seed = f"{self.pod['metadata']['uid']}/{self.name}/{self.restarts}"
        return "containerd://" + hashlib.sha256(seed.encode()).hexdigest()

    def status(self) -> Obj:
        """Return the container's status as the API shows it."""
        started = "running" in self.state
        status: Obj = {
            "name": self.name,
            "state": self.state,
            "lastState": self.last,
            "ready": self.ready,
            "restartCount": self.restarts,
            "image": full_image(self.image) if started or "terminated" in self.state else self.image,
            "imageID": "",
            "started": started and (self.ready or self.program != "server"),
        }
        if started or "terminated" in self.state:
            status["imageID"] = image_id(self.image)
            status["containerID"] = self.container_id()
        return status


def full_image(image: str) -> str:
    """Return the image's name as a node reports it, with registry and tag."""
    name, at, digest = image.partition("@")
    first, slash, _ = name.partition("/")
    if not slash:
        name = f"docker.io/library/{name}"
    elif "." not in first and ":" not in first and first != "localhost":
        name = f"docker.io/{name}"
    if at:
        return f"{name}@{digest}"
    return name if ":" in name.rpartition("/")[2] else f"{name}:latest"


def image_id(image: str) -> str:
    """Return the image's name by digest; the digest follows from the name."""
    name, at, digest = full_image(image).partition("@")
    path, _, last = name.rpartition("/")
    bare = f"{path}/{last.partition(':')[0]}"
    return f"{bare}@{digest}" if at else f"{bare}@sha256:{hashlib.sha256(name.encode()).hexdigest()}"


def pull_error(image: str) -> str:
    """Return what a node says about an image that does not exist."""
    name = full_image(image)
    return (
        f'rpc error: code = NotFound desc = failed to pull and unpack image "{name}": failed to resolve reference '
        f'"{name}": {name}: not found'
    )
