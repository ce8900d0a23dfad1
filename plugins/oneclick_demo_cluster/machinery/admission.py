"""What the API server adds to an object or refuses, from what else is in the cluster."""

from __future__ import annotations

from collections.abc import Callable

from oneclick_demo_cluster.machinery import kinds
from oneclick_demo_cluster.machinery.errors import cause, forbidden, not_found
from oneclick_demo_cluster.machinery.kinds import Kind
from oneclick_demo_cluster.machinery.limits import apply_limit_ranges
from oneclick_demo_cluster.machinery.objects import Obj, dig, is_terminating, name_of, namespace_of
from oneclick_demo_cluster.machinery.podsecurity import check_pod_security
from oneclick_demo_cluster.machinery.quota import check_quota
from oneclick_demo_cluster.machinery.store import Store

DEFAULT_STORAGE = "storageclass.kubernetes.io/is-default-class"
DEFAULT_INGRESS = "ingressclass.kubernetes.io/is-default-class"
LAST_NETWORK_PART = 254


def admit(store: Store, kind: Kind, old: Obj | None, new: Obj) -> None:
    """Complete ``new`` in place, or raise the refusal."""
    if kind.namespaced and old is None:
        check_namespace(store, kind, new)
    if (mutate := MUTATIONS.get(kind)) is not None:
        mutate(store, old, new)
    apply_limit_ranges(store, kind, old, new)


def admit_last(store: Store, kind: Kind, old: Obj | None, new: Obj) -> None:
    """What is decided once the object is known to be valid: Pod Security, quotas."""
    if kind is kinds.PODS and old is None:
        check_pod_security(store, new)
    check_quota(store, kind, old, new)


def check_namespace(store: Store, kind: Kind, obj: Obj) -> None:
    """Nothing is made in a namespace that is not there, or that is going."""
    name = namespace_of(obj)
    namespace = store.get(kinds.NAMESPACES, "", name)
    if namespace is None:
        raise not_found(kinds.NAMESPACES, name)
    if is_terminating(namespace):
        raise forbidden(
            kind,
            name_of(obj),
            f"unable to create new content in namespace {name} because it is being terminated",
            [cause("NamespaceTerminating", "metadata.namespace", f"namespace {name} is being terminated")],
        )


def _pod(store: Store, old: Obj | None, new: Obj) -> None:
    if old is not None:
        return
    spec = new["spec"]
    account = spec.setdefault("serviceAccountName", "default")
    spec["serviceAccount"] = account
    found = store.get(kinds.SERVICE_ACCOUNTS, namespace_of(new), account)
    if found is None:
        where = f"error looking up service account {namespace_of(new)}/{account}"
        raise forbidden(kinds.PODS, name_of(new), f'{where}: serviceaccount "{account}" not found')
    if found.get("imagePullSecrets") and not spec.get("imagePullSecrets"):
        spec["imagePullSecrets"] = found["imagePullSecrets"]
    spec.setdefault("priority", 0)
    spec.setdefault("preemptionPolicy", "PreemptLowerPriority")
    tolerations = spec.setdefault("tolerations", [])
    for key in ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"):
        if not any(entry.get("key") == key for entry in tolerations):
            entry = {"key": key, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300}
            tolerations.append(entry)
    new["status"] = {"phase": "Pending", "qosClass": qos_class(spec)}


def qos_class(spec: Obj) -> str:
    """Return the quality-of-service class that follows from requests and limits."""
    resources = [container.get("resources") or {} for container in spec.get("containers") or ()]
    if not any(entry.get("requests") or entry.get("limits") for entry in resources):
        return "BestEffort"
    for entry in resources:
        limits = entry.get("limits") or {}
        if not {"cpu", "memory"} <= limits.keys() or limits != entry.get("requests", limits):
            return "Burstable"
    return "Guaranteed"


