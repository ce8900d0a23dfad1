"""Finding plugins: entry points, then the drop-in folder."""

from __future__ import annotations

import functools
import importlib.util
import sys
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

from oneclick.errors import ConfigError
from oneclick.plugins.kinds import PluginError
from oneclick.plugins.manager import Plugins
from oneclick.plugins.operations import CORE
from oneclick_hooks import ENTRY_POINT_GROUP

DISTRIBUTION = "oneclick"


class PluginSettings(Protocol):
    """What plugin discovery reads of the configuration."""

    @property
    def data_dir(self) -> Path:
        """The data folder; drop-ins lie in ``plugins`` below it."""
        ...

    @property
    def plugins_only(self) -> tuple[str, ...] | None:
        """The names to load; ``None`` loads all."""
        ...

    @property
    def trace_hooks(self) -> bool:
        """Whether each hook call is printed."""
        ...


@dataclass(frozen=True, slots=True)
class _Found:
    name: str
    source: str
    load: Callable[[], Any]


def load_plugins(config: PluginSettings, extra: Iterable[Any] = ()) -> Plugins:
    """Find, import and register all plugins.

    Raises ``ConfigError`` when ``plugins_only`` names one that is not there.

    ``extra`` are further modules (or ``(name, module)`` pairs) that count as the last drop-ins: for tests.
    """
    plugins = Plugins(trace=config.trace_hooks)
    found = [*_installed(), *_drop_ins(config.data_dir / "plugins")]
    if config.plugins_only is not None:
        _refuse_unknown(config.plugins_only, found)
        found = [entry for entry in found if entry.name in config.plugins_only]
    for item in extra:
        name, module = item if isinstance(item, tuple) else (item.__name__.rpartition(".")[2], item)
        found.append(_Found(name, "extra", functools.partial(_same, module)))
    # pluggy calls the last registered first.
    for entry in reversed(_without_doubles(found, plugins)):
        plugins.register(entry.name, entry.source, entry.load)
    plugins.check_names()
    plugins.loaded.reverse()
    return plugins


def _refuse_unknown(wanted: Iterable[str], found: Iterable[_Found]) -> None:
    there = sorted({entry.name for entry in found})
    unknown = [name for name in wanted if name not in there]
    if unknown:
        known = f"there are {', '.join(there)}" if there else "there are none"
        raise ConfigError(f"ONECLICK_PLUGINS names plugins that are not there: {', '.join(unknown)} ({known}).")


def _same(module: Any) -> Any:
    return module


def _installed() -> list[_Found]:
    """Return the plugins with an entry point: the house's own first, then the others, each by name."""
    entries = []
    for point in metadata.entry_points(group=ENTRY_POINT_GROUP):
        distribution = point.dist.name if point.dist is not None else ""
        built_in = distribution == DISTRIBUTION
        entries.append((not built_in, point.name, "built-in" if built_in else distribution, point.load))
    entries.sort(key=lambda entry: entry[:2])
    return [_Found(name, source, load) for _, name, source, load in entries]


def _drop_ins(folder: Path) -> list[_Found]:
    """Return the plugins in the drop-in folder: single files, and packages with an ``__init__.py``."""
    if not folder.is_dir():
        return []
    files = [path for path in folder.glob("*.py") if path.name != "__init__.py"]
    files += folder.glob("*/__init__.py")
    named = sorted((path.parent.name if path.name == "__init__.py" else path.stem, path) for path in files)
    return [
        _Found(name, str(path), functools.partial(_load_file, folder, name, path))
        for name, path in named
        if not name.startswith((".", "_"))
    ]


def _load_file(folder: Path, name: str, path: Path) -> ModuleType:
    """Import a drop-in as a member of a package made up for its folder, so that relative imports work."""
    # Each folder has its own package name: two applications in one process (tests) must not share modules.
    package = f"oneclick_local_{zlib.crc32(str(folder.resolve()).encode()):08x}"
    parent = ModuleType(package)
    parent.__path__ = [str(folder)]
    sys.modules.setdefault(package, parent)
    full = f"{package}.{name}"
    for loaded in [module for module in sys.modules if module == full or module.startswith(full + ".")]:
        del sys.modules[loaded]
    places = [str(path.parent)] if path.name == "__init__.py" else None
    specification = importlib.util.spec_from_file_location(full, path, submodule_search_locations=places)
    if specification is None or specification.loader is None:
        raise PluginError(f"{path} cannot be imported.")
    module = importlib.util.module_from_spec(specification)
    sys.modules[full] = module
    try:
        specification.loader.exec_module(module)
    except BaseException:
        del sys.modules[full]
        raise
    return module


def _without_doubles(found: list[_Found], plugins: Plugins) -> list[_Found]:
    """Keep the first plugin of each name; the others are switched off."""
    kept: dict[str, _Found] = {}
    for entry in found:
        if entry.name in kept or entry.name == CORE:
            plugins.note_broken(entry.name, entry.source, PluginError(f"The name {entry.name!r} is already taken."))
        else:
            kept[entry.name] = entry
    return list(kept.values())
