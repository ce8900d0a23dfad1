"""Phase and sentence of a rollout, from what a cluster shows (design.md §5, contracts/kubernetes.md facts 8-11)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oneclick_kubernetes.health import LAST_KNOWN, PHASES, Health, Observed, assess
from tests.kubernetes.cluster_objects import (
    ADMITTED,
    DONE,
    MOVING,
    STALLED,
    claim,
    deployment,
    event,
    pod,
    replica_set,
    terminated,
    unschedulable,
    waiting,
)

SETS = (replica_set(1), replica_set(2))
RUNNING = {"running": {"startedAt": "2026-01-01T00:00:00Z"}}
BACK_OFF = waiting("CrashLoopBackOff", "back-off 40s restarting failed container")


def judged(found: dict[str, Any] | None = None, *pods: dict[str, Any], **more: Any) -> tuple[str, str]:
    health = assess(Observed(deployment=found, replica_sets=more.pop("replica_sets", SETS), pods=pods, **more))
    return health.phase, health.message


def rolling(**more: Any) -> dict[str, Any]:
    return deployment(more.pop("condition", MOVING), total=2, updated=1, available=1, **more)


# --- before anything is applied ---


@pytest.mark.parametrize(
    ("observed", "expected"),
    [
        (Observed(ended=True), ("ended", "")),
        (Observed(generation=1), ("pending", "")),
        (Observed(generation=1, applying=True), ("applying", "")),
        (Observed(generation=1, reachable=False), ("pending", "the cluster does not answer; it is tried again")),
        (
            Observed(generation=1, applying=True, reachable=False),
            ("pending", "the cluster does not answer; it is tried again"),
        ),
        (
            Observed(generation=2, applied_generation=1, error="timeout"),
            ("pending", "it could not be applied and is tried again: timeout"),
        ),
        (
            Observed(generation=2, applied_generation=1, error="host taken", refused=True),
            ("failed", "the cluster refuses it: host taken"),
        ),
        (Observed(generation=1, applied_generation=1), ("progressing", "the cluster does not show the Deployment yet")),
        (Observed(reachable=False), ("pending", "the cluster does not answer")),
    ],
)
def test_without_a_deployment(observed, expected):
    health = assess(observed)
    assert (health.phase, health.message) == expected


def test_a_new_rollout_is_not_judged_by_what_the_former_one_shows():
    healthy = deployment(DONE, total=1, updated=1, available=1)
    assert judged(healthy, generation=5, applied_generation=4) == ("pending", "")
    assert judged(healthy, generation=5, applied_generation=5) == ("healthy", "")


def test_ended_wins_over_everything():
    assert judged(deployment(STALLED), pod(BACK_OFF, terminated()), ended=True) == ("ended", "")


# --- healthy and on the way ---


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (deployment(DONE, total=1, updated=1, available=1), ("healthy", "")),
        (deployment(DONE, replicas=3, total=3, updated=3, available=3), ("healthy", "")),
        (deployment(DONE, replicas=None, total=1, updated=1, available=1), ("healthy", "")),
        (deployment(total=1, updated=1, available=1), ("healthy", "")),
        # The controller has not looked at the new generation: its counts are the old one's.
        (deployment(DONE, total=1, updated=1, available=1, seen=3), ("progressing", "the cluster has not begun yet")),
        (deployment(), ("progressing", "0 of 1 instances are ready")),
        # Old pods are still there.
        (deployment(MOVING, total=2, updated=1, available=1), ("progressing", "0 of 1 instances are ready")),
        # Ready, but the condition says that it goes on.
        (deployment(MOVING, total=1, updated=1, available=1), ("progressing", "0 of 1 instances are ready")),
        (deployment(DONE, paused=True), ("progressing", "the Deployment is paused")),
        (deployment(STALLED), ("failed", "no instance became ready within 600 seconds")),
        (deployment(STALLED, progressDeadlineSeconds=60), ("failed", "no instance became ready within 60 seconds")),
        (
            deployment({"type": "Progressing", "status": "False", "reason": "ReplicaSetCreateError", "message": "no"}),
            ("failed", "no"),
        ),
    ],
)
def test_conditions_and_counts(found, expected):
    assert judged(found) == expected


def test_counts_are_told():
    found = deployment(MOVING, replicas=3, total=4, updated=2, available=3)
    health = assess(
        Observed(found, SETS, (pod(RUNNING, ready=True), pod(name="p2"), pod(name="p0", revision=1, ready=True)))
    )
    assert health == Health("progressing", "1 of 3 instances are ready", ready=3, desired=3, updated=2, available=3)
    assert assess(Observed(min_replicas=2)) == Health(
        "progressing", "the cluster does not show the Deployment yet", desired=2
    )


def test_fewer_than_the_least_is_on_the_way_but_zero_stays():
    one, none = deployment(DONE, total=1, updated=1, available=1), deployment(DONE, replicas=0)
    assert judged(one, min_replicas=2) == ("progressing", "it is scaled to 1, and at least 2 should run")
    assert judged(none, min_replicas=1) == ("degraded", "it is scaled to 0, and at least 1 should run")


@pytest.mark.parametrize(("phase", "found"), [("healthy", deployment(DONE, total=1, updated=1, available=1))])
def test_a_cluster_that_does_not_answer_shows_what_it_showed_last(phase, found):
    assert judged(found, reachable=False) == (phase, LAST_KNOWN)
    stalled = judged(rolling(), pod(waiting("InvalidImageName")), reachable=False)
    assert stalled == ("failed", f"image nginx:9.9 is no valid image name; {LAST_KNOWN}")


# --- causes on pods of the current template ---

NOT_FOUND = 'failed to pull and unpack image "docker.io/library/nginx:9.9": docker.io/library/nginx:9.9: not found'
CASES = [
    (pod(waiting("ErrImagePull", f"rpc error: code = NotFound desc = {NOT_FOUND}")), "image nginx:9.9 not found"),
    (
        pod(waiting("ImagePullBackOff", f'Back-off pulling image "x": ErrImagePull: {NOT_FOUND}')),
        "image nginx:9.9 not found",
    ),
    (pod(waiting("ImagePullBackOff", 'Back-off pulling image "x"')), "image nginx:9.9 cannot be pulled"),
    (pod(waiting("InvalidImageName", "parse")), "image nginx:9.9 is no valid image name"),
    (
        pod(waiting("ErrImagePull", "pull access denied, repository does not exist or may require authorization")),
        "image nginx:9.9 may not be pulled: it does not exist, or its registry wants other credentials",
    ),
    (
        pod(waiting("ErrImagePull", "429 Too Many Requests - toomanyrequests: You have reached your pull rate limit")),
        "image nginx:9.9 cannot be pulled now: its registry limits how often",
    ),
    (
        pod(waiting("ErrImagePull", "dial tcp: lookup registry.example.com: no such host")),
        "image nginx:9.9 cannot be pulled: its registry does not answer",
    ),
    (
        pod(waiting("ErrImagePull", "no match for platform in manifest: not found")),
        "image nginx:9.9 does not exist for the node's platform",
    ),
    (pod(waiting("ErrImagePull", "disk full")), "image nginx:9.9 cannot be pulled: disk full"),
    (pod(waiting("ErrImageNeverPull")), "image nginx:9.9 is not on the node and may not be pulled"),
    (pod(BACK_OFF, terminated(1)), "the container exits with 1"),
    (pod(BACK_OFF, terminated(1, message="starting\nno database\n\n")), "the container exits with 1: no database"),
    (pod(BACK_OFF, terminated(0, "Completed")), "the container exits with 0: it must keep running"),
    (pod(BACK_OFF), "the container crashes again and again"),
    (
        pod(BACK_OFF, terminated(137, "OOMKilled")),
        "the container is out of memory: it needs more than its limit of 512Mi",
    ),
    (
        pod(terminated(137, "OOMKilled")),
        "the container is out of memory: it needs more than its limit of 512Mi",
    ),
    (
        pod(BACK_OFF, terminated(128, "StartError", 'runc: exec: "ap": executable file not found in $PATH: unknown')),
        'the container cannot start: exec: "ap": executable file not found in $PATH',
    ),
    (
        pod(waiting("RunContainerError", 'x: exec: "ap": not found: unknown')),
        'the container cannot start: exec: "ap": not found',
    ),
    (
        pod(waiting("CreateContainerConfigError", 'secret "a-secrets" not found')),
        'the container cannot be set up: secret "a-secrets" not found',
    ),
    (
        pod(
            conditions=(
                unschedulable(
                    "0/2 nodes are available: 2 Insufficient cpu. no new claims to deallocate, preemption: 0/2 nodes."
                ),
            )
        ),
        "no node has room: 2 Insufficient cpu",
    ),
    (
        pod(
            conditions=(unschedulable("0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector."),)
        ),
        "no node takes it: 2 node(s) didn't match Pod's node affinity/selector",
    ),
    (pod(conditions=(unschedulable("no nodes available to schedule pods"),)), "the cluster has no nodes"),
]


@pytest.mark.parametrize(("found", "sentence"), CASES)
def test_a_fatal_cause_fails_the_rollout_at_once(found, sentence):
    assert judged(rolling(), found) == ("failed", sentence)


@pytest.mark.parametrize(("found", "sentence"), CASES)
def test_it_degrades_one_that_was_complete(found, sentence):
    assert judged(deployment(DONE, total=1, updated=1), found) == ("degraded", sentence)


@pytest.mark.parametrize(("found", "sentence"), CASES)
def test_it_is_named_when_the_deadline_passes(found, sentence):
    assert judged(rolling(condition=STALLED), found) == ("failed", sentence)


@pytest.mark.parametrize(("found", "sentence"), CASES)
def test_pods_of_an_older_replica_set_say_nothing_of_the_new_one(found, sentence):
    found["metadata"]["ownerReferences"][0]["uid"] = "rs1"
    assert judged(rolling(), found) == ("progressing", "0 of 1 instances are ready")
    found["metadata"]["ownerReferences"][0]["uid"] = "rs2"


@pytest.mark.parametrize("change", [{"deleted": True}, {"ready": True}])
def test_pods_that_go_or_are_ready_say_nothing(change):
    assert judged(rolling(), pod(BACK_OFF, terminated(), **change))[0] == "progressing"


def test_pods_of_cron_jobs_say_nothing():
    job = pod(waiting("ErrImagePull", "not found"))
    job["metadata"]["ownerReferences"] = [{"kind": "Job", "name": "nightly-1", "uid": "j"}]
    assert judged(rolling(), job, replica_sets=()) == ("progressing", "0 of 1 instances are ready")


def test_without_replica_sets_every_pod_counts():
    assert judged(rolling(), pod(BACK_OFF, terminated(2)), replica_sets=()) == ("failed", "the container exits with 2")


def test_the_last_log_line_may_be_given():
    crashed = pod(BACK_OFF, terminated(1))
    expected = ("failed", "the container exits with 1: no such table")
    assert judged(rolling(), crashed, log_lines={"p1": "Traceback\nno such table\n"}) == expected


def test_a_pull_that_backs_off_is_explained_by_its_event():
    """Older kubelets say why in the event only."""
    found = pod(waiting("ImagePullBackOff", 'Back-off pulling image "docker.io/library/nginx:9.9"'))
    events = (
        event("Failed", f'Failed to pull image "docker.io/library/nginx:9.9": {NOT_FOUND}'),
        event("Failed", "Error: ImagePullBackOff", time="2026-01-01T00:01:00Z"),
        event("Failed", 'Failed to pull image "y": unauthorized', name="other"),
    )
    assert judged(rolling(), found, events=events) == ("failed", "image nginx:9.9 not found")


def test_newer_events_win_in_either_form():
    old = event("Failed", "Failed to pull image: unauthorized", time="2026-01-01T00:00:00Z")
    new = {
        "reason": "Failed",
        "note": "Failed to pull image: not found",
        "eventTime": "2026-01-01T00:00:01.000000Z",
        "regarding": {"kind": "Pod", "name": "p1"},
    }
    for events in ((old, new), (new, old)):
        found = judged(rolling(), pod(waiting("ImagePullBackOff", "Back-off pulling image")), events=events)
        assert found == ("failed", "image nginx:9.9 not found")


def test_the_name_of_an_image_is_no_reason():
    found = pod(waiting("ErrImagePull", "failed to pull docker.io/acme/forbidden-404:1: disk full"))
    found["spec"]["containers"][0]["image"] = "docker.io/acme/forbidden-404:1"
    assert judged(rolling(), found)[1].startswith("image acme/forbidden-404:1 cannot be pulled: failed to pull")


def test_containers_are_named_where_there_are_several():
    found = pod(BACK_OFF, terminated(3))
    found["status"]["initContainerStatuses"] = [{"name": "init", "state": terminated(0, "Completed")}]
    found["status"]["containerStatuses"][0]["name"] = "web"
    assert judged(rolling(), found) == ("failed", "container web exits with 3")


# --- causes that waiting may cure ---


@pytest.mark.parametrize(
    ("found", "more", "sentence"),
    [
        (pod(waiting("ContainerCreating")), {}, "0 of 1 instances are ready"),
        (pod(RUNNING), {}, "0 of 1 instances are ready"),
        (pod(RUNNING, terminated(1, message="oops")), {}, "the container exited with 1 and is started again: oops"),
        (pod(terminated(1)), {}, "the container exited with 1 and is started again"),
        (
            pod(RUNNING),
            {"events": (event("Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503"),)},
            "the readiness probe fails: HTTP probe failed with statuscode: 503",
        ),
        (
            pod(waiting("ContainerCreating")),
            {"events": (event("FailedAttachVolume", "Multi-Attach error for volume"),)},
            "a volume cannot be mounted: Multi-Attach error for volume",
        ),
        (
            pod(
                conditions=(
                    unschedulable("0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims."),
                )
            ),
            {"claims": (claim(),)},
            "volume data waits for storage class fast",
        ),
        (
            pod(conditions=(unschedulable("pod has unbound immediate PersistentVolumeClaims"),)),
            {
                "claims": (claim(),),
                "events": (
                    {
                        **event("ProvisioningFailed", 'storageclass.storage.k8s.io "fast" not found'),
                        "involvedObject": {"name": claim()["metadata"]["name"]},
                    },
                ),
            },
            "volume data waits for storage class fast, which does not exist",
        ),
        (
            pod(conditions=(unschedulable("pod has unbound immediate PersistentVolumeClaims"),)),
            {"claims": (claim(storage_class=None),)},
            "volume data waits for storage: the cluster has no default storage class",
        ),
        (
            pod(conditions=(unschedulable('persistentvolumeclaim "data-x" bound to non-existent volume'),)),
            {"claims": (claim("Lost"),)},
            "volume data is lost: what it was bound to is gone",
        ),
        (
            pod(conditions=(unschedulable('persistentvolumeclaim "data-x" not found'),)),
            {"claims": (claim("Bound"),)},
            'a volume is not ready: persistentvolumeclaim "data-x" not found',
        ),
        (
            pod(conditions=(unschedulable("0/2 nodes are available: 2 Insufficient cpu."),)),
            {"events": (event("TriggeredScaleUp", "pod triggered scale-up"),)},
            "no node has room; the cluster is adding one",
        ),
        (
            pod(phase="Failed", reason="Evicted", message="The node was low on resource: memory."),
            {},
            "an instance was evicted: The node was low on resource: memory.",
        ),
        (pod(RUNNING, reason="NodeLost"), {}, "node node-1 does not answer"),
    ],
)
def test_a_cause_that_may_pass_is_said_while_it_goes_on(found, more, sentence):
    assert judged(rolling(), found, **more) == ("progressing", sentence)
    if not sentence.startswith("0 of"):
        assert judged(rolling(condition=STALLED), found, **more) == ("failed", sentence)
        assert judged(deployment(DONE, total=1, updated=1), found, **more) == ("degraded", sentence)


def test_a_fatal_cause_is_named_before_one_that_may_pass():
    pods = (pod(RUNNING, terminated(1)), pod(waiting("ErrImagePull", "not found"), name="p2"))
    assert judged(rolling(), *pods) == ("failed", "image nginx:9.9 not found")


# --- pods that may not be made ---


@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        (
            'pods "a-b" is forbidden: exceeded quota: compute, requested: requests.cpu=1, '
            "used: requests.cpu=2, limited: requests.cpu=2",
            "quota exceeded: cpu (1 more, 2 of 2 used)",
        ),
        (
            'pods "a-b" is forbidden: exceeded quota: q, requested: limits.memory=1Gi,pods=1, '
            "used: limits.memory=0,pods=4, limited: limits.memory=512Mi,pods=4",
            "quota exceeded: memory limit (1Gi more, 0 of 512Mi used), pods (1 more, 4 of 4 used)",
        ),
        (
            'pods "a-b" is forbidden: failed quota: q: must specify limits.cpu for: web',
            "quota refuses pods: q: must specify limits.cpu for: web",
        ),
        (
            'pods "a-b" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true',
            'Pod Security refuses the pods: violates PodSecurity "restricted:latest": runAsNonRoot != true',
        ),
        (
            'pods "a-b" is forbidden: error looking up service account x/y: serviceaccount "y" not found',
            'the cluster refuses the pods: error looking up service account x/y: serviceaccount "y" not found',
        ),
        ("", "the cluster refuses the pods"),
    ],
)
def test_replica_failure(message, sentence):
    failure = {**ADMITTED, "message": message}
    assert judged(rolling(), replica_sets=(replica_set(2, failure),)) == ("failed", sentence)
    assert judged(deployment(MOVING, failure), replica_sets=()) == ("failed", sentence)
    # The Deployment repeats the failure of an older ReplicaSet when the new one has none.
    assert (
        judged(deployment(MOVING, failure), replica_sets=(replica_set(1, failure), replica_set(2)))[0] == "progressing"
    )


# --- after it was complete ---


def test_pods_that_die_later_degrade():
    one_of_two = deployment(DONE, replicas=2, total=2, updated=2, available=1)
    assert judged(one_of_two, pod(RUNNING), min_replicas=2) == ("degraded", "1 of 2 instances are available")


def test_an_autoscaler_that_adds_instances_leaves_it_healthy():
    three = deployment(DONE, replicas=3, total=3, updated=3, available=1)
    assert judged(three, pod(waiting("ContainerCreating")), min_replicas=1) == (
        "healthy",
        "1 of 3 instances are available",
    )


def test_an_instance_that_cannot_be_added_degrades():
    three = deployment(DONE, replicas=3, total=3, updated=3, available=2)
    full = pod(conditions=(unschedulable("0/2 nodes are available: 2 Too many pods."),))
    assert judged(three, full, min_replicas=1) == ("degraded", "no node has room: 2 Too many pods")


def test_going_back_to_an_older_template_is_not_complete_because_the_newer_one_was():
    """The condition names the ReplicaSet that was complete; with Recreate it stands while the older one starts."""
    stale = {**DONE, "message": f'ReplicaSet "{replica_set(1)["metadata"]["name"]}" has successfully progressed.'}
    right = {**DONE, "message": f'ReplicaSet "{replica_set(2)["metadata"]["name"]}" has successfully progressed.'}
    starting = pod(waiting("ContainerCreating"))
    assert judged(deployment(stale, total=1, updated=1), starting) == ("progressing", "0 of 1 instances are ready")
    assert judged(deployment(right, total=1, updated=1), starting) == ("degraded", "0 of 1 instances are available")
    assert judged(deployment(stale, total=1, updated=1, available=1)) == ("healthy", "")


def crashed(restarts: int, finished: str, created: str = "2026-01-01T00:00:00Z") -> dict[str, Any]:
    begun = finished.replace("5Z", "4Z")
    last = terminated(1, startedAt=begun, finishedAt=finished)
    return pod(BACK_OFF, last, restarts=restarts, created=created)


@pytest.mark.parametrize(
    ("found", "phase"),
    [
        # Ready for a moment without a probe, and then only crashes.
        (crashed(1, "2026-01-01T00:00:15Z"), "failed"),
        (crashed(4, "2026-01-01T00:03:05Z"), "failed"),
        # It ran for half an hour first, or is a later pod of a rollout that ran.
        (crashed(1, "2026-01-01T00:30:05Z"), "degraded"),
        (crashed(4, "2026-01-01T00:33:05Z"), "degraded"),
        (crashed(1, "2026-01-02T00:00:15Z", created="2026-01-02T00:00:00Z"), "degraded"),
        (crashed(1, "nonsense"), "degraded"),
    ],
)
def test_a_container_that_never_stayed_up_fails_although_it_seemed_complete(found, phase):
    complete = {**DONE, "lastUpdateTime": "2026-01-01T00:00:05Z"}
    assert judged(deployment(complete, total=1, updated=1), found) == (phase, "the container exits with 1")


# --- whatever it shows ---


@given(
    condition=st.sampled_from([DONE, MOVING, STALLED, ADMITTED]),
    replicas=st.integers(0, 3),
    total=st.integers(0, 4),
    updated=st.integers(0, 3),
    available=st.integers(0, 3),
    pods=st.lists(st.sampled_from([case[0] for case in CASES]), max_size=3),
    least=st.integers(1, 3),
    flags=st.tuples(st.booleans(), st.booleans()),
)
def test_there_is_always_one_phase_and_all_is_well_only_when_enough_runs(
    condition, replicas, total, updated, available, pods, least, flags
):
    found = deployment(condition, replicas=replicas, total=total, updated=updated, available=available)
    health = assess(Observed(found, SETS, pods, min_replicas=least, reachable=flags[0], ended=flags[1]))
    assert health.phase in PHASES
    assert "\n" not in health.message
    if health.phase == "healthy":
        assert available >= least
    if health.phase in ("failed", "degraded"):
        assert health.message


def test_objects_with_nothing_in_them():
    assert assess(Observed({}, ({},), ({},), ({},), ({},))).phase == "progressing"
