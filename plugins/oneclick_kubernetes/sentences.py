"""From what Kubernetes, kubelets and registries say to one sentence that a person understands."""

from __future__ import annotations

import re

from oneclick_kubernetes.names import DEPLOYMENT_LABEL
from oneclick_kubernetes.objects import Object, condition, metadata, name_of, status_of

LONGEST = 300

_DENIED = re.compile(r"unauthorized|denied|forbidden|authorization|authentication|\b40[13]\b", re.IGNORECASE)
_ABSENT = re.compile(r"not found|manifest unknown|name unknown|does not exist|\b404\b", re.IGNORECASE)
_LIMITED = re.compile(r"toomanyrequests|too many requests|rate limit|\b429\b", re.IGNORECASE)
_OFFLINE = re.compile(
    r"no such host|connection refused|i/o timeout|deadline exceeded|no route to host|tls:", re.IGNORECASE
)
_PLATFORM = re.compile(r"no match(ing manifest)? for (platform|.* in the manifest)|no matching manifest", re.IGNORECASE)
_QUOTA = re.compile(
    r"exceeded quota: (?P<quota>[^,]+), requested: (?P<asked>.+), used: (?P<used>.+), limited: (?P<limit>.+)"
)
_ROOM = re.compile(r"Insufficient|Too many pods")


def short(text: str) -> str:
    """Return a message on one line, cut where it is too long."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"


def last_line(text: str) -> str:
    """Return the last line that is not blank."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return short(lines[-1]) if lines else ""


def familiar(image_name: str) -> str:
    """Return an image's name as people write it."""
    return image_name.removeprefix("docker.io/").removeprefix("library/")


def image(name: str, reason: str, detail: str) -> str:
    """Say why an image cannot be pulled."""
    # Its own name may hold any of the words that are looked for.
    words, name = detail.replace(name, ""), familiar(name)
    if reason == "InvalidImageName":
        return f"image {name} is no valid image name"
    if reason == "ErrImageNeverPull":
        return f"image {name} is not on the node and may not be pulled"
    if _LIMITED.search(words):
        return f"image {name} cannot be pulled now: its registry limits how often"
    if _DENIED.search(words):
        return f"image {name} may not be pulled: it does not exist, or its registry wants other credentials"
    if _PLATFORM.search(words):
        return f"image {name} does not exist for the node's platform"
    if _OFFLINE.search(words):
        return f"image {name} cannot be pulled: its registry does not answer"
    if _ABSENT.search(words):
        return f"image {name} not found"
    return f"image {name} cannot be pulled: {short(detail)}" if detail else f"image {name} cannot be pulled"


def start_error(message: str) -> str:
    """Return the heart of a container runtime's message."""
    found = re.search(r"(exec: .*|error mounting .*|permission denied.*)", message)
    return short((found[1] if found else message).removesuffix(": unknown")) or "the runtime gives no reason"


def out_of_memory(subject: str, limit: str) -> str:
    """Say that a container was killed for its memory."""
    return f"{subject} is out of memory: it needs more than its limit" + (f" of {limit}" if limit else "")


def exit_code(subject: str, code: int, line: str, looping: bool) -> str:
    """Say with what a container exits."""
    said = f": {line}" if line else ""
    if code == 0 and looping and not line:
        said = ": it must keep running"
    return (
        f"{subject} exits with {code}{said}" if looping else f"{subject} exited with {code} and is started again{said}"
    )


def replica_failure(message: str) -> str:
    """Say why pods cannot be made: a quota, Pod Security, or whatever admission says."""
    reason = re.sub(r'^(error creating: )?pods "[^"]*" is forbidden: ', "", message.strip(), flags=re.IGNORECASE)
    quota = _QUOTA.search(reason)
    if quota:
        return f"quota exceeded: {_shortages(*(_amounts(quota[part]) for part in ('asked', 'used', 'limit')))}"
    if reason.startswith("failed quota:"):
        return f"quota refuses pods: {short(reason.removeprefix('failed quota:').strip())}"
    if reason.startswith("violates PodSecurity"):
        return f"Pod Security refuses the pods: {short(reason)}"
    return f"the cluster refuses the pods: {short(reason)}" if reason else "the cluster refuses the pods"


def _amounts(text: str) -> dict[str, str]:
    """Read ``requests.cpu=1,limits.memory=1Gi``."""
    pairs = (amount.partition("=") for amount in text.split(","))
    return {name.strip(): value for name, _, value in pairs}


def _shortages(asked: dict[str, str], used: dict[str, str], limits: dict[str, str]) -> str:
    return ", ".join(
        f"{_resource(name)} ({amount} more, {used.get(name, '0')} of {limits.get(name, '?')} used)"
        for name, amount in asked.items()
    )


def _resource(name: str) -> str:
    """Return a resource's name in a quota as people say it."""
    if name.startswith("limits."):
        return f"{name.removeprefix('limits.')} limit"
    return name.removeprefix("requests.")


def unschedulable(message: str) -> str:
    """Say why no node takes a pod."""
    reasons = re.sub(r"^\d+/\d+ nodes are available: ", "", message)
    # What the scheduler says after that is about preemption and claims for devices.
    reasons = re.split(r"\.? (?:no new claims|preemption:)", reasons)[0].strip().rstrip(".")
    if "no nodes available" in reasons:
        return "the cluster has no nodes"
    if _ROOM.search(reasons):
        return f"no node has room: {short(reasons)}"
    return f"no node takes it: {short(reasons)}" if reasons else "no node takes it"


def claim(found: Object, told: str) -> str:
    """Say what a volume's claim waits for."""
    deployment = str((metadata(found).get("labels") or {}).get(DEPLOYMENT_LABEL) or "")
    name = name_of(found).removesuffix(f"-{deployment}") if deployment else name_of(found)
    storage_class = (found.get("spec") or {}).get("storageClassName")
    if status_of(found).get("phase") == "Lost":
        return f"volume {name} is lost: what it was bound to is gone"
    if "storageclass" in told.lower() and "not found" in told:
        return f"volume {name} waits for storage class {storage_class}, which does not exist"
    if told:
        return f"volume {name} cannot be made: {short(told)}"
    if condition(found, "Resizing").get("status") == "True":
        return f"volume {name} is being resized"
    if storage_class:
        return f"volume {name} waits for storage class {storage_class}"
    return f"volume {name} waits for storage: the cluster has no default storage class"


def probe(message: str) -> str:
    """Say which probe fails, and how."""
    kind, _, rest = message.partition(" probe failed: ")
    return f"the {kind.lower()} probe fails: {short(rest)}" if rest else short(message)