def _service(store: Store, old: Obj | None, new: Obj) -> None:
    spec = new["spec"]
    if spec.get("type") == "ExternalName":
        return
    if old is not None:
        for field in ("clusterIP", "clusterIPs"):
            if field in old["spec"]:
                spec.setdefault(field, old["spec"][field])
    if not spec.get("clusterIP"):
        spec["clusterIP"] = _free_address(store)
    spec["clusterIPs"] = [spec["clusterIP"]]
    if spec["type"] in ("NodePort", "LoadBalancer"):
        _node_ports(store, old, spec)


def _free_address(store: Store) -> str:
    taken = {dig(service, "spec", "clusterIP") for service in store.list(kinds.SERVICES)}
    candidates = (f"10.96.{high}.{low}" for high in range(256) for low in range(1, LAST_NETWORK_PART))
    return next(address for address in candidates if address not in taken)


def _node_ports(store: Store, old: Obj | None, spec: Obj) -> None:
    before = {port.get("port"): port.get("nodePort") for port in (old["spec"].get("ports") or () if old else ())}
    taken = {
        port.get("nodePort")
        for service in store.list(kinds.SERVICES)
        for port in dig(service, "spec", "ports", default=())
    }
    for port in spec.get("ports") or ():
        if "nodePort" not in port:
            free = (number for number in range(30000, 32768) if number not in taken)
            port["nodePort"] = before.get(port.get("port")) or next(free)
            taken.add(port["nodePort"])


def _claim(store: Store, old: Obj | None, new: Obj) -> None:
    if old is None:
        finalizers = new["metadata"].setdefault("finalizers", [])
        if "kubernetes.io/pvc-protection" not in finalizers:
            finalizers.append("kubernetes.io/pvc-protection")
        if "storageClassName" not in new["spec"] and (name := default_class(store, kinds.STORAGE_CLASSES)):
            new["spec"]["storageClassName"] = name
        return
    for field in ("storageClassName", "volumeName"):
        if field in old["spec"]:
            new["spec"].setdefault(field, old["spec"][field])
    size = ("spec", "resources", "requests", "storage")
    class_name = new["spec"].get("storageClassName", "")
    if dig(old, *size) != dig(new, *size) and dig(old, "status", "phase") == "Bound":
        storage = store.get(kinds.STORAGE_CLASSES, "", class_name)
        if not (storage or {}).get("allowVolumeExpansion"):
            text = "only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must "
            raise forbidden(kinds.CLAIMS, name_of(new), text + "support resize")


def default_class(store: Store, kind: Kind) -> str:
    """Return the name of the default storage or ingress class; empty without one."""
    annotation = DEFAULT_STORAGE if kind is kinds.STORAGE_CLASSES else DEFAULT_INGRESS
    for entry in store.list(kind):
        if (entry["metadata"].get("annotations") or {}).get(annotation) == "true":
            return name_of(entry)
    return ""


def _ingress(store: Store, old: Obj | None, new: Obj) -> None:
    legacy = (new["metadata"].get("annotations") or {}).get("kubernetes.io/ingress.class")
    if old is None and "ingressClassName" not in new["spec"] and not legacy:
        name = default_class(store, kinds.INGRESS_CLASSES)
        if name:
            new["spec"]["ingressClassName"] = name


def _job(store: Store, old: Obj | None, new: Obj) -> None:
    if old is not None:
        new["spec"].setdefault("selector", old["spec"].get("selector"))
        return
    uid, name = new["metadata"]["uid"], name_of(new)
    if not new["spec"].get("manualSelector"):
        new["spec"]["selector"] = {"matchLabels": {"batch.kubernetes.io/controller-uid": uid}}
    template = new["spec"].get("template")
    if isinstance(template, dict):
        labels = template.setdefault("metadata", {}).setdefault("labels", {})
        for prefix in ("batch.kubernetes.io/", ""):
            labels[f"{prefix}controller-uid"] = uid
            labels[f"{prefix}job-name"] = name
        if not new["metadata"].get("labels"):
            new["metadata"]["labels"] = dict(labels)


MUTATIONS: dict[Kind, Callable[[Store, Obj | None, Obj], None]] = {
    kinds.PODS: _pod,
    kinds.SERVICES: _service,
    kinds.CLAIMS: _claim,
    kinds.INGRESSES: _ingress,
    kinds.JOBS: _job,
}
