"""Secrets: variables and registry credentials."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable

from oneclick_kubernetes import names
from oneclick_kubernetes.model.image import Image
from oneclick_kubernetes.model.rollout import Spec
from oneclick_kubernetes.resources.objects import Object, Target


def secrets(spec: Spec, target: Target) -> list[Object]:
    """Return the deployment's Secrets; what is not wanted any more is not among them and so pruned (§2.4/13)."""
    owners = [(target.deployment, spec.image)]
    owners += [(names.cronjob(job.name, target.deployment), job.image) for job in spec.cronjobs]
    return [*_env_secret(spec, target), *(_pull_secret(*owner, target) for owner in owners if owner[1].has_credentials)]


def _env_secret(spec: Spec, target: Target) -> Iterable[Object]:
    if spec.secrets:
        secret = target.object("v1", "Secret", names.env_secret(target.deployment))
        # Not stringData: a key that is taken out of that stays in the object under server-side apply.
        yield {**secret, "type": "Opaque", "data": {item.name: _base64(item.value) for item in spec.secrets}}


def _pull_secret(owner: str, image: Image, target: Target) -> Object:
    login = {
        "username": image.username,
        "password": image.password,
        "auth": _base64(f"{image.username}:{image.password}"),
    }
    config = json.dumps({"auths": {image.registry: login}})
    secret = target.object("v1", "Secret", names.pull_secret(owner))
    return {**secret, "type": "kubernetes.io/dockerconfigjson", "data": {".dockerconfigjson": _base64(config)}}


def checksum(spec: Spec, target: Target) -> str:
    """Return a value that changes with the secrets, so that pods are replaced when one does.

    Names and values are told apart (``A=1B=2`` is not ``A=1`` and ``B=2``), order does not count, and two deployments
    with the same secrets do not show it.
    """
    pairs = sorted((item.name, item.value) for item in spec.secrets)
    return hashlib.sha256(json.dumps([target.deployment, pairs]).encode()).hexdigest()


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
