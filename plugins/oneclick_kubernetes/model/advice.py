"""What is allowed and unwise: sentences kept on the rollout's record (design.md §5)."""

from __future__ import annotations

from collections.abc import Iterator

from oneclick_kubernetes.model.image import Image
from oneclick_kubernetes.model.rollout import Manifest, Spec
from oneclick_kubernetes.quantities import read_quantity


def warnings(manifest: Manifest) -> list[str]:
    """Return a sentence for everything in a valid manifest that works otherwise than its writer may think."""
    spec = manifest.spec
    return [
        *_about_volumes(spec),
        *_about_scale(spec),
        *_about_ingresses(spec),
        *_about_images(spec),
        *_about_cronjobs(spec),
    ]


def _about_volumes(spec: Spec) -> Iterator[str]:
    if not spec.volumes:
        return
    listed = ", ".join(volume.name for volume in spec.volumes)
    if spec.horizontal_scale.max_replicas > 1:
        yield (
            f"Volume {listed} can be mounted on one node at a time, and up to {spec.horizontal_scale.max_replicas} "
            "instances may run: an instance on another node will not start."
        )
    if spec.rollout_strategy == "rollingUpdate":
        yield (
            f"Volume {listed} can be mounted on one node at a time: with rollingUpdate the new instance may wait "
            "for ever for the old one to let go of it. The strategy recreate has a short downtime instead."
        )


def _about_scale(spec: Spec) -> Iterator[str]:
    scale = spec.horizontal_scale
    if scale.max_replicas > scale.min_replicas and not read_quantity(spec.resources.requests.cpu):
        yield "The autoscaler measures CPU against the request, which is 0 here: it will never add an instance."


def _about_ingresses(spec: Spec) -> Iterator[str]:
    for interface in spec.interfaces:
        if interface.ingress and interface.ingress.ingress_class and not interface.ingress.rules:
            yield f"Interface {interface.name} has an ingress class and no rules: it gets no ingress."


def _about_images(spec: Spec) -> Iterator[str]:
    for image in (spec.image, *(job.image for job in spec.cronjobs)):
        if (image.username and not image.password) or (image.password and not image.username):
            yield f"Image {image.reference} has a user name or a password alone: it is pulled without credentials."
        if not _is_host(image):
            yield f"{image.registry} is not a host to the cluster: it looks for {image.reference} on Docker Hub."


def _is_host(image: Image) -> bool:
    """Tell whether container runtimes take the first part of the reference for a registry."""
    return "." in image.registry or ":" in image.registry or image.registry == "localhost"


def _about_cronjobs(spec: Spec) -> Iterator[str]:
    for job in spec.cronjobs:
        if job.backoff_limit is not None and job.max_retries is not None and job.backoff_limit != job.max_retries:
            yield f"Cron job {job.name} has a backoffLimit, so its maxRetries does not count."
