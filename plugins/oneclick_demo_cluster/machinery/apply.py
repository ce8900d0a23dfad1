"""Server-side apply, and who owns which field (``metadata.managedFields``)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from oneclick_demo_cluster.machinery import fields
from oneclick_demo_cluster.machinery.errors import cause, conflict
from oneclick_demo_cluster.machinery.fields import Path
from oneclick_demo_cluster.machinery.kinds import Kind
from oneclick_demo_cluster.machinery.merging import merge, remove
from oneclick_demo_cluster.machinery.objects import Obj, copy_of, name_of, time_text

MOST_UPDATERS = 10
"""So many managers by plain updates are told apart; the oldest beyond that share one entry."""


@dataclass(slots=True)
class Manager:
    """One entry of ``managedFields``."""

    name: str
    operation: str
    api_version: str
    subresource: str = ""
    time: str = field(default_factory=time_text)
    paths: set[Path] = field(default_factory=set)

    @property
    def identity(self) -> tuple[str, str, str]:
        """What tells two managers apart."""
        return (self.name, self.operation, self.subresource)

    @classmethod
    def read(cls, entry: Obj) -> Manager:
        """Read an entry."""
        return cls(
            entry.get("manager", ""),
            entry.get("operation", "Update"),
            entry.get("apiVersion", ""),
            entry.get("subresource", ""),
            entry.get("time", ""),
            fields.from_fields(entry.get("fieldsV1") or {}),
        )

    def write(self) -> Obj:
        """Write the entry."""
        entry: Obj = {
            "manager": self.name,
            "operation": self.operation,
            "apiVersion": self.api_version,
            "time": self.time,
            "fieldsType": "FieldsV1",
            "fieldsV1": fields.to_fields(self.paths),
        }
        if self.subresource:
            entry["subresource"] = self.subresource
        return entry


def read_managers(obj: Obj | None) -> list[Manager]:
    """Return the managers of an object."""
    return [Manager.read(entry) for entry in (obj["metadata"].get("managedFields") or () if obj else ())]


def write_managers(obj: Obj, managers: Iterable[Manager]) -> None:
    """Store the managers that own anything."""
    kept = [manager for manager in managers if manager.paths]
    updaters = [manager for manager in kept if manager.operation == "Update"]
    while len(updaters) > MOST_UPDATERS:
        oldest = updaters.pop(0)
        updaters[0].paths |= oldest.paths
        kept.remove(oldest)
    obj["metadata"]["managedFields"] = [manager.write() for manager in kept]
    if not kept:
        del obj["metadata"]["managedFields"]


def track_update(kind: Kind, old: Obj | None, new: Obj, manager: str, subresource: str = "") -> None:
    """Note who changed what by an ordinary write (create, update, patch); changes ``new`` in place."""
    status = subresource == "status"
    before = fields.object_leaves(old, with_status=status) if old else {}
    after = fields.object_leaves(new, with_status=status)
    changed = {path for path, value in after.items() if path not in before or before[path] != value}
    gone = before.keys() - after.keys()
    managers = read_managers(old)
    if not changed and not gone:
        write_managers(new, managers)
        return
    mine = _entry(managers, Manager(manager, "Update", kind.api_version, subresource))
    for other in managers:
        other.paths -= gone
        if other is not mine:
            other.paths -= changed
    if changed:
        mine.paths |= changed
        mine.time = time_text()
    write_managers(new, managers)


def apply(kind: Kind, live: Obj | None, wanted: Obj, manager: str, *, force: bool, subresource: str = "") -> Obj:
    """Return ``live`` with the configuration ``wanted`` applied by ``manager``.

    What this manager applied before and no longer sends is removed unless somebody else owns it. Raises a 409 that
    names each field which another manager owns with another value, unless ``force``.
    """
    status = subresource == "status"
    managers = read_managers(live)
    mine = _entry(managers, Manager(manager, "Apply", kind.api_version, subresource))
    owned = set(fields.object_leaves(wanted, with_status=status))
    merged = merge(live, wanted) if live else copy_of(wanted)
    if live:
        _settle_conflicts(kind, live, merged, managers, mine, force)
    dropped = fields.with_parents(mine.paths) - fields.with_parents(owned)
    if dropped:
        merged = copy_of(merged)
        _drop(merged, dropped, fields.prefixes(path for other in managers if other is not mine for path in other.paths))
    if mine.paths != owned:
        mine.paths, mine.time = owned, time_text()
    write_managers(merged, managers)
    return merged  # type: ignore[no-any-return]


def _settle_conflicts(kind: Kind, live: Obj, merged: Obj, managers: list[Manager], mine: Manager, force: bool) -> None:
    before = {**fields.object_leaves(live), **fields.object_leaves(live, with_status=True)}
    after = {**fields.object_leaves(merged), **fields.object_leaves(merged, with_status=True)}
    changed = {path for path, value in after.items() if path not in before or before[path] != value}
    disputes = [(other, sorted(other.paths & changed)) for other in managers if other is not mine]
    disputes = [(other, paths) for other, paths in disputes if paths]
    if not disputes:
        return
    if force:
        for other, paths in disputes:
            other.paths -= set(paths)
        return
    causes = [
        cause("FieldManagerConflict", fields.dotted(path), f"conflict with {_described(other)}")
        for other, paths in disputes
        for path in paths
    ]
    raise conflict(kind, name_of(live), _summary(disputes), causes)


def _summary(disputes: list[tuple[Manager, list[Path]]]) -> str:
    count = sum(len(paths) for _, paths in disputes)
    text = f"Apply failed with {count} conflict{'s' if count > 1 else ''}: "
    if count == 1:
        other, paths = disputes[0]
        return text + f"conflict with {_described(other)}: {fields.dotted(paths[0])}"
    parts = []
    for other, paths in disputes:
        lines = "".join(f"\n- {fields.dotted(path)}" for path in paths)
        parts.append(f"conflicts with {_described(other)}:{lines}")
    return text + "\n".join(parts)


def _described(manager: Manager) -> str:
    text = f'"{manager.name}"'
    if manager.subresource:
        text += f' with subresource "{manager.subresource}"'
    if manager.operation == "Update":
        text += f" using {manager.api_version}"
    return text


def _entry(managers: list[Manager], wanted: Manager) -> Manager:
    """Return the entry of this manager, a new one where it has none."""
    for manager in managers:
        if manager.identity == wanted.identity:
            return manager
    managers.append(wanted)
    return wanted


def _drop(merged: Any, dropped: set[Path], kept: set[Path]) -> None:
    """Remove the dropped paths that nobody else needs, outermost first."""
    removed: set[Path] = set()
    for path in sorted(dropped, key=len):
        if path in kept or any(path[:length] in removed for length in range(1, len(path))):
            continue
        remove(merged, path)
        removed.add(path)
