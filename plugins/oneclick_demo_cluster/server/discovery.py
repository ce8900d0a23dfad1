"""What clients ask first: versions, groups, and the resources of each."""

from __future__ import annotations

import platform
from typing import Any

from oneclick_demo_cluster.machinery.kinds import KINDS, Kind, groups
from oneclick_demo_cluster.machinery.objects import Obj

MINOR = 36
VERSION = f"v1.{MINOR}.0+demo"

SUBRESOURCE_KINDS = {"scale": ("autoscaling", "v1", "Scale"), "eviction": ("policy", "v1", "Eviction")}
SUBRESOURCE_VERBS = {"log": ["get"], "eviction": ["create"], "finalize": ["update"]}


def version() -> Obj:
    """``GET /version``."""
    return {
        "major": "1",
        "minor": str(MINOR),
        "gitVersion": VERSION,
        "gitCommit": "",
        "gitTreeState": "clean",
        "buildDate": "1970-01-01T00:00:00Z",
        "goVersion": "",
        "compiler": "",
        "platform": f"{platform.system().lower()}/{platform.machine()}",
    }


def discover(path: str) -> Obj | None:
    """Answer a discovery path; ``None`` for any other."""
    parts = [part for part in path.split("/") if part]
    found = groups()
    match parts:
        case ["version"]:
            return version()
        case ["api"]:
            return {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []}
        case ["api", "v1"]:
            return _resources("", "v1")
        case ["apis"]:
            listed = [_group(name, versions) for name, versions in found.items()]
            return {"kind": "APIGroupList", "apiVersion": "v1", "groups": listed}
        case ["apis", group] if group in found:
            return {"kind": "APIGroup", "apiVersion": "v1", **_group(group, found[group])}
        case ["apis", group, wanted] if wanted in found.get(group, ()):
            return _resources(group, wanted)
    return None


def paths() -> Obj:
    """``GET /``."""
    listed = ["/api", "/api/v1", "/apis", "/healthz", "/livez", "/readyz", "/version"]
    for group, versions in groups().items():
        listed += [f"/apis/{group}", *(f"/apis/{group}/{version}" for version in versions)]
    return {"paths": sorted(listed)}


def _group(name: str, versions: list[str]) -> Obj:
    listed = [{"groupVersion": f"{name}/{version}", "version": version} for version in versions]
    return {"name": name, "versions": listed, "preferredVersion": listed[0]}


def _resources(group: str, version: str) -> Obj:
    listed: list[Obj] = []
    for kind in KINDS:
        if (kind.group, kind.version) == (group, version):
            listed += _entries(kind)
    group_version = f"{group}/{version}" if group else version
    return {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": group_version, "resources": listed}


def _entries(kind: Kind) -> list[Obj]:
    main: dict[str, Any] = {
        "name": kind.plural,
        "singularName": kind.singular,
        "namespaced": kind.namespaced,
        "kind": kind.kind,
        "verbs": list(kind.verbs),
    }
    if kind.short_names:
        main["shortNames"] = list(kind.short_names)
    if kind.categories:
        main["categories"] = list(kind.categories)
    entries = [main]
    for name in kind.subresources:
        entry: Obj = {
            "name": f"{kind.plural}/{name}",
            "singularName": "",
            "namespaced": kind.namespaced,
            "kind": kind.kind,
            "verbs": SUBRESOURCE_VERBS.get(name, ["get", "patch", "update"]),
        }
        if name in SUBRESOURCE_KINDS:
            entry["group"], entry["version"], entry["kind"] = SUBRESOURCE_KINDS[name]
        entries.append(entry)
    return entries
