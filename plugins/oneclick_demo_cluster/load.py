"""The load of the demonstration: how much processor and memory a container seems to use.

A workload has one load, a slow wave, which its pods share: adding pods lowers what each of them uses, so that an
autoscaler finds its balance.
"""

from __future__ import annotations

import math
import time
import zlib

from oneclick_demo_cluster.machinery import kinds, quantities
from oneclick_demo_cluster.machinery.objects import Obj, controller_of, dig, name_of, namespace_of
from oneclick_demo_cluster.machinery.store import Store

MEAN, SWING = 0.55, 0.12
"""The load of a workload, as a part of one pod's request."""

PERIOD = 240.0
DEFAULT_CPU, DEFAULT_MEMORY = 0.02, 48 * 1024 * 1024
"""What a container uses that requests nothing."""


def is_measured(pod: Obj) -> bool:
    """Whether there are metrics of this pod."""
    return bool(dig(pod, "status", "phase") == "Running")


def container_usage(store: Store, pod: Obj, container: Obj) -> tuple[int, int]:
    """Return a container's use: billionths of a core, bytes."""
    workload, mates = _workload(store, pod)
    now = time.time()
    phase = zlib.crc32(workload.encode()) % 1000 / 1000
    wave = MEAN + SWING * math.sin(2 * math.pi * (now / PERIOD + phase))
    own = 1 + 0.08 * math.sin(now / 7 + zlib.crc32(name_of(pod).encode()) % 100)
    requests = dig(container, "resources", "requests", default={})
    cpu = float(quantities.parse(requests["cpu"])) if "cpu" in requests else DEFAULT_CPU
    memory = float(quantities.parse(requests["memory"])) if "memory" in requests else DEFAULT_MEMORY
    return int(cpu * wave * own / mates * 1e9), int(memory * (0.5 + 0.15 * wave * own))


def _workload(store: Store, pod: Obj) -> tuple[str, int]:
    """Return the name of what the pod belongs to, and how many running pods share its load."""
    owner = controller_of(pod)
    if owner is None or owner["kind"] != "ReplicaSet":
        return name_of(pod), 1
    replica_set = store.get(kinds.REPLICA_SETS, namespace_of(pod), owner["name"])
    top = controller_of(replica_set) if replica_set else None
    mates = sum(is_measured(mate) for kind, mate in store.owned(owner["uid"]) if kind is kinds.PODS)
    return (top or owner)["uid"], max(mates, 1)
