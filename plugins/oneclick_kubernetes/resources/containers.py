"""Containers and what their pods need: image, variables, resources, security (contracts/one-click.md §2.2)."""

from __future__ import annotations

from typing import Any

from oneclick_kubernetes import names
from oneclick_kubernetes.model.container import Resources, SecurityContext, Variable
from oneclick_kubernetes.model.image import Image
from oneclick_kubernetes.resources.objects import filled


def container(
    name: str,
    image: Image,
    resources: Resources,
    env: tuple[Variable, ...],
    command: tuple[str, ...],
    args: tuple[str, ...],
    **more: Any,
) -> dict[str, Any]:
    """Return a container. Its last log lines become its termination message, which says why it ended."""
    return {
        "name": name,
        "image": image.reference,
        **filled(
            command=list(command), args=list(args), env=[{"name": item.name, "value": item.value} for item in env]
        ),
        "resources": resource_requirements(resources),
        "terminationMessagePolicy": "FallbackToLogsOnError",
        **filled(**more),
    }


def resource_requirements(resources: Resources) -> dict[str, Any]:
    """Return requests and limits."""
    return {
        kind: {"cpu": amounts.cpu, "memory": amounts.memory}
        for kind, amounts in (("requests", resources.requests), ("limits", resources.limits))
    }


def pull_secrets(image: Image, owner: str) -> list[dict[str, str]]:
    """Return the pod's reference to the Secret that :mod:`.secrets` makes for the same image and owner."""
    return [{"name": names.pull_secret(owner)}] if image.has_credentials else []


def pod_security(security: SecurityContext | None) -> dict[str, Any]:
    """Return the pod's part of the security context: only what is given, for a 0 in its place is root (§2.4/5)."""
    if security is None:
        return {}
    return filled(fsGroup=security.fs_group, runAsUser=security.run_as_user, runAsGroup=security.run_as_group)


def container_security(security: SecurityContext | None) -> dict[str, Any]:
    """Return the container's part of the security context, likewise."""
    if security is None:
        return {}
    capabilities = security.capabilities
    return filled(
        allowPrivilegeEscalation=security.allow_privilege_escalation,
        capabilities=filled(add=list(capabilities.add), drop=list(capabilities.drop)) if capabilities else None,
        privileged=security.privileged,
        readOnlyRootFilesystem=security.read_only_root_filesystem,
        runAsNonRoot=security.run_as_non_root,
    )
