"""Autoscalers, jobs, volumes, networks, metrics."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from kubernetes.dynamic.exceptions import DynamicApiError

from tests.demo_cluster.kit import Cluster, deployment, eventually


def autoscaler(least: int, most: int, target: int = 80) -> dict:
    cpu = {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": target}}
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "web"},
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
            "minReplicas": least,
            "maxReplicas": most,
            "metrics": [{"type": "Resource", "resource": cpu}],
        },
    }


def test_an_autoscaler_keeps_replicas_in_bounds(cluster: Cluster, namespace: str) -> None:
    body = deployment(container={"resources": {"requests": {"cpu": "100m"}}})
    cluster.apply(body, namespace)
    cluster.apply(autoscaler(2, 4), namespace)
    eventually(lambda: cluster.wait_ready(namespace, "web")["spec"]["replicas"] == 2)
    cluster.patch("Deployment", "web", namespace, {"spec": {"replicas": 9}})
    eventually(lambda: cluster.wait_ready(namespace, "web")["spec"]["replicas"] == 4)
    scaler = cluster.get("HorizontalPodAutoscaler", "web", namespace)
    assert scaler["status"]["desiredReplicas"] <= 4
    cluster.apply(autoscaler(2, 3), namespace)
    eventually(lambda: cluster.get("Deployment", "web", namespace)["spec"]["replicas"] == 3)
    # What the autoscaler set stays when the manifest is applied again.
    assert cluster.apply(body, namespace)["spec"]["replicas"] == 3
    assert "SuccessfulRescale" in {event["reason"] for event in cluster.events(namespace, "web")}


def test_a_low_target_scales_up(cluster: Cluster, namespace: str) -> None:
    cluster.apply(deployment(container={"resources": {"requests": {"cpu": "100m"}}}), namespace)
    cluster.wait_ready(namespace, "web")
    cluster.apply(autoscaler(1, 4, target=15), namespace)

    def metrics() -> list[dict]:
        found = cluster.get("HorizontalPodAutoscaler", "web", namespace)
        return found.get("status", {}).get("currentMetrics")

    assert eventually(metrics)[0]["resource"]["current"]["averageUtilization"] > 15
    assert cluster.get("Deployment", "web", namespace)["spec"]["replicas"] > 1


def job_template(image: str = "busybox:1", **spec: object) -> dict:
    pod = {"containers": [{"name": "task", "image": image}], "restartPolicy": "Never"}
    return {"backoffLimit": 1, "template": {"spec": pod}, **spec}


def finished(cluster: Cluster, namespace: str, name: str) -> str:
    found = cluster.get("Job", name, namespace)
    conditions = (found or {}).get("status", {}).get("conditions", [])
    return next((entry["type"] for entry in conditions if entry["type"] in ("Complete", "Failed")), "")


def test_jobs_complete_and_fail(cluster: Cluster, namespace: str) -> None:
    cluster.create("Job", {"metadata": {"name": "good"}, "spec": job_template(completions=2, parallelism=2)}, namespace)
    cluster.create("Job", {"metadata": {"name": "bad"}, "spec": job_template("busybox:crash")}, namespace)
    eventually(lambda: finished(cluster, namespace, "good") == "Complete")
    assert cluster.get("Job", "good", namespace)["status"]["succeeded"] == 2
    eventually(lambda: finished(cluster, namespace, "bad") == "Failed", 20)
    phases = {pod["status"]["phase"] for pod in cluster.list("Pod", namespace, label_selector="job-name=bad")}
    assert phases == {"Failed"}
    pod = cluster.list("Pod", namespace, label_selector="job-name=good")[0]["metadata"]["name"]
    text = cluster.http.get(f"/api/v1/namespaces/{namespace}/pods/{pod}/log").text
    assert text.startswith("task started\n")
    assert text.endswith("task finished\n")
    cluster.delete("Job", "good", namespace, {"propagationPolicy": "Background"})
    eventually(lambda: not cluster.list("Pod", namespace, label_selector="job-name=good"))


def test_a_cron_job_fires_on_the_minute(cluster: Cluster, namespace: str) -> None:
    # Rather than wait for a minute to pass, look at one that passed: the last run is set back by its status.
    spec = {"schedule": "* * * * *", "jobTemplate": {"spec": job_template()}, "suspend": True}
    cluster.create("CronJob", {"metadata": {"name": "tick"}, "spec": spec}, namespace)
    path = f"/apis/batch/v1/namespaces/{namespace}/cronjobs/tick"
    headers = {"Content-Type": "application/merge-patch+json"}
    before = {"status": {"lastScheduleTime": "2020-01-01T00:00:00Z"}}
    cluster.http.patch(f"{path}/status", json=before, headers=headers).raise_for_status()
    assert not cluster.list("Job", namespace)
    cluster.patch("CronJob", "tick", namespace, {"spec": {"suspend": False}})
    job = eventually(lambda: cluster.list("Job", namespace))[0]
    eventually(lambda: cluster.get("CronJob", "tick", namespace)["status"].get("active"))
    assert job["metadata"]["name"].startswith("tick-")
    assert job["metadata"]["ownerReferences"][0]["kind"] == "CronJob"
    last = cluster.get("CronJob", "tick", namespace)["status"]["lastScheduleTime"]
    age = datetime.now(UTC) - datetime.fromisoformat(last)
    assert age.total_seconds() < 65
    eventually(lambda: cluster.get("CronJob", "tick", namespace)["status"].get("lastSuccessfulTime"))
    assert "SawCompletedJob" in {event["reason"] for event in cluster.events(namespace, "tick")}


def claim(name: str, size: str = "1Gi", **spec: object) -> dict:
    requests = {"requests": {"storage": size}}
    return {"metadata": {"name": name}, "spec": {"accessModes": ["ReadWriteOnce"], "resources": requests, **spec}}


def test_claims_are_bound_grown_and_protected(cluster: Cluster, namespace: str) -> None:
    cluster.create("PersistentVolumeClaim", claim("data"), namespace)

    def phase() -> str:
        return cluster.get("PersistentVolumeClaim", "data", namespace)["status"]["phase"]

    eventually(lambda: phase() == "Bound")
    bound = cluster.get("PersistentVolumeClaim", "data", namespace)
    assert (bound["spec"]["storageClassName"], bound["spec"]["volumeMode"]) == ("standard", "Filesystem")
    volume = bound["spec"]["volumeName"]
    assert cluster.get("PersistentVolume", volume)["status"]["phase"] == "Bound"
    bigger = {"spec": {"resources": {"requests": {"storage": "2Gi"}}}}
    cluster.patch("PersistentVolumeClaim", "data", namespace, bigger)
    eventually(
        lambda: cluster.get("PersistentVolumeClaim", "data", namespace)["status"]["capacity"]["storage"] == "2Gi"
    )
    with pytest.raises(DynamicApiError, match="can not be less"):
        cluster.patch("PersistentVolumeClaim", "data", namespace, {"spec": claim("data")["spec"]})
    volumes = [{"name": "v", "persistentVolumeClaim": {"claimName": "data"}}]
    cluster.create("Deployment", deployment(pod={"volumes": volumes}), namespace)
    cluster.wait_ready(namespace, "web")
    cluster.delete("PersistentVolumeClaim", "data", namespace)
    assert cluster.get("PersistentVolumeClaim", "data", namespace)["metadata"]["deletionTimestamp"]
    cluster.delete("Deployment", "web", namespace)
    eventually(lambda: cluster.get("PersistentVolumeClaim", "data", namespace) is None)
    eventually(lambda: cluster.get("PersistentVolume", volume) is None)


def test_claims_that_stay_pending(cluster: Cluster, namespace: str) -> None:
    cluster.create("PersistentVolumeClaim", claim("none", storageClassName=""), namespace)
    cluster.create("PersistentVolumeClaim", claim("other", storageClassName="fast"), namespace)
    eventually(lambda: {e["reason"] for e in cluster.events(namespace)} >= {"FailedBinding", "ProvisioningFailed"})
    assert all(c["status"]["phase"] == "Pending" for c in cluster.list("PersistentVolumeClaim", namespace))


def test_services_and_ingresses(cluster: Cluster, namespace: str) -> None:
    cluster.create("Deployment", deployment(), namespace)
    ports = [{"port": 80, "targetPort": 8080}]
    spec = {"type": "LoadBalancer", "selector": {"app": "web"}, "ports": ports}
    made = cluster.create("Service", {"metadata": {"name": "web"}, "spec": spec}, namespace)
    assert 30000 <= made["spec"]["ports"][0]["nodePort"] <= 32767
    cluster.wait_ready(namespace, "web")
    eventually(lambda: cluster.get("Service", "web", namespace)["status"]["loadBalancer"].get("ingress"))
    address = cluster.pods(namespace)[0]["status"]["podIP"]

    def served() -> bool:
        found = cluster.get("Endpoints", "web", namespace) or {}
        return [entry["ip"] for s in found.get("subsets") or () for entry in s.get("addresses", ())] == [address]

    eventually(served)
    backend = {"service": {"name": "web", "port": {"number": 80}}}
    paths = [{"path": "/", "pathType": "Prefix", "backend": backend}]
    rules = [{"host": "a.example.com", "http": {"paths": paths}}]
    cluster.create("Ingress", {"metadata": {"name": "a"}, "spec": {"rules": rules}}, namespace)
    other = {"metadata": {"name": "b"}, "spec": {"rules": rules, "ingressClassName": "traefik"}}
    cluster.create("Ingress", other, namespace)

    def published() -> bool:
        status = cluster.get("Ingress", "a", namespace).get("status", {})
        return "ingress" in status.get("loadBalancer", {})

    eventually(published)
    assert cluster.get("Ingress", "a", namespace)["spec"]["ingressClassName"] == "nginx"
    assert not cluster.get("Ingress", "b", namespace)["status"]["loadBalancer"]


def test_metrics_of_pods_and_nodes(cluster: Cluster, namespace: str) -> None:
    cluster.create("Deployment", deployment(container={"resources": {"requests": {"memory": "100Mi"}}}), namespace)
    cluster.wait_ready(namespace, "web")
    metrics = cluster.list("PodMetrics", namespace, label_selector="app=web")[0]
    usage = metrics["containers"][0]["usage"]
    assert usage["cpu"].endswith("n")
    assert 20 * 1024 < int(usage["memory"].removesuffix("Ki")) < 100 * 1024
    assert len(cluster.list("NodeMetrics")) == 2
    assert cluster.get("PodMetrics", "none", namespace) is None


def test_a_disruption_budget_counts(cluster: Cluster, namespace: str) -> None:
    cluster.create("Deployment", deployment(replicas=2), namespace)
    budget = {"minAvailable": 1, "selector": {"matchLabels": {"app": "web"}}}
    cluster.create("PodDisruptionBudget", {"metadata": {"name": "b"}, "spec": budget}, namespace)
    cluster.wait_ready(namespace, "web")

    def counted() -> bool:
        status = cluster.get("PodDisruptionBudget", "b", namespace).get("status", {})
        return (status.get("currentHealthy"), status.get("disruptionsAllowed")) == (2, 1)

    eventually(counted)
