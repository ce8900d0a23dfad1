"""What a container of the demonstration does, which its image's tag and its pod decide."""

from __future__ import annotations

from oneclick_demo_cluster.machinery.objects import Obj

MISSING, CRASH = "missing", "crash"


def tag_of(image: str) -> str:
    """Return the tag of an image, ``latest`` without one."""
    name = image.partition("@")[0].rpartition("/")[2]
    return name.partition(":")[2] or "latest"


def is_missing(image: str) -> bool:
    """Whether the registry is to have no such image."""
    return MISSING in tag_of(image)


def program_of(pod: Obj, container: str) -> str:
    """Return ``server`` (runs on), ``task`` (ends well) or ``crash`` (ends badly)."""
    spec = pod["spec"]
    for entry in spec.get("initContainers") or ():
        if entry["name"] == container:
            if CRASH in tag_of(entry.get("image", "")):
                return "crash"
            return "server" if entry.get("restartPolicy") == "Always" else "task"
    for entry in spec.get("containers") or ():
        if entry["name"] == container and CRASH in tag_of(entry.get("image", "")):
            return "crash"
    return "server" if spec.get("restartPolicy", "Always") == "Always" else "task"
