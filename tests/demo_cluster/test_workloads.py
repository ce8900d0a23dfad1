"""Deployments, pods, scaling, rollouts."""

from __future__ import annotations

import pytest

from tests.demo_cluster.kit import Cluster, deployment, eventually


def condition(obj: dict, type_: str) -> dict:
    return next((entry for entry in obj.get("status", {}).get("conditions", []) if entry["type"] == type_), {})


def waiting(cluster: Cluster, namespace: str) -> dict:
    for pod in cluster.pods(namespace):
        for status in pod.get("status", {}).get("containerStatuses", []):
            return status["state"].get("waiting") or {}
    return {}


def test_a_deployment_becomes_available(cluster: Cluster, namespace: str) -> None:
    cluster.create("Deployment", deployment(replicas=2), namespace)
    ready = cluster.wait_ready(namespace, "web", 4)
    assert condition(ready, "Available")["reason"] == "MinimumReplicasAvailable"
    assert condition(ready, "Progressing")["reason"] == "NewReplicaSetAvailable"
    pods = cluster.pods(namespace)
    assert len({pod["spec"]["nodeName"] for pod in pods}) == 2
    assert all(pod["status"]["phase"] == "Running" and pod["status"]["podIP"] for pod in pods)
    assert all("pod-template-hash" in pod["metadata"]["labels"] for pod in pods)
    reasons = {event["reason"] for event in cluster.events(namespace)}
    assert {"ScalingReplicaSet", "SuccessfulCreate", "Scheduled", "Pulled", "Created", "Started"} <= reasons
    one = cluster.events(namespace, pods[0]["metadata"]["name"])
    assert {event["involvedObject"]["kind"] for event in one} == {"Pod"}


def test_a_rolling_update_keeps_pods_available(cluster: Cluster, namespace: str) -> None:
    cluster.apply(deployment(replicas=4), namespace)
    cluster.wait_ready(namespace, "web")
    cluster.apply(deployment(replicas=4, image="nginx:1.26"), namespace)
    least = 4

    def done() -> bool:
        nonlocal least
        found = cluster.get("Deployment", "web", namespace)
        status = found["status"]
        least = min(least, status.get("availableReplicas", 0))
        return status["observedGeneration"] == 2 and status.get("updatedReplicas") == 4 == status.get("replicas")

    eventually(done)
    assert least >= 3
    sets = cluster.list("ReplicaSet", namespace)
    revisions = {entry["metadata"]["annotations"]["deployment.kubernetes.io/revision"] for entry in sets}
    assert revisions == {"1", "2"}
    assert sorted(entry["spec"]["replicas"] for entry in sets) == [0, 4]
    cluster.apply(deployment(replicas=4), namespace)
    eventually(lambda: cluster.wait_ready(namespace, "web"))
    found = cluster.get("Deployment", "web", namespace)
    assert found["metadata"]["annotations"]["deployment.kubernetes.io/revision"] == "3"
    assert len(cluster.list("ReplicaSet", namespace)) == 2


def test_recreate_stops_the_old_first(cluster: Cluster, namespace: str) -> None:
    strategy = {"type": "Recreate"}
    cluster.apply(deployment(replicas=2, strategy=strategy), namespace)
    cluster.wait_ready(namespace, "web")
    cluster.apply(deployment(replicas=2, strategy=strategy, image="nginx:2"), namespace)
    images: set[frozenset[str]] = set()

    def done() -> bool:
        pods = cluster.list("Pod", namespace)
        images.add(frozenset(pod["spec"]["containers"][0]["image"] for pod in pods))
        return images >= {frozenset({"nginx:2"})} and len(pods) == 2

    eventually(done)
    assert frozenset({"nginx:1.25", "nginx:2"}) not in images
    cluster.wait_ready(namespace, "web")


def test_a_missing_image_is_told(cluster: Cluster, namespace: str) -> None:
    cluster.create("Deployment", deployment(image="nginx:missing-1", progressDeadlineSeconds=2), namespace)
    state = eventually(lambda: (w := waiting(cluster, namespace)).get("reason") == "ImagePullBackOff" and w)
    assert "not found" in state["message"]
    reasons = {event["reason"] for event in cluster.events(namespace)}
    assert {"Failed", "BackOff"} <= reasons

    def stalled() -> bool:
        found = cluster.get("Deployment", "web", namespace)
        return condition(found, "Progressing").get("reason") == "ProgressDeadlineExceeded"

    eventually(stalled)
    assert condition(cluster.get("Deployment", "web", namespace), "Available")["status"] == "False"


def test_a_crash_loop_grows(cluster: Cluster, namespace: str) -> None:
    cluster.create("Deployment", deployment(image="nginx:crash"), namespace)
    eventually(lambda: waiting(cluster, namespace).get("reason") == "CrashLoopBackOff")
    pod = cluster.pods(namespace)[0]
    status = pod["status"]["containerStatuses"][0]
    assert status["restartCount"] >= 1
    assert status["lastState"]["terminated"]["exitCode"] == 1
    name = pod["metadata"]["name"]
    previous = cluster.http.get(f"/api/v1/namespaces/{namespace}/pods/{name}/log", params={"previous": "true"})
    assert "fatal" in previous.text
    before = status["restartCount"]

    def grown() -> bool:
        return cluster.pods(namespace)[0]["status"]["containerStatuses"][0]["restartCount"] > before

    eventually(grown, 15)
    assert "BackOff" in {event["reason"] for event in cluster.events(namespace, name)}


