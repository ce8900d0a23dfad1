"""What a quota has left, in sums."""

from __future__ import annotations

from typing import Any

import pytest

from oneclick_kubernetes.quota import refusal, shown, usage


def pod(cpu: str = "100m", memory: str = "128Mi", phase: str = "Running", **spec: Any) -> dict[str, Any]:
    resources = {"requests": {"cpu": cpu, "memory": memory}, "limits": {"cpu": cpu, "memory": memory}}
    return {"spec": {"containers": [{"resources": resources}], **spec}, "status": {"phase": phase}}


def quota(hard: dict[str, str], used: dict[str, str] | None = None, **spec: Any) -> dict[str, Any]:
    return {"metadata": {"name": "q"}, "spec": {"hard": hard, **spec}, "status": {"hard": hard, "used": used or {}}}


def test_fits_and_does_not() -> None:
    assert refusal([quota({"requests.cpu": "1"})], pod(), 10, []) is None
    resource, sentence = refusal([quota({"requests.cpu": "1"}, {"requests.cpu": "200m"})], pod(), 9, []) or ("", "")
    assert resource == "requests.cpu"
    assert sentence == (
        "exceeded quota: q, requested: requests.cpu=900m, used by others: requests.cpu=200m, limited: requests.cpu=1"
    )


def test_own_pods_make_room_unless_they_have_ended() -> None:
    full = quota({"cpu": "200m"}, {"cpu": "200m"})
    assert refusal([full], pod(), 2, [pod(), pod()]) is None
    assert refusal([full], pod(), 2, [pod(), pod(phase="Succeeded")]) is not None


@pytest.mark.parametrize("hard", [{"pods": "2"}, {"limits.memory": "256Mi"}, {"memory": "300Mi"}])
def test_every_resource_counts(hard: dict[str, str]) -> None:
    assert refusal([quota(hard)], pod(), 2, []) is None
    assert refusal([quota(hard)], pod(), 3, []) is not None


def test_quotas_for_other_pods_do_not_count() -> None:
    assert refusal([quota({"cpu": "1m"}, scopes=["BestEffort"])], pod(), 1, []) is None
    assert refusal([quota({"cpu": "1m"}, scopes=["NotBestEffort"])], pod(), 1, []) is not None
    assert refusal([quota({"cpu": "1m"}, scopeSelector={"matchExpressions": []})], pod(), 1, []) is None
    assert refusal([quota({"services": "0"})], pod(), 1, []) is None


def test_the_largest_init_container_counts() -> None:
    large = {"resources": {"requests": {"cpu": "2"}}}
    assert usage(pod(initContainers=[large]))["requests.cpu"] == 2


def test_amounts_read_well() -> None:
    assert shown("requests.cpu", usage(pod("250m"))["cpu"]) == "250m"
    assert shown("memory", usage(pod(memory="1536Mi"))["memory"]) == "1536Mi"
    assert shown("memory", usage(pod(memory="1000"))["memory"]) == "1000"
