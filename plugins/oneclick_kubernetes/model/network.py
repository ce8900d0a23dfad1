"""Interfaces: ports, and hosts through an Ingress (contracts/one-click.md §2.1)."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

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

    host: Annotated[
        str,
        checked(
            "A host name such as app.example.com or *.example.com; empty: every host.",
            names.host_problem,
            blank=True,
            maxLength=253,
        ),
    ]
    path: Annotated[
        str,
        checked(
            "The path, matched as the ingress controller does it; empty: /.",
            path_problem,
            blank=True,
            default="/",
        ),
    ]
    tls: Annotated[bool, checked("Serve it over TLS; then a host is needed.", blank=True, default=False)]
    tls_secret_name: Annotated[
        str,
        checked(
            "The Secret with your own certificate; empty: one of the interface's own, for cert-manager to fill.",
            names.subdomain_problem,
            blank=True,
            maxLength=253,
        ),
    ] = ""


class Ingress(Part, frozen=True, kw_only=True):
    """How an interface is reached from outside. Without rules nothing is made."""

    ingress_class: Annotated[
        str,
        checked(
            "The ingress class; empty: the cluster's default.",
            names.subdomain_problem,
            blank=True,
            default="",
            maxLength=253,
        ),
    ]
    annotations: Annotated[
        Annotations, Meta(description="Annotations of the Ingress, by which its controller is configured.")
    ] = msgspec.field(default_factory=dict)
    rules: Annotated[tuple[IngressRule, ...], Meta(description="Which hosts and paths lead here.")] = ()


class Interface(Part, frozen=True, kw_only=True):
    """A port of the container, reachable in the cluster by a Service, and from outside if it has an ingress."""

    # A Service's name must start with a letter on clusters before 1.36.
    name: Annotated[
        str,
        checked(
            "Its name, unique among the interfaces: lower-case letters, digits and -, a letter first.",
            names.composed_label(suffix="-svc", letter_first=True),
            maxLength=names.LABEL_LENGTH - names.ID_LENGTH - 1 - len("-svc"),
        ),
    ]
    port: Annotated[Port, Meta(description="The TCP port on which the container listens, and which the Service has.")]
    ingress: Annotated[Ingress | None, Meta(description="How it is reached from outside; null: not at all.")] = None
