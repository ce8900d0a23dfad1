"""What plugins declare, and how it meets what is stored.

The last declaration is kept beside each collection. At start only what is new in a declaration is applied, so that
what superusers changed (a rule, a field of their own, an option) stays until the plugin itself changes that very
thing.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from oneclick.collections.indexes import parse_index
from oneclick.collections.model import ACTIONS, Collection
from oneclick.ids import collection_id, field_id

Find = Callable[[str], Collection | None]
Extensions = Iterable[tuple[str, Mapping[str, Mapping[str, Any]]]]


@dataclass(frozen=True)
class Declared:
    """One collection as ``plugin`` declares it, with the fields that other plugins add."""

    plugin: str
    data: dict[str, Any]
    added: tuple[tuple[str, dict[str, Any]], ...] = ()

    @property
    def added_by(self) -> tuple[str, ...]:
        """The plugins that add fields."""
        return tuple(dict.fromkeys(plugin for plugin, _ in self.added))

    def alone(self) -> Declared:
        """Return the declaration without what others add."""
        return Declared(self.plugin, self.data)

    @property
    def name(self) -> str:
        """The collection's name."""
        return str(self.data.get("name", ""))

    def find(self, get: Find) -> Collection | None:
        """Return the collection if it is there already."""
        return get(self.data["id"]) or get(self.name)

    def resolved(self, get: Find) -> dict[str, Any]:
        """Return the definition with relations given by a collection's name turned to its id."""
        data = copy.deepcopy(self.data)
        data["fields"] += [copy.deepcopy(field) for _, field in self.added]
        for field in data["fields"]:
            field.setdefault("id", field_id(str(field.get("type")), str(field.get("name"))))
            target = field.get("collectionId")
            if target and (found := get(target)) is not None:
                field["collectionId"] = found.id
            elif target == self.name:
                field["collectionId"] = self.data["id"]
        return data


def combine(
    core: Iterable[tuple[str, Mapping[str, Any]]],
    definitions: Iterable[tuple[str, Mapping[str, Any]]],
    extensions: Extensions,
) -> list[Declared]:
    """Return all declared collections with the fields that extensions add to them."""
    declared = []
    added: dict[str, list[tuple[str, dict[str, Any]]]] = {}
    for plugin, extension in extensions:
        for name, addition in extension.items():
            added.setdefault(name, []).extend((plugin, dict(field)) for field in addition.get("fields", ()))
    for plugin, definition in (*core, *definitions):
        data = copy.deepcopy(dict(definition))
        data["fields"] = list(data.get("fields", ()))
        data.setdefault("id", collection_id(str(data.get("type", "base")), str(data.get("name"))))
        declared.append(Declared(plugin, data, tuple(added.get(str(data.get("name")), ()))))
    return declared


def checked(
    extensions: Extensions,
) -> tuple[list[tuple[str, Mapping[str, Mapping[str, Any]]]], list[tuple[str, Exception]]]:
    """Return the extensions that have the right shape, and who gave one that has not."""
    good: list[tuple[str, Mapping[str, Mapping[str, Any]]]] = []
    failures: list[tuple[str, Exception]] = []
    for plugin, extension in extensions:
        try:
            extra_rules([(plugin, extension)])
            shown_by([(plugin, extension)])
        except (ValueError, AttributeError, TypeError) as error:
            failures.append((plugin, error))
        else:
            good.append((plugin, extension))
    return good, failures


def extra_rules(extensions: Extensions) -> dict[str, dict[str, tuple[str, ...]]]:
    """Return by collection and action the rules that plugins add."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for _, extension in extensions:
        for name, addition in extension.items():
            rules = found.setdefault(name, {})
            for key, rule in addition.get("rules", {}).items():
                action = key.removesuffix("Rule")
                if action not in (*ACTIONS, "auth", "manage"):
                    raise ValueError(f"{key!r} of {name} is no rule")
                if rule:
                    rules[action] = (*rules.get(action, ()), rule)
    return found


def shown_by(extensions: Extensions) -> dict[str, dict[str, frozenset[str]]]:
    """Return by collection and rule the fields that plugins' rules show, where they do not show whole records."""
    found: dict[str, dict[str, frozenset[str]]] = {}
    for _, extension in extensions:
        for name, addition in extension.items():
            if (shows := addition.get("shows")) is None:
                continue
            if isinstance(shows, str):
                raise ValueError(f'"shows" of {name} is no list of fields')
            rules = found.setdefault(name, {})
            for rule in addition.get("rules", {}).values():
                rules[rule] = rules.get(rule, frozenset()) | frozenset(shows)
    return found


def is_done(get: Find, declared: Mapping[str, Any], item: Declared) -> bool:
    """Tell whether a declaration is what was applied last."""
    current = item.find(get)
    return (
        current is not None and current.plugin == item.plugin and bool(declared.get(current.id) == item.resolved(get))
    )


def in_order(declared: list[Declared]) -> list[Declared]:
    """Put collections behind those that they refer to, as far as there is such an order."""
    names = {key for item in declared for key in (item.name, item.data["id"])}
    done: set[str] = set()
    ordered: list[Declared] = []
    waiting = list(declared)
    while waiting:
        ready = [item for item in waiting if _targets(item) & names <= done | {item.name, item.data["id"]}]
        for item in ready or waiting[:1]:
            waiting.remove(item)
            ordered.append(item)
            done |= {item.name, item.data["id"]}
    return ordered


def _targets(item: Declared) -> set[str]:
    fields = (*item.data["fields"], *(field for _, field in item.added))
    return {str(field["collectionId"]) for field in fields if field.get("collectionId")}


def changes(current: Collection, before: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what to change in ``current`` so that what is new in ``data`` (against ``before``) holds."""
    changed = {
        key: value
        for key, value in data.items()
        if key not in ("id", "type", "fields", "indexes", "system") and (key not in before or before[key] != value)
    }
    if current.name == data["name"]:
        changed.pop("name", None)
    changed["fields"] = _merged_fields(current, before.get("fields", ()), data["fields"])
    changed["indexes"] = _merged_indexes(current, before.get("indexes", ()), data.get("indexes", ()))
    return changed


def _merged_fields(
    current: Collection, before: Iterable[Mapping[str, Any]], declared: Iterable[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    fields = {field.id: field.to_dict() for field in current.fields}
    names = {field.name: field.id for field in current.fields}
    last = {str(field["id"]): field for field in before}
    wanted = {str(field["id"]): field for field in declared}
    for identity, field in wanted.items():
        key = identity if identity in fields else names.get(str(field["name"]), identity)
        old = last.get(identity, {})
        new = {option: value for option, value in field.items() if option not in old or old[option] != value}
        fields[key] = {**fields.get(key, {}), **(new if key in fields else field), "id": key}
    # What a plugin no longer declares keeps its data, but must not stand in the way of new records.
    for identity in last.keys() - wanted.keys():
        if identity in fields:
            fields[identity]["required"] = False
    return list(fields.values())


def _merged_indexes(current: Collection, before: Iterable[str], declared: Iterable[str]) -> list[str]:
    def by_name(texts: Iterable[str]) -> dict[str, str]:
        return {parse_index(text).name: parse_index(text).named(table=current.name).build() for text in texts}

    indexes, last, wanted = by_name(current.indexes), by_name(before), by_name(declared)
    for name in last.keys() - wanted.keys():
        indexes.pop(name, None)
    for name, text in wanted.items():
        if name not in indexes or last.get(name) != text:
            indexes[name] = text
    return list(indexes.values())
