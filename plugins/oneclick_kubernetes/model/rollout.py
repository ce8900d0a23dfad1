"""The manifest as a whole (contracts/one-click.md §2.1)."""

from __future__ import annotations

from typing import Annotated, ClassVar

import msgspec

from oneclick_kubernetes import names
from oneclick_kubernetes.model.container import Resources, SecretVariable, SecurityContext, Variable
from oneclick_kubernetes.model.cronjob import CronJob
from oneclick_kubernetes.model.image import Image
from oneclick_kubernetes.model.network import Interface
from oneclick_kubernetes.model.scalars import Annotations, Labels, LooseText, Part, checked, one_of
from oneclick_kubernetes.model.scheduling import HorizontalScale, HostAlias, Toleration
from oneclick_kubernetes.model.storage import Volume

API_VERSION = "one-click.dev/v1alpha1"
KIND = "Rollout"
STRATEGIES = ("recreate", "rollingUpdate")


class Metadata(Part, frozen=True, kw_only=True):
    """What a manifest pasted from a cluster brings along. Only annotations count; they go to the Deployment."""

    ignored: ClassVar[frozenset[str]] = frozenset({"*"})

    annotations: Annotations = msgspec.field(default_factory=dict)


class Spec(Part, frozen=True, kw_only=True):
    """What should run."""

    args: tuple[LooseText, ...] = ()
    command: tuple[LooseText, ...] = ()
    rollout_strategy: Annotated[
        str, checked("How pods are replaced.", one_of(*STRATEGIES), blank=True, enum=["", *STRATEGIES])
    ] = ""
    node_selector: Labels = msgspec.field(default_factory=dict)
    tolerations: tuple[Toleration, ...] = ()
    host_aliases: tuple[HostAlias, ...] = ()
    image: Image
    security_context: SecurityContext | None = None
    horizontal_scale: HorizontalScale
    resources: Resources
    env: tuple[Variable, ...] = ()
    secrets: tuple[SecretVariable, ...] = ()
    volumes: tuple[Volume, ...] = ()
    interfaces: tuple[Interface, ...] = ()
    service_account_name: Annotated[
        str, checked("The service account; empty: one of its own.", names.subdomain_problem, blank=True, default="")
    ]
    cronjobs: tuple[CronJob, ...] = ()


class Manifest(Part, frozen=True, kw_only=True):
    """A rollout's manifest."""

    # A manifest pasted from a cluster has what the original's operator wrote about it.
    ignored: ClassVar[frozenset[str]] = frozenset({"status"})

    api_version: Annotated[
        str, checked("Always this one.", one_of(API_VERSION), default=API_VERSION, enum=[API_VERSION])
    ]
    kind: Annotated[str, checked("Always this one.", one_of(KIND), default=KIND, enum=[KIND])]
    metadata: Metadata | None = None
    spec: Spec
