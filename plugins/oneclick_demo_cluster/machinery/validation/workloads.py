"""Deployments, jobs, cron jobs, autoscalers and budgets."""

from __future__ import annotations

import zoneinfo
from typing import Any

from cronsim import CronSim, CronSimError

from oneclick_demo_cluster.machinery.errors import forbidden_value, invalid_value, required, unsupported
from oneclick_demo_cluster.machinery.objects import Obj, dig, now
from oneclick_demo_cluster.machinery.selectors import matches_labels
from oneclick_demo_cluster.machinery.validation.metadata import Causes, check_labels
from oneclick_demo_cluster.machinery.validation.pods import check_pod_spec

MACROS = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
SINGLE = "must specify a positive target utilization"
NOT_NEGATIVE = "must be greater than or equal to 0"
JOB_POLICIES = ("OnFailure", "Never")
IMMUTABLE = "field is immutable"
POD_MAY_CHANGE = ("tolerations", "activeDeadlineSeconds", "terminationGracePeriodSeconds", "nodeName")


def check_pod(obj: Obj) -> Causes:
    """Check a pod."""
    return check_pod_spec(obj.get("spec") or {}, "spec")


def check_pod_change(old: Obj, new: Obj) -> Causes:
    """Of a pod's specification only images and a few fields may change."""

    def fixed(spec: Obj) -> Obj:
        kept = {key: value for key, value in spec.items() if key not in POD_MAY_CHANGE}
        for field in ("containers", "initContainers"):
            if field in kept:
                kept[field] = [{**container, "image": ""} for container in kept[field]]
        return kept

    if fixed(old["spec"]) == fixed(new["spec"]):
        return []
    text = (
        "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,"
        "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),"
        "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"
    )
    return [forbidden_value("spec", text)]


def check_deployment(obj: Obj) -> Causes:
    """Check a Deployment."""
    spec = obj.get("spec") or {}
    causes = _check_template(spec, "spec", ("Always",))
    causes += _counts(spec, ("replicas", "minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds"))
    strategy = spec.get("strategy") or {}
    if strategy.get("type") not in ("Recreate", "RollingUpdate"):
        causes.append(unsupported("spec.strategy", strategy.get("type"), ("Recreate", "RollingUpdate")))
    rolling = strategy.get("rollingUpdate")
    if strategy.get("type") == "Recreate" and rolling is not None:
        text = "may not be specified when strategy `type` is 'Recreate'"
        causes.append(forbidden_value("spec.strategy.rollingUpdate", text))
    elif rolling is not None:
        causes += _rolling(rolling)
    if 0 < spec.get("progressDeadlineSeconds", 600) <= spec.get("minReadySeconds", 0):
        text = "must be greater than minReadySeconds"
        causes.append(invalid_value("spec.progressDeadlineSeconds", spec["progressDeadlineSeconds"], text))
    return causes


def _rolling(rolling: Obj) -> Causes:
    causes: Causes = []
    for field in ("maxSurge", "maxUnavailable"):
        value = rolling.get(field, 0)
        number = str(value).removesuffix("%")
        if isinstance(value, bool) or not number.isdigit() or (isinstance(value, str) and "%" not in value):
            text = "must be an integer or a percentage (e.g '1%')"
            causes.append(invalid_value(f"spec.strategy.rollingUpdate.{field}", value, text))
    if not causes and all(str(rolling.get(field, 0)).strip("%0") == "" for field in ("maxSurge", "maxUnavailable")):
        text = "may not be 0 when `maxSurge` is 0"
        causes.append(invalid_value("spec.strategy.rollingUpdate.maxUnavailable", rolling.get("maxUnavailable"), text))
    return causes


def check_replica_set(obj: Obj) -> Causes:
    """Check a ReplicaSet."""
    spec = obj.get("spec") or {}
    return _check_template(spec, "spec", ("Always",)) + _counts(spec, ("replicas", "minReadySeconds"))


def _check_template(spec: Obj, path: str, policies: tuple[str, ...], *, selector: bool = True) -> Causes:
    causes: Causes = []
    template = spec.get("template")
    wanted = spec.get("selector")
    if selector and wanted is None:
        causes.append(required(f"{path}.selector"))
    elif (
        selector and wanted is not None and not any(wanted.get(field) for field in ("matchLabels", "matchExpressions"))
    ):
        text = "empty selector is invalid for deployment"
        causes.append(invalid_value(f"{path}.selector", {}, text))
    if not isinstance(template, dict):
        return [*causes, required(f"{path}.template")]
    labels = dig(template, "metadata", "labels", default={})
    causes += check_labels(f"{path}.template.metadata.labels", labels)
    if selector and wanted != {} and not matches_labels(wanted, labels):
        text = "`selector` does not match template `labels`"
        causes.append(invalid_value(f"{path}.template.metadata.labels", labels, text))
    spec = template.get("spec") or {}
    if policies == JOB_POLICIES and spec.get("restartPolicy") not in policies:
        text = 'valid values: "OnFailure", "Never"'
        causes.append(required(f"{path}.template.spec.restartPolicy", text))
        policies = ()
    return causes + check_pod_spec(spec, f"{path}.template.spec", policies)


