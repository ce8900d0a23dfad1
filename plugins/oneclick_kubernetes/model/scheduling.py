"""Where and how many pods run: scale, tolerations, host aliases (contracts/one-click.md §2.1)."""

from __future__ import annotations

import ipaddress
from typing import Annotated

import msgspec
from msgspec import Meta

from oneclick_kubernetes import names
from oneclick_kubernetes.model.problems import Problem
from oneclick_kubernetes.model.scalars import AtLeastOne, LabelValue, Part, checked, one_of

OPERATORS = ("Equal", "Exists")
EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")

MOST_REPLICAS = 1000
"""About ten full nodes (110 pods each by default): more than that of one deployment is a slip of the hand."""
Replicas = Annotated[int, Meta(ge=1, le=MOST_REPLICAS)]


def ip_problem(address: str) -> Problem | None:
    """Check an IP address."""
    try:
        ipaddress.ip_address(address)
    except ValueError:
        return "validation_invalid_ip", "must be an IP address such as 10.0.0.5"
    return None


class HorizontalScale(Part, frozen=True, kw_only=True):
    """Between how many pods, and at which use of the requested CPU, the autoscaler moves."""

    min_replicas: Annotated[Replicas, Meta(description="How many pods there are at least; not above maxReplicas.")]
    max_replicas: Annotated[Replicas, Meta(description="How many pods there are at most.")]
    target_cpu: Annotated[
        AtLeastOne, Meta(description="In per cent of the requested CPU: above it pods are added, below it taken away.")
    ] = msgspec.field(name="targetCPUUtilizationPercentage")


class Toleration(Part, frozen=True, kw_only=True):
    """A taint of nodes that the pods put up with."""

    key: Annotated[
        str, checked("The taint's key; empty: every one, with Exists.", names.label_key_problem, blank=True)
    ] = ""
    operator: Annotated[
        str,
        checked(
            "Equal compares the value, Exists any value; empty: Equal.",
            one_of(*OPERATORS),
            blank=True,
            enum=["", *OPERATORS],
        ),
    ] = ""
    value: Annotated[LabelValue, Meta(description="The taint's value; empty with Exists.")] = ""
    effect: Annotated[
        str, checked("The taint's effect; empty: every one.", one_of(*EFFECTS), blank=True, enum=["", *EFFECTS])
    ] = ""
    toleration_seconds: Annotated[
        int | None,
        Meta(description="For how many seconds a pod stays on such a node; only with NoExecute; null: for ever."),
    ] = None


class HostAlias(Part, frozen=True, kw_only=True):
    """Names for an address in the pods' hosts file."""

    ip: Annotated[str, checked("The address, IPv4 or IPv6.", ip_problem)]
    hostnames: Annotated[
        tuple[Annotated[str, checked("A host name.", names.subdomain_problem, maxLength=253)], ...],
        Meta(description="The names that lead to it, in lower case."),
    ] = ()
