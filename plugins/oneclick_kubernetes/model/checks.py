"""What cannot be said of one field alone: duplicates, bounds between two fields, combinations that can never run."""

from __future__ import annotations

from collections.abc import Hashable, Iterable

from oneclick_kubernetes.model.container import Resources, SecurityContext, Variable
from oneclick_kubernetes.model.image import Image
from oneclick_kubernetes.model.network import Ingress
from oneclick_kubernetes.model.problems import Path, Problems
from oneclick_kubernetes.model.rollout import Spec
from oneclick_kubernetes.model.scheduling import HorizontalScale, Toleration
from oneclick_kubernetes.model.storage import Volume, clean_path
from oneclick_kubernetes.quantities import read_quantity

DUPLICATE = "validation_not_unique"
CONFLICT = "validation_invalid_combination"


def check(spec: Spec, problems: Problems, path: Path) -> None:
    """Note every problem between the fields of a manifest's spec."""
    _check_scale(spec.horizontal_scale, problems, (*path, "horizontalScale"))
    _check_resources(spec.resources, problems, (*path, "resources"))
    _check_variables(spec, problems, path)
    _check_volumes(spec.volumes, problems, (*path, "volumes"))
    if spec.security_context:
        _check_security(spec.security_context, problems, (*path, "securityContext"))
    for index, toleration in enumerate(spec.tolerations):
        _check_toleration(toleration, problems, (*path, "tolerations", str(index)))
    _check_interfaces(spec, problems, (*path, "interfaces"))
    _check_cronjobs(spec, problems, (*path, "cronjobs"))
    _check_image(spec.image, problems, (*path, "image"))


def _unique(keys: Iterable[Hashable], problems: Problems, path: Path, field: str, sentence: str) -> None:
    seen: set[Hashable] = set()
    for index, key in enumerate(keys):
        # An empty name is reported as missing already.
        if key and key in seen:
            problems.add((*path, str(index), field), DUPLICATE, sentence.format(key))
        seen.add(key)


def _check_image(image: Image, problems: Problems, path: Path) -> None:
    if image.digest and "@" in image.tag and (*path, "digest") not in problems:
        problems.add((*path, "digest"), CONFLICT, "is given twice: behind the tag and here")


def _check_scale(scale: HorizontalScale, problems: Problems, path: Path) -> None:
    if scale.min_replicas > scale.max_replicas and (*path, "maxReplicas") not in problems:
        problems.add((*path, "minReplicas"), CONFLICT, f"must not be greater than maxReplicas ({scale.max_replicas})")


def _check_resources(resources: Resources, problems: Problems, path: Path) -> None:
    for name in ("cpu", "memory"):
        request, limit = getattr(resources.requests, name), getattr(resources.limits, name)
        wanted, allowed = read_quantity(request), read_quantity(limit)
        if wanted is not None and allowed is not None and wanted > allowed:
            problems.add((*path, "requests", name), CONFLICT, f"must not be greater than the limit ({limit})")


def _check_variables(spec: Spec, problems: Problems, path: Path) -> None:
    _check_env(spec.env, problems, (*path, "env"))
    _unique((item.name for item in spec.secrets), problems, (*path, "secrets"), "name", "is given twice: {}")
    plain = {item.name for item in spec.env if item.name}
    for index, item in enumerate(spec.secrets):
        if item.name in plain:
            sentence = f"is also the name of a plain variable: {item.name}"
            problems.add((*path, "secrets", str(index), "name"), DUPLICATE, sentence)


def _check_env(env: tuple[Variable, ...], problems: Problems, path: Path) -> None:
    _unique((item.name for item in env), problems, path, "name", "is given twice: {}")


def _check_volumes(volumes: tuple[Volume, ...], problems: Problems, path: Path) -> None:
    _unique((volume.name for volume in volumes), problems, path, "name", "is given twice: {}")
    mounts = (clean_path(volume.mount_path) if volume.mount_path else "" for volume in volumes)
    _unique(mounts, problems, path, "mountPath", "is where another volume is mounted: {}")


def _check_security(security: SecurityContext, problems: Problems, path: Path) -> None:
    if security.privileged and security.allow_privilege_escalation is False:
        problems.add((*path, "allowPrivilegeEscalation"), CONFLICT, "cannot be false for a privileged container")
    if security.run_as_non_root and security.run_as_user == 0:
        problems.add((*path, "runAsUser"), CONFLICT, "cannot be 0 (root) with runAsNonRoot")


def _check_toleration(toleration: Toleration, problems: Problems, path: Path) -> None:
    exists = toleration.operator == "Exists"
    if not toleration.key and not exists:
        problems.add((*path, "operator"), CONFLICT, "must be Exists when there is no key")
    if exists and toleration.value:
        problems.add((*path, "value"), CONFLICT, "must be empty with the operator Exists")
    if toleration.toleration_seconds is not None and toleration.effect != "NoExecute":
        problems.add((*path, "effect"), CONFLICT, "must be NoExecute when tolerationSeconds is given")


def _check_interfaces(spec: Spec, problems: Problems, path: Path) -> None:
    _unique((interface.name for interface in spec.interfaces), problems, path, "name", "is given twice: {}")
    for index, interface in enumerate(spec.interfaces):
        if interface.ingress:
            _check_ingress(interface.ingress, problems, (*path, str(index), "ingress"))


def _check_ingress(ingress: Ingress, problems: Problems, path: Path) -> None:
    for index, rule in enumerate(ingress.rules):
        if rule.tls and not rule.host:
            problems.add((*path, "rules", str(index), "host"), "validation_required", "must be given for TLS")


def _check_cronjobs(spec: Spec, problems: Problems, path: Path) -> None:
    _unique((job.name for job in spec.cronjobs), problems, path, "name", "is given twice: {}")
    for index, job in enumerate(spec.cronjobs):
        _check_resources(job.resources, problems, (*path, str(index), "resources"))
        _check_env(job.env, problems, (*path, str(index), "env"))
        _check_image(job.image, problems, (*path, str(index), "image"))
