"""Services and Ingresses."""

from __future__ import annotations

from typing import Any

from oneclick_demo_cluster.machinery.errors import duplicate, invalid_value, required, unsupported
from oneclick_demo_cluster.machinery.objects import Obj, dig
from oneclick_demo_cluster.machinery.validation.metadata import Causes, check_label, check_subdomain
from oneclick_demo_cluster.machinery.validation.pods import PORT_TEXT, PROTOCOLS

SERVICE_TYPES = ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort")
PATH_TYPES = ("Exact", "ImplementationSpecific", "Prefix")


def check_service(obj: Obj) -> Causes:
    """Check a Service."""
    spec = obj.get("spec") or {}
    if spec.get("type") not in SERVICE_TYPES:
        return [unsupported("spec.type", spec.get("type"), SERVICE_TYPES)]
    ports = spec.get("ports") or []
    causes: Causes = []
    if not ports and spec["type"] != "ExternalName" and spec.get("clusterIP") != "None":
        causes.append(required("spec.ports"))
    names: set[str] = set()
    numbers: set[tuple[Any, Any]] = set()
    for index, port in enumerate(ports):
        where = f"spec.ports[{index}]"
        causes += _service_port(port, where, named=len(ports) > 1)
        number = (port.get("port"), port.get("protocol"))
        if port.get("name") and port["name"] in names:
            causes.append(duplicate(f"{where}.name", port["name"]))
        if number in numbers:
            causes.append(duplicate(where, f"{number[1]}/{number[0]}"))
        names.add(port.get("name", ""))
        numbers.add(number)
    return causes


def _service_port(port: Obj, path: str, *, named: bool) -> Causes:
    causes: Causes = []
    if name := port.get("name"):
        causes += check_label(f"{path}.name", name)
    elif named:
        causes.append(required(f"{path}.name"))
    number, target = port.get("port"), port.get("targetPort")
    if not isinstance(number, int) or not 1 <= number <= 65535:
        causes.append(invalid_value(f"{path}.port", number or 0, PORT_TEXT))
    if isinstance(target, int) and not 1 <= target <= 65535:
        causes.append(invalid_value(f"{path}.targetPort", target, PORT_TEXT))
    if port.get("protocol") not in PROTOCOLS:
        causes.append(unsupported(f"{path}.protocol", port.get("protocol"), PROTOCOLS))
    if "nodePort" in port and not 30000 <= port["nodePort"] <= 32767:
        text = "provided port is not in the valid range. The range of valid ports is 30000-32767"
        causes.append(invalid_value(f"{path}.nodePort", port["nodePort"], text))
    return causes


def check_service_change(old: Obj, new: Obj) -> Causes:
    """The cluster address stays as it was given."""
    before, after = dig(old, "spec", "clusterIP", default=""), dig(new, "spec", "clusterIP", default="")
    if before and after != before and new["spec"]["type"] != "ExternalName":
        return [invalid_value("spec.clusterIPs[0]", after, "may not change once set")]
    return []


def check_ingress(obj: Obj) -> Causes:
    """Check an Ingress."""
    spec = obj.get("spec") or {}
    rules = spec.get("rules") or []
    causes: Causes = []
    if not rules and not spec.get("defaultBackend"):
        causes.append(invalid_value("spec", None, "either `defaultBackend` or `rules` must be specified"))
    if "ingressClassName" in spec:
        causes += check_subdomain("spec.ingressClassName", spec["ingressClassName"])
    for index, entry in enumerate(spec.get("tls") or ()):
        for place, host in enumerate(entry.get("hosts") or ()):
            causes += _host(host, f"spec.tls[{index}].hosts[{place}]")
    for index, rule in enumerate(rules):
        where = f"spec.rules[{index}]"
        if rule.get("host"):
            causes += _host(rule["host"], f"{where}.host")
        paths = dig(rule, "http", "paths")
        if "http" in rule and not paths:
            causes.append(required(f"{where}.http.paths"))
        for place, entry in enumerate(paths or ()):
            causes += _ingress_path(entry, f"{where}.http.paths[{place}]")
    return causes


def _host(host: str, path: str) -> Causes:
    if host.replace(".", "").isdigit() and host.count(".") == 3:
        return [invalid_value(path, host, "must be a DNS name, not an IP address")]
    return check_subdomain(path, host.removeprefix("*."))


def _ingress_path(entry: Obj, path: str) -> Causes:
    causes: Causes = []
    type_, text = entry.get("pathType"), entry.get("path", "")
    if type_ is None:
        causes.append(required(f"{path}.pathType", "pathType must be specified"))
    elif type_ not in PATH_TYPES:
        causes.append(unsupported(f"{path}.pathType", type_, PATH_TYPES))
    if (type_ in ("Exact", "Prefix") or text) and not text.startswith("/"):
        causes.append(invalid_value(f"{path}.path", text, "must be an absolute path"))
    service = dig(entry, "backend", "service")
    if service is None and dig(entry, "backend", "resource") is None:
        return [*causes, required(f"{path}.backend", "resource or service is required")]
    if service is not None:
        if not service.get("name"):
            causes.append(required(f"{path}.backend.service.name"))
        if not dig(service, "port", "number") and not dig(service, "port", "name"):
            causes.append(required(f"{path}.backend", "port name or number is required"))
    return causes
