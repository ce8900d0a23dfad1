"""The defaults that the API server writes into objects, as far as anybody looks at them."""

from __future__ import annotations

from collections.abc import Callable

from oneclick_demo_cluster.machinery import kinds
from oneclick_demo_cluster.machinery.kinds import Kind
from oneclick_demo_cluster.machinery.objects import Obj, dig

Default = Callable[[Obj], None]


def apply_defaults(kind: Kind, obj: Obj) -> None:
    """Fill in what the writer left out, in place."""
    default = DEFAULTS.get(kind)
    if default is not None:
        default(obj)
    if kind.has_status:
        fill(obj, status={"loadBalancer": {}} if kind in PUBLISHED else {})


def fill(target: Obj, **values: object) -> None:
    """Set the fields that are not there."""
    for key, value in values.items():
        target.setdefault(key, value)


def default_pod_spec(spec: Obj) -> None:
    """The defaults of a pod's specification, in a pod or a template."""
    fill(
        spec,
        restartPolicy="Always",
        dnsPolicy="ClusterFirst",
        terminationGracePeriodSeconds=30,
        securityContext={},
        schedulerName="default-scheduler",
    )
    if spec.get("serviceAccountName"):
        spec["serviceAccount"] = spec["serviceAccountName"]
    for volume in spec.get("volumes") or ():
        if not set(volume) - {"name"}:
            volume["emptyDir"] = {}
        for source in ("secret", "configMap", "projected", "downwardAPI"):
            if source in volume:
                fill(volume[source], defaultMode=420)
    for container in (*(spec.get("initContainers") or ()), *(spec.get("containers") or ())):
        _default_container(container)


def _default_container(container: Obj) -> None:
    fill(
        container,
        terminationMessagePath="/dev/termination-log",
        terminationMessagePolicy="File",
        imagePullPolicy=_pull_policy(container.get("image", "")),
        resources={},
    )
    for port in container.get("ports") or ():
        fill(port, protocol="TCP")
    for entry in container.get("env") or ():
        if "fieldRef" in (entry.get("valueFrom") or {}):
            fill(entry["valueFrom"]["fieldRef"], apiVersion="v1")
    for name in ("livenessProbe", "readinessProbe", "startupProbe"):
        if name in container:
            fill(container[name], timeoutSeconds=1, periodSeconds=10, successThreshold=1, failureThreshold=3)
            if "httpGet" in container[name]:
                fill(container[name]["httpGet"], path="/", scheme="HTTP")


def _pull_policy(image: str) -> str:
    if "@" in image:
        return "IfNotPresent"
    tag = image.rpartition("/")[2].partition(":")[2]
    return "Always" if tag in ("", "latest") else "IfNotPresent"


def _deployment(obj: Obj) -> None:
    spec = obj.setdefault("spec", {})
    fill(spec, replicas=1, revisionHistoryLimit=10, progressDeadlineSeconds=600, strategy={})
    strategy = spec["strategy"]
    fill(strategy, type="RollingUpdate")
    if strategy["type"] == "RollingUpdate":
        fill(strategy, rollingUpdate={})
        fill(strategy["rollingUpdate"], maxSurge="25%", maxUnavailable="25%")
    _template(spec)


def _replica_set(obj: Obj) -> None:
    spec = obj.setdefault("spec", {})
    fill(spec, replicas=1)
    _template(spec)


def _template(spec: Obj) -> None:
    if isinstance(spec.get("template"), dict):
        spec["template"].setdefault("metadata", {})
        default_pod_spec(spec["template"].setdefault("spec", {}))


def _pod(obj: Obj) -> None:
    spec = obj.setdefault("spec", {})
    fill(spec, enableServiceLinks=True)
    default_pod_spec(spec)
    for container in (*(spec.get("initContainers") or ()), *(spec.get("containers") or ())):
        resources = container["resources"]
        for name, value in (resources.get("limits") or {}).items():
            fill(resources.setdefault("requests", {}), **{name: value})


def _job_spec(spec: Obj) -> None:
    if "completions" not in spec and "parallelism" not in spec:
        spec["completions"] = 1
    fill(spec, parallelism=1, backoffLimit=6, completionMode="NonIndexed", suspend=False)
    fill(spec, podReplacementPolicy="TerminatingOrFailed", manualSelector=False)
    _template(spec)


def _job(obj: Obj) -> None:
    _job_spec(obj.setdefault("spec", {}))