def _counts(spec: Obj, fields: tuple[str, ...], path: str = "spec") -> Causes:
    return [invalid_value(f"{path}.{field}", spec[field], NOT_NEGATIVE) for field in fields if spec.get(field, 0) < 0]


def check_selector_change(old: Obj, new: Obj) -> Causes:
    """A workload's selector never changes."""
    wanted = new["spec"].get("selector")
    if old["spec"].get("selector") == wanted:
        return []
    return [invalid_value("spec.selector", wanted, IMMUTABLE)]


def check_job(obj: Obj) -> Causes:
    """Check a Job."""
    spec = obj.get("spec") or {}
    fields = ("parallelism", "completions", "backoffLimit", "activeDeadlineSeconds", "ttlSecondsAfterFinished")
    return _check_template(spec, "spec", JOB_POLICIES, selector=False) + _counts(spec, fields)


def check_job_change(old: Obj, new: Obj) -> Causes:
    """A job's template, selector and completions stay as they are."""
    return [
        invalid_value(f"spec.{field}", "", IMMUTABLE)
        for field in ("template", "selector", "completions")
        if old["spec"].get(field) != new["spec"].get(field)
    ]


def check_cron_job(obj: Obj) -> Causes:
    """Check a CronJob."""
    spec = obj.get("spec") or {}
    causes = _counts(spec, ("successfulJobsHistoryLimit", "failedJobsHistoryLimit", "startingDeadlineSeconds"))
    schedule = spec.get("schedule", "")
    if not schedule:
        causes.append(required("spec.schedule"))
    elif "TZ" in schedule:
        text = "cannot use TZ or CRON_TZ in schedule, use timeZone field instead"
        causes.append(invalid_value("spec.schedule", schedule, text))
    else:
        try:
            CronSim(MACROS.get(schedule, schedule), now())
        except CronSimError as error:
            causes.append(invalid_value("spec.schedule", schedule, f"failed to parse: {error}"))
    if zone := spec.get("timeZone"):
        try:
            zoneinfo.ZoneInfo(zone)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            causes.append(invalid_value("spec.timeZone", zone, f"unknown time zone {zone}"))
    if spec.get("concurrencyPolicy") not in ("Allow", "Forbid", "Replace"):
        policies = ("Allow", "Forbid", "Replace")
        causes.append(unsupported("spec.concurrencyPolicy", spec.get("concurrencyPolicy"), policies))
    job = dig(spec, "jobTemplate", "spec")
    if not isinstance(job, dict):
        return [*causes, required("spec.jobTemplate.spec.template")]
    causes += _counts(job, ("parallelism", "completions", "backoffLimit"), "spec.jobTemplate.spec")
    return causes + _check_template(job, "spec.jobTemplate.spec", JOB_POLICIES, selector=False)


def check_autoscaler(obj: Obj) -> Causes:
    """Check a HorizontalPodAutoscaler."""
    spec = obj.get("spec") or {}
    causes: Causes = []
    least, most = spec.get("minReplicas", 1), spec.get("maxReplicas")
    if least < 1:
        causes.append(invalid_value("spec.minReplicas", least, "must be greater than or equal to 1"))
    if most is None or most < 1:
        causes.append(invalid_value("spec.maxReplicas", most or 0, "must be greater than 0"))
    elif most < least:
        text = "must be greater than or equal to `minReplicas`"
        causes.append(invalid_value("spec.maxReplicas", most, text))
    for field in ("kind", "name"):
        if not dig(spec, "scaleTargetRef", field):
            causes.append(required(f"spec.scaleTargetRef.{field}"))
    for index, metric in enumerate(spec.get("metrics") or ()):
        causes += _metric(metric, f"spec.metrics[{index}]")
    return causes


def _metric(metric: Obj, path: str) -> Causes:
    kinds = ("ContainerResource", "External", "Object", "Pods", "Resource")
    if metric.get("type") not in kinds:
        return [unsupported(f"{path}.type", metric.get("type", ""), kinds)]
    if metric["type"] != "Resource":
        return []
    if not dig(metric, "resource", "name"):
        return [required(f"{path}.resource.name", "must specify a resource name")]
    target: Any = dig(metric, "resource", "target", default={})
    wanted = target.get("averageUtilization")
    if target.get("type") == "Utilization" and (wanted is None or wanted < 1):
        where = f"{path}.resource.target.averageUtilization"
        return [invalid_value(where, wanted, "must be greater than 0") if wanted else required(where, SINGLE)]
    return []


def check_disruption_budget(obj: Obj) -> Causes:
    """Check a PodDisruptionBudget."""
    spec = obj.get("spec") or {}
    if "minAvailable" in spec and "maxUnavailable" in spec:
        text = "minAvailable and maxUnavailable cannot be both set"
        return [invalid_value("spec", "", text)]
    return []
