"""Service and Ingress."""

from __future__ import annotations

from typing import Any

from oneclick_kubernetes import names
from oneclick_kubernetes.model.network import IngressRule, Interface
from oneclick_kubernetes.model.rollout import Spec
from oneclick_kubernetes.resources.objects import Object, Target, filled


def services(spec: Spec, target: Target) -> list[Object]:
    """Return a Service for each interface."""
    return [_service(interface, target) for interface in spec.interfaces]


def _service(interface: Interface, target: Target) -> Object:
    service = target.object("v1", "Service", names.service(interface.name, target.deployment))
    port = {"name": interface.name, "port": interface.port, "protocol": "TCP", "targetPort": interface.port}
    service["spec"] = {"type": "ClusterIP", "selector": target.selector, "ports": [port]}
    return service


def ingresses(spec: Spec, target: Target) -> list[Object]:
    """Return an Ingress for each interface with rules; one with a class alone would be refused (§2.4/11)."""
    return [
        _ingress(interface, target) for interface in spec.interfaces if interface.ingress and interface.ingress.rules
    ]


def _ingress(interface: Interface, target: Target) -> Object:
    given = interface.ingress
    assert given is not None
    ingress = target.object("networking.k8s.io/v1", "Ingress", names.ingress(interface.name, target.deployment))
    ingress["metadata"].update(filled(annotations=dict(given.annotations)))
    ingress["spec"] = {
        **filled(ingressClassName=given.ingress_class),
        "rules": [_rule(rule, interface, target) for rule in given.rules],
        **filled(tls=_tls(interface.name, given.rules, target)),
    }
    return ingress


def _rule(rule: IngressRule, interface: Interface, target: Target) -> dict[str, Any]:
    backend = {"name": names.service(interface.name, target.deployment), "port": {"number": interface.port}}
    path = {"path": rule.path or "/", "pathType": "ImplementationSpecific", "backend": {"service": backend}}
    return {**filled(host=rule.host), "http": {"paths": [path]}}


def _tls(interface: str, rules: tuple[IngressRule, ...], target: Target) -> list[dict[str, Any]]:
    """Return the certificates with their hosts, one entry a Secret: cert-manager refuses a Secret named twice."""
    hosts: dict[str, list[str]] = {}
    for rule in rules:
        if rule.tls:
            secret = rule.tls_secret_name or names.tls_secret(interface, target.deployment)
            known = hosts.setdefault(secret, [])
            if rule.host not in known:
                known.append(rule.host)
    return [{"hosts": listed, "secretName": secret} for secret, listed in hosts.items()]
