"""CronJob."""

from __future__ import annotations

from oneclick_kubernetes import names
from oneclick_kubernetes.model.cronjob import CronJob
from oneclick_kubernetes.model.rollout import Spec
from oneclick_kubernetes.resources import containers
from oneclick_kubernetes.resources.objects import Object, Target, filled


def cronjobs(spec: Spec, target: Target) -> list[Object]:
    """Return a CronJob for each of the manifest's."""
    return [_cronjob(job, target) for job in spec.cronjobs]


def pod_labels(job: str, target: Target) -> dict[str, str]:
    """Return the labels of a cron job's pods: not the selector's, or Services would send them requests (§2.4/6)."""
    return {
        names.PROJECT_LABEL: target.project,
        names.CRONJOB_LABEL: job,
        names.CRONJOB_OF_LABEL: target.deployment,
    }


def _cronjob(job: CronJob, target: Target) -> Object:
    labels = {**target.selector, names.CRONJOB_LABEL: job.name}
    rendered = target.object("batch/v1", "CronJob", names.cronjob(job.name, target.deployment), labels)
    pod = {
        "restartPolicy": "Never",
        "automountServiceAccountToken": False,
        "containers": [containers.container(job.name, job.image, job.resources, job.env, job.command, job.args)],
        **filled(imagePullSecrets=containers.pull_secrets(job.image, rendered["metadata"]["name"])),
    }
    retries = job.max_retries if job.backoff_limit is None else job.backoff_limit
    rendered["spec"] = {
        "schedule": job.schedule,
        "suspend": job.suspend,
        "jobTemplate": {
            "metadata": {"labels": labels},
            "spec": {
                **filled(backoffLimit=retries),
                "template": {"metadata": {"labels": pod_labels(job.name, target)}, "spec": pod},
            },
        },
    }
    return rendered
