"""Deployment."""

from __future__ import annotations

from typing import Any

from oneclick_kubernetes import names
from oneclick_kubernetes.model.rollout import Manifest, Spec
from oneclick_kubernetes.resources import containers
from oneclick_kubernetes.resources.objects import Object, Target, filled
from oneclick_kubernetes.resources.secrets import checksum

_RESERVED = ("deployment.kubernetes.io/", "kubectl.kubernetes.io/", "one-click.dev/")


def deployment(manifest: Manifest, target: Target) -> Object:
    """Return the Deployment. It never says how many replicas: that is the autoscaler's (design.md §5)."""
    spec = manifest.spec
    rendered = target.object("apps/v1", "Deployment", target.deployment)
    rendered["metadata"].update(filled(annotations=_annotations(manifest)))
    rendered["spec"] = {
        "selector": {"matchLabels": target.selector},
        "strategy": strategy(spec),
        "template": {
            "metadata": {"labels": target.selector, **filled(annotations=_template_annotations(spec, target))},
            "spec": _pod(spec, target),
        },
    }
    return rendered


def strategy(spec: Spec) -> dict[str, Any]:
    """Return how pods are replaced; Recreate where a volume needs it and nothing else is asked for.

    A ReadWriteOnce volume and RollingUpdate can wait for each other for ever (§2.4/10, kubernetes.md fact 10). The
    numbers are Kubernetes' own defaults, written out so that they are ours and go when the strategy changes: left to
    the server they stay, and it refuses Recreate beside them.
    """
    if spec.rollout_strategy == "recreate" or (spec.volumes and not spec.rollout_strategy):
        return {"type": "Recreate"}
    return {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}}


def _annotations(manifest: Manifest) -> dict[str, str]:
    """Return the manifest's own annotations, but for those that Kubernetes or we write."""
    given = manifest.metadata.annotations if manifest.metadata else {}
    return {key: value for key, value in given.items() if not key.startswith(_RESERVED)}


def _template_annotations(spec: Spec, target: Target) -> dict[str, str]:
    return {names.CHECKSUM_ANNOTATION: checksum(spec, target)} if spec.secrets else {}


def _pod(spec: Spec, target: Target) -> dict[str, Any]:
    return {
        "serviceAccountName": names.service_account(spec.service_account_name, target.deployment),
        "automountServiceAccountToken": False,
        "containers": [_container(spec, target)],
        **filled(
            hostAliases=_host_aliases(spec),
            imagePullSecrets=containers.pull_secrets(spec.image, target.deployment),
            nodeSelector=dict(spec.node_selector),
            securityContext=containers.pod_security(spec.security_context),
            tolerations=_tolerations(spec),
            volumes=[
                {"name": name, "persistentVolumeClaim": {"claimName": name}}
                for name in (names.claim(volume.name, target.deployment) for volume in spec.volumes)
            ],
        ),
    }


def _container(spec: Spec, target: Target) -> dict[str, Any]:
    ports = dict.fromkeys(interface.port for interface in spec.interfaces)
    return containers.container(
        target.deployment,
        spec.image,
        spec.resources,
        spec.env,
        spec.command,
        spec.args,
        envFrom=[{"secretRef": {"name": names.env_secret(target.deployment)}}] if spec.secrets else [],
        ports=[{"containerPort": port, "protocol": "TCP"} for port in ports],
        securityContext=containers.container_security(spec.security_context),
        volumeMounts=[
            {"name": names.claim(volume.name, target.deployment), "mountPath": volume.mount_path}
            for volume in spec.volumes
        ],
    )


def _host_aliases(spec: Spec) -> list[dict[str, Any]]:
    """Return the aliases, one entry an address: the API server takes the address for the entry's key."""
    merged: dict[str, list[str]] = {}
    for alias in spec.host_aliases:
        known = merged.setdefault(alias.ip, [])
        known.extend(name for name in alias.hostnames if name not in known)
    return [{"ip": ip, **filled(hostnames=hostnames)} for ip, hostnames in merged.items()]


def _tolerations(spec: Spec) -> list[dict[str, Any]]:
    return [
        filled(
            key=toleration.key,
            operator=toleration.operator,
            value=toleration.value,
            effect=toleration.effect,
            tolerationSeconds=toleration.toleration_seconds,
        )
        for toleration in spec.tolerations
    ]
