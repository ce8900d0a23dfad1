"""What is allowed and unwise."""

from __future__ import annotations

from oneclick_kubernetes import manifest
from tests.kubernetes.samples import sample, setting


def test_warnings():
    assert manifest.warnings(manifest.parse(sample("minimal"))) == []
    (about_volume,) = manifest.warnings(manifest.parse(sample("shared_volume")))
    assert "data, logs" in about_volume
    (about_cron, about_ingress) = sorted(
        manifest.warnings(
            manifest.parse(sample("ingresses", lambda spec: spec.update(cronjobs=sample("full")["spec"]["cronjobs"])))
        )
    )
    assert "nightly" in about_cron
    assert "admin" in about_ingress
    assert ["user name" in each for each in manifest.warnings(manifest.parse(sample("private_image")))] == [True]
    (about_rolling,) = manifest.warnings(
        manifest.parse(
            sample(
                "shared_volume", lambda spec: spec.update(rolloutStrategy="rollingUpdate", horizontalScale=one_only())
            )
        )
    )
    assert "rollingUpdate" in about_rolling
    (about_cpu,) = manifest.warnings(
        manifest.parse(
            sample(
                "private_image", lambda spec: spec.update(cronjobs=[]) or spec["resources"]["requests"].update(cpu=0)
            )
        )
    )
    assert "never add an instance" in about_cpu
    (about_host,) = manifest.warnings(manifest.parse(sample("minimal", setting("image.registry", "registry"))))
    assert "Docker Hub" in about_host


def one_only():
    return {"minReplicas": 1, "maxReplicas": 1, "targetCPUUtilizationPercentage": 80}
