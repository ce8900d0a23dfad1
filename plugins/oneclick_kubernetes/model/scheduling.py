"""Where and how many pods run: scale, tolerations, host aliases (contracts/one-click.md §2.1)."""

from __future__ import annotations

import ipaddress
from typing import Annotated

import msgspec

from oneclick_kubernetes import names
from oneclick_kubernetes.model.problems import Problem
from oneclick_kubernetes.model.scalars import AtLeastOne, LabelValue, Part, checked, one_of

OPERATORS = ("Equal", "Exists")
EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")


def ip_problem(address: str) -> Problem | None:
    """Check an IP address."""
    try:
        ipaddress.ip_address(address)
    except ValueError:
        return "validation_invalid_ip", "must be an IP address such as 10.0.0.5"
    return None


class HorizontalScale(Part, frozen=True, kw_only=True):
    """Between how many pods, and at which use of the requested CPU, the autoscaler moves."""

    min_replicas: AtLeastOne
    max_replicas: AtLeastOne
    target_cpu: AtLeastOne = msgspec.field(name="targetCPUUtilizationPercentage")


class Toleration(Part, frozen=True, kw_only=True):
    """A taint of nodes that the pods put up with."""

    key: Annotated[str, checked("The taint's key; empty: every one.", names.label_key_problem, blank=True)] = ""
    operator: Annotated[
        str, checked("Equal (the default) or Exists.", one_of(*OPERATORS), blank=True, enum=["", *OPERATORS])
    ] = ""
    value: LabelValue = ""
    effect: Annotated[str, checked("Empty: every effect.", one_of(*EFFECTS), blank=True, enum=["", *EFFECTS])] = ""
    toleration_seconds: int | None = None


class HostAlias(Part, frozen=True, kw_only=True):
    """Names for an address in the pods' hosts file."""

    ip: Annotated[str, checked("The address.", ip_problem)]
    hostnames: tuple[Annotated[str, checked("A host name.", names.subdomain_problem)], ...] = ()
