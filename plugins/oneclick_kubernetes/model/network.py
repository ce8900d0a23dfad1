"""Interfaces: ports, and hosts through an Ingress (contracts/one-click.md §2.1)."""

from __future__ import annotations

from typing import Annotated

import msgspec

from oneclick_kubernetes import names
from oneclick_kubernetes.model.problems import Problem
from oneclick_kubernetes.model.scalars import Annotations, Part, Port, checked


def path_problem(path: str) -> Problem | None:
    """Check an Ingress path."""
    if path.startswith("/") and not any(character.isspace() for character in path):
        return None
    return "validation_invalid_path", "must start with '/' and have no white space"


class IngressRule(Part, frozen=True, kw_only=True):
    """A host and path that lead to the interface."""

    host: Annotated[str, checked("A host name; empty: every host.", names.host_problem, blank=True)]
    path: Annotated[str, checked("A path; empty: /.", path_problem, blank=True, default="/")]
    tls: Annotated[bool, checked("Serve it over TLS.", blank=True, default=False)]
    tls_secret_name: Annotated[str, checked("Your own certificate.", names.subdomain_problem, blank=True)] = ""


class Ingress(Part, frozen=True, kw_only=True):
    """How an interface is reached from outside. Without rules nothing is made (§2.4/11)."""

    ingress_class: Annotated[
        str,
        checked("The ingress class; empty: the cluster's default.", names.subdomain_problem, blank=True, default=""),
    ]
    annotations: Annotations = msgspec.field(default_factory=dict)
    rules: tuple[IngressRule, ...] = ()


class Interface(Part, frozen=True, kw_only=True):
    """A port of the container, reachable in the cluster by a Service, and from outside if it has an ingress."""

    # A Service's name must start with a letter on clusters before 1.36.
    name: Annotated[str, checked("Its name.", names.composed_label(suffix="-svc", letter_first=True))]
    port: Port
    ingress: Ingress | None = None
