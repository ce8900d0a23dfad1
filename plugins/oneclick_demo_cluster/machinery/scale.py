"""The ``scale`` subresource."""

from __future__ import annotations

from typing import Any

from oneclick_demo_cluster.machinery.errors import bad_request, invalid, invalid_value
from oneclick_demo_cluster.machinery.kinds import Kind
from oneclick_demo_cluster.machinery.objects import Obj, copy_of, dig
from oneclick_demo_cluster.machinery.writes import PATCHES, Options, Writer

SCALE = Kind("autoscaling", "v1", "Scale", "scales")


def scale_of(obj: Obj) -> Obj:
    """Return the Scale of a workload."""
    metadata = obj["metadata"]
    kept = ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")
    labels = dig(obj, "spec", "selector", "matchLabels", default={})
    return {
        "kind": "Scale",
        "apiVersion": "autoscaling/v1",
        "metadata": {key: metadata[key] for key in kept if key in metadata},
        "spec": {"replicas": obj["spec"]["replicas"]} if obj["spec"].get("replicas") else {},
        "status": {
            "replicas": dig(obj, "status", "replicas", default=0),
            "selector": ",".join(f"{key}={value}" for key, value in sorted(labels.items())),
        },
    }


def patched_scale(obj: Obj, type_: str, patch: Any) -> Obj:
    """Return the Scale with a patch."""
    operation = PATCHES.get(type_)
    result = operation(scale_of(obj), patch) if operation else patch
    if not isinstance(result, dict):
        raise bad_request("the object provided is unrecognized (must be of type Scale)")
    return result


def set_scale(writer: Writer, kind: Kind, namespace: str, name: str, scale: Any, options: Options) -> Obj:
    """Set ``spec.replicas`` by a Scale; returns the new Scale."""
    with writer.store.lock:
        live = writer.live(kind, namespace, name)
        wanted = dig(scale, "spec", "replicas", default=0)
        if isinstance(wanted, bool) or not isinstance(wanted, int):
            raise bad_request(
                "json: cannot unmarshal string into Go struct field ScaleSpec.spec.replicas of type int32"
            )
        if wanted < 0:
            causes = [invalid_value("spec.replicas", wanted, "must be greater than or equal to 0")]
            raise invalid(SCALE, name, causes)
        new: Obj = copy_of(live)
        new["spec"]["replicas"] = wanted
        new["metadata"]["resourceVersion"] = dig(scale, "metadata", "resourceVersion", default="")
        return scale_of(writer.replace(kind, namespace, name, new, options))