def _cron_job(obj: Obj) -> None:
    spec = obj.setdefault("spec", {})
    fill(spec, concurrencyPolicy="Allow", suspend=False, successfulJobsHistoryLimit=3, failedJobsHistoryLimit=1)
    job = spec.get("jobTemplate")
    if isinstance(job, dict):
        fill(job, metadata={})
        _template(job.setdefault("spec", {}))


def _autoscaler(obj: Obj) -> None:
    fill(obj, status={"desiredReplicas": 0, "currentMetrics": None})
    spec = obj.setdefault("spec", {})
    target = {"type": "Utilization", "averageUtilization": 80}
    fill(spec, minReplicas=1, metrics=[{"type": "Resource", "resource": {"name": "cpu", "target": target}}])
    for direction, window in (("scaleUp", 0), ("scaleDown", None)):
        rules = dig(spec, "behavior", direction)
        if isinstance(rules, dict):
            fill(rules, selectPolicy="Max")
            if window is not None:
                fill(rules, stabilizationWindowSeconds=window)


def _service(obj: Obj) -> None:
    spec = obj.setdefault("spec", {})
    fill(spec, type="ClusterIP", sessionAffinity="None")
    if spec["type"] != "ExternalName":
        fill(spec, internalTrafficPolicy="Cluster", ipFamilies=["IPv4"], ipFamilyPolicy="SingleStack")
    if spec["type"] in ("NodePort", "LoadBalancer"):
        fill(spec, externalTrafficPolicy="Cluster")
    if spec["type"] == "LoadBalancer":
        fill(spec, allocateLoadBalancerNodePorts=True)
    for port in spec.get("ports") or ():
        fill(port, protocol="TCP")
        if "port" in port:
            fill(port, targetPort=port["port"])


def _claim(obj: Obj) -> None:
    fill(obj.setdefault("spec", {}), volumeMode="Filesystem")
    fill(obj, status={"phase": "Pending"})


def _secret(obj: Obj) -> None:
    fill(obj, type="Opaque")


def _namespace(obj: Obj) -> None:
    obj["metadata"].setdefault("labels", {})["kubernetes.io/metadata.name"] = obj["metadata"].get("name", "")
    fill(obj.setdefault("spec", {}), finalizers=["kubernetes"])
    fill(obj.setdefault("status", {}), phase="Active")


def _network_policy(obj: Obj) -> None:
    spec = obj.setdefault("spec", {})
    fill(spec, podSelector={}, policyTypes=["Ingress", "Egress"] if "egress" in spec else ["Ingress"])


def _storage_class(obj: Obj) -> None:
    fill(obj, reclaimPolicy="Delete", volumeBindingMode="Immediate")


def _volume(obj: Obj) -> None:
    spec = obj.setdefault("spec", {})
    fill(spec, volumeMode="Filesystem", persistentVolumeReclaimPolicy="Retain")
    fill(obj.setdefault("status", {}), phase="Available")


def _limit_range(obj: Obj) -> None:
    for limit in dig(obj, "spec", "limits", default=()):
        if limit.get("type") == "Container":
            for name, value in (limit.get("max") or {}).items():
                fill(limit.setdefault("default", {}), **{name: value})
            for name, value in {**(limit.get("min") or {}), **(limit.get("default") or {})}.items():
                fill(limit.setdefault("defaultRequest", {}), **{name: value})


def _disruption_budget(obj: Obj) -> None:
    counts = dict.fromkeys(("currentHealthy", "desiredHealthy", "disruptionsAllowed", "expectedPods"), 0)
    fill(obj, status=counts)


def _event(obj: Obj) -> None:
    fill(obj, type="Normal", count=1)


PUBLISHED = (kinds.SERVICES, kinds.INGRESSES)

DEFAULTS: dict[Kind, Default] = {
    kinds.DEPLOYMENTS: _deployment,
    kinds.REPLICA_SETS: _replica_set,
    kinds.PODS: _pod,
    kinds.JOBS: _job,
    kinds.CRON_JOBS: _cron_job,
    kinds.AUTOSCALERS: _autoscaler,
    kinds.SERVICES: _service,
    kinds.CLAIMS: _claim,
    kinds.SECRETS: _secret,
    kinds.NAMESPACES: _namespace,
    kinds.NETWORK_POLICIES: _network_policy,
    kinds.STORAGE_CLASSES: _storage_class,
    kinds.VOLUMES: _volume,
    kinds.EVENTS: _event,
    kinds.LIMIT_RANGES: _limit_range,
    kinds.DISRUPTION_BUDGETS: _disruption_budget,
}
