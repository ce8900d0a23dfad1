"""``GET …/pods/{name}/log``."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

from oneclick_demo_cluster.loglines import Log
from oneclick_demo_cluster.machinery import kinds
from oneclick_demo_cluster.machinery.errors import bad_request, invalid, invalid_value, not_found
from oneclick_demo_cluster.machinery.objects import Obj, dig, name_of, parse_time
from oneclick_demo_cluster.machinery.store import Store
from oneclick_demo_cluster.programs import program_of
from oneclick_demo_cluster.server.messages import Request, Response
from oneclick_demo_cluster.server.routing import Target

TEXT = "text/plain; charset=utf-8"
LOOK_PAUSE = 0.5
"""How often a followed log looks whether its container still runs."""

LOG_OPTIONS = kinds.Kind("", "v1", "PodLogOptions", "podlogoptions")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the query asks for."""

    tail: int | None
    since: float | None
    limit: int | None
    timestamps: bool


def answer(store: Store, target: Target, request: Request) -> Response:
    """Answer with the lines so far, or with a stream that goes on."""
    pod = store.get(kinds.PODS, target.namespace, target.name)
    if pod is None:
        raise not_found(kinds.PODS, target.name)
    container = _container(pod, request.query.get("container", ""))
    wanted = _wanted(target, request)
    log = _log(pod, container, previous=request.flag("previous"))
    if request.flag("follow"):
        return Response(stream=_follow(store, pod, container, log, wanted), content_type=TEXT)
    now = time.time()
    numbers = _numbers(log, wanted, now)
    body = b"".join(log.line(number, timestamps=wanted.timestamps) for number in numbers)
    return Response(body=body[: wanted.limit], content_type=TEXT)


def _wanted(target: Target, request: Request) -> Wanted:
    tail, seconds = request.number("tailLines"), request.number("sinceSeconds")
    limit, moment = request.number("limitBytes"), request.query.get("sinceTime", "")
    causes = []
    if tail is not None and tail < 0:
        causes.append(invalid_value("tailLines", tail, "must be greater than or equal to 0"))
    if seconds is not None and seconds < 1:
        causes.append(invalid_value("sinceSeconds", seconds, "must be greater than 0"))
    if limit is not None and limit < 1:
        causes.append(invalid_value("limitBytes", limit, "must be greater than 0"))
    if seconds is not None and moment:
        causes.append(invalid_value("sinceSeconds", seconds, "at most one of `sinceTime` or `sinceSeconds` may be set"))
    if causes:
        raise invalid(LOG_OPTIONS, target.name, causes)
    since = time.time() - seconds if seconds is not None else None
    if moment:
        try:
            since = float(int(parse_time(moment).timestamp()))
        except ValueError:
            raise bad_request(f'parsing time "{moment}" as "2006-01-02T15:04:05Z07:00": cannot parse') from None
    return Wanted(tail, since, limit, request.flag("timestamps"))


def _container(pod: Obj, name: str) -> str:
    spec = pod["spec"]
    names = [entry["name"] for entry in spec.get("containers") or ()]
    starting = [entry["name"] for entry in spec.get("initContainers") or ()]
    if name:
        if name not in names and name not in starting:
            raise bad_request(f"container {name} is not valid for pod {name_of(pod)}")
        return name
    if len(names) > 1:
        default = (pod["metadata"].get("annotations") or {}).get("kubectl.kubernetes.io/default-container")
        if default in names:
            return str(default)
        text = f"a container name must be specified for pod {name_of(pod)}, choose one of: [{' '.join(names)}]"
        raise bad_request(text + (f" or one of the init containers: [{' '.join(starting)}]" if starting else ""))
    return str(names[0])


def _status(pod: Obj, container: str) -> Obj:
    for field in ("containerStatuses", "initContainerStatuses"):
        for status in dig(pod, "status", field, default=()):
            if status["name"] == container:
                return status  # type: ignore[no-any-return]
    return {}


def _log(pod: Obj, container: str, *, previous: bool) -> Log:
    """Return the log of the container's run. Raises a 400 when there was none."""
    status = _status(pod, container)
    state, last = status.get("state") or {}, dig(status, "lastState", "terminated")
    number = status.get("restartCount", 0)
    ended = number if "waiting" in state else number - 1
    if previous:
        if last is None:
            text = f'previous terminated container "{container}" in pod "{name_of(pod)}" not found'
            raise bad_request(text)
        return _run(pod, container, last, ended)
    run = state.get("running") or state.get("terminated")
    if run is not None:
        return _run(pod, container, run, number)
    if last is not None:
        return _run(pod, container, last, ended)
    reason = dig(state, "waiting", "reason", default="ContainerCreating")
    doing = "trying and failing to pull image" if reason in ("ErrImagePull", "ImagePullBackOff") else reason
    waits = "is waiting to start: " + doing
    raise bad_request(f'container "{container}" in pod "{name_of(pod)}" {waits}')


def _run(pod: Obj, container: str, run: Obj, number: int) -> Log:
    end = run.get("finishedAt")
    return Log(
        f"{pod['metadata']['uid']}/{container}/{number}",
        program_of(pod, container),
        parse_time(run["startedAt"]).timestamp(),
        parse_time(end).timestamp() if end else None,
    )


def _numbers(log: Log, wanted: Wanted, now: float) -> range:
    first, end = log.first(now, wanted.since), log.count(now)
    return range(max(first, end - wanted.tail) if wanted.tail is not None else first, end)


def _follow(store: Store, pod: Obj, container: str, log: Log, wanted: Wanted) -> Iterator[bytes]:
    """Yield lines as they are written, until this run of the container is over."""
    numbers = _numbers(log, wanted, time.time())
    left = wanted.limit if wanted.limit is not None else float("inf")
    while left > 0:
        data = b"".join(log.line(number, timestamps=wanted.timestamps) for number in numbers)
        if left < len(data):
            data = data[: int(left)]
        left -= len(data)
        yield data
        if log.end is not None or store.closed:
            return
        time.sleep(max(0.05, min(LOOK_PAUSE, log.time(numbers.stop) - time.time())))
        log = _still(store, pod, container, log)
        numbers = range(numbers.stop, max(numbers.stop, log.count(time.time())))


def _still(store: Store, pod: Obj, container: str, log: Log) -> Log:
    """Return the log with its end, once the run is over."""
    current = store.get(kinds.PODS, pod["metadata"]["namespace"], name_of(pod))
    if current is None or current["metadata"]["uid"] != pod["metadata"]["uid"]:
        return Log(log.seed, log.program, log.start, time.time())
    status = _status(current, container)
    state, last = status.get("state") or {}, dig(status, "lastState", "terminated")
    for run in (state.get("running"), state.get("terminated"), last):
        if run is not None and parse_time(run["startedAt"]).timestamp() == log.start:
            end = run.get("finishedAt")
            return Log(log.seed, log.program, log.start, parse_time(end).timestamp() if end else None)
    return Log(log.seed, log.program, log.start, time.time())
