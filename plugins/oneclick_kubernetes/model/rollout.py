"""The manifest as a whole (contracts/one-click.md §2.1)."""

from __future__ import annotations

from typing import Annotated, ClassVar

import msgspec
from msgspec import Meta

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

    annotations: Annotated[Annotations, Meta(description="Annotations of the Deployment.")] = msgspec.field(
        default_factory=dict
    )


class Spec(Part, frozen=True, kw_only=True):
    """What should run."""

    args: Annotated[tuple[LooseText, ...], Meta(description="Further arguments; empty: the image's.")] = ()
    command: Annotated[
        tuple[LooseText, ...], Meta(description="The program and its first arguments; empty: the image's entrypoint.")
    ] = ()
    rollout_strategy: Annotated[
        str,
        checked(
            "How pods are replaced: recreate ends the old ones first, rollingUpdate once new ones are ready; empty: "
            "recreate with volumes, else rollingUpdate.",
            one_of(*STRATEGIES),
            blank=True,
            enum=["", *STRATEGIES],
        ),
    ] = ""
    node_selector: Annotated[Labels, Meta(description="Labels that a node must have to run the pods.")] = msgspec.field(
        default_factory=dict
    )
    tolerations: Annotated[
        tuple[Toleration, ...], Meta(description="Taints of nodes that do not keep the pods away.")
    ] = ()
    host_aliases: Annotated[tuple[HostAlias, ...], Meta(description="Entries of the pods' hosts file.")] = ()
    image: Annotated[Image, Meta(description="What runs.")]
    security_context: Annotated[
        SecurityContext | None,
        Meta(description="As whom and with which rights it runs; null: as image and cluster say."),
    ] = None
    horizontal_scale: Annotated[HorizontalScale, Meta(description="How many pods run.")]
    resources: Annotated[Resources, Meta(description="What each pod is promised and may use.")]
    env: Annotated[tuple[Variable, ...], Meta(description="Plain variables.")] = ()
    secrets: Annotated[
        tuple[SecretVariable, ...], Meta(description="Secret variables, of other names than the plain ones.")
    ] = ()
    volumes: Annotated[
        tuple[Volume, ...], Meta(description="Storage that outlives the pods; mounted on one node at a time.")
    ] = ()
    interfaces: Annotated[tuple[Interface, ...], Meta(description="Ports of the container, each with a Service.")] = ()
    service_account_name: Annotated[
        str,
        checked(
            "The service account; empty: one of its own.",
            names.subdomain_problem,
            blank=True,
            default="",
            maxLength=253,
        ),
    ]
    cronjobs: Annotated[tuple[CronJob, ...], Meta(description="Containers that run by the clock beside the app.")] = ()


class Manifest(Part, frozen=True, kw_only=True):
    """What a rollout runs, and how."""

    # A manifest pasted from a cluster has what the original's operator wrote about it.
    ignored: ClassVar[frozenset[str]] = frozenset({"status"})

    api_version: Annotated[
        str,
        checked(
            "The version of this form; always this one.", one_of(API_VERSION), default=API_VERSION, enum=[API_VERSION]
        ),
    ]
    kind: Annotated[str, checked("Always this one.", one_of(KIND), default=KIND, enum=[KIND])]
    metadata: Annotated[Metadata | None, Meta(description="Annotations; whatever else is in it does not count.")] = None
    spec: Annotated[Spec, Meta(description="What should run.")]