def test_scaling_and_deleting_pods(cluster: Cluster, namespace: str) -> None:
    cluster.create("Deployment", deployment(), namespace)
    cluster.wait_ready(namespace, "web")
    name = cluster.pods(namespace)[0]["metadata"]["name"]
    assert cluster.delete("Pod", name, namespace)["metadata"]["deletionGracePeriodSeconds"] == 30
    eventually(lambda: cluster.get("Pod", name, namespace) is None)
    cluster.wait_ready(namespace, "web")
    assert "Killing" in {event["reason"] for event in cluster.events(namespace, name)}
    cluster.patch("Deployment", "web", namespace, {"spec": {"replicas": 3}})
    cluster.wait_ready(namespace, "web")
    assert len(cluster.pods(namespace)) == 3


def test_deleting_a_deployment_deletes_what_it_owns(cluster: Cluster, namespace: str) -> None:
    for name, policy in (("back", "Background"), ("front", "Foreground"), ("lone", "Orphan")):
        cluster.create("Deployment", deployment(name), namespace)
        cluster.wait_ready(namespace, name)
        cluster.delete("Deployment", name, namespace, {"propagationPolicy": policy})
        eventually(lambda name=name: cluster.get("Deployment", name, namespace) is None)
    sets = eventually(lambda: len(found := cluster.list("ReplicaSet", namespace)) == 1 and found)
    assert sets[0]["metadata"]["name"].startswith("lone-")
    assert "ownerReferences" not in sets[0]["metadata"]
    eventually(lambda: {pod["metadata"]["labels"]["app"] for pod in cluster.list("Pod", namespace)} == {"lone"})


def test_a_quota_stops_the_replica_set(cluster: Cluster, namespace: str) -> None:
    quota = {"metadata": {"name": "q"}, "spec": {"hard": {"pods": "1", "requests.cpu": "1"}}}
    cluster.create("ResourceQuota", quota, namespace)
    body = deployment(replicas=2, container={"resources": {"requests": {"cpu": "600m"}}})
    cluster.create("Deployment", body, namespace)

    def failed() -> dict | None:
        found = condition(cluster.get("Deployment", "web", namespace), "ReplicaFailure")
        return found if found.get("reason") == "FailedCreate" else None

    def used(name: str) -> str:
        status = cluster.get("ResourceQuota", "q", namespace).get("status", {})
        return status.get("used", {}).get(name)

    assert "exceeded quota: q, requested: pods=1,requests.cpu=600m" in eventually(failed)["message"]
    eventually(lambda: used("requests.cpu") == "600m")
    pod = {"metadata": {"name": "p"}, "spec": {"containers": [{"name": "p", "image": "i"}]}}
    answer = cluster.http.post(f"/api/v1/namespaces/{namespace}/pods", json=pod, params={"dryRun": "All"})
    assert answer.status_code == 403
    assert "must specify requests.cpu for: p" in answer.json()["message"]


def test_limit_ranges_fill_in(cluster: Cluster, namespace: str) -> None:
    limit = {"type": "Container", "default": {"cpu": "1"}, "defaultRequest": {"cpu": "100m"}, "max": {"cpu": "2"}}
    cluster.create("LimitRange", {"metadata": {"name": "l"}, "spec": {"limits": [limit]}}, namespace)
    cluster.create("Deployment", deployment(), namespace)
    pod = eventually(lambda: cluster.pods(namespace))[0]
    assert pod["spec"]["containers"][0]["resources"] == {"limits": {"cpu": "1"}, "requests": {"cpu": "100m"}}
    big = {"metadata": {"name": "p"}, "spec": {"containers": [{"name": "p", "image": "i"}]}}
    big["spec"]["containers"][0]["resources"] = {"limits": {"cpu": "3"}}
    answer = cluster.http.post(f"/api/v1/namespaces/{namespace}/pods", json=big)
    assert "maximum cpu usage per Container is 2, but limit is 3" in answer.json()["message"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"pod": {"nodeSelector": {"disk": "ssd"}}}, "didn't match Pod's node affinity/selector"),
        ({"container": {"resources": {"requests": {"cpu": "100"}}}}, "2 Insufficient cpu"),
        ({"pod": {"volumes": [{"name": "v", "persistentVolumeClaim": {"claimName": "no"}}]}}, '"no" not found'),
    ],
)
def test_pods_that_fit_nowhere_say_why(cluster: Cluster, namespace: str, change: dict, sentence: str) -> None:
    cluster.create("Deployment", deployment(**change), namespace)

    def told() -> bool:
        return any(
            sentence in event["message"] for event in cluster.events(namespace) if event["reason"] == "FailedScheduling"
        )

    eventually(told)
    pod = cluster.pods(namespace)[0]
    assert condition(pod, "PodScheduled")["reason"] == "Unschedulable"


def test_a_missing_secret_holds_the_container(cluster: Cluster, namespace: str) -> None:
    cluster.create("Deployment", deployment(container={"envFrom": [{"secretRef": {"name": "s"}}]}), namespace)
    state = eventually(lambda: (w := waiting(cluster, namespace)).get("reason") == "CreateContainerConfigError" and w)
    assert state["message"] == 'secret "s" not found'
    cluster.create("Secret", {"metadata": {"name": "s"}}, namespace)
    cluster.wait_ready(namespace, "web")


def test_init_containers_and_sidecars(cluster: Cluster, namespace: str) -> None:
    init = [{"name": "prepare", "image": "i:1"}, {"name": "proxy", "image": "p:1", "restartPolicy": "Always"}]
    cluster.create("Deployment", deployment(pod={"initContainers": init}), namespace)
    cluster.wait_ready(namespace, "web")
    statuses = cluster.pods(namespace)[0]["status"]["initContainerStatuses"]
    assert statuses[0]["state"]["terminated"]["reason"] == "Completed"
    assert statuses[1]["ready"]
