"""Plugins: finding them, their order, keeping a broken one from the rest, and calling hooks.

One manager per application. Built-ins come first, then other installed ones by entry-point name, then the files in
``$ONECLICK_DATA/plugins`` by file name. A plugin that cannot be imported or registered, or whose registration hook
raises, is switched off by name; the rest runs on.
"""

from __future__ import annotations

import functools
import importlib.util
import inspect
import itertools
import logging
import sys
import time
import traceback
import typing
import zlib
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, Protocol

import pluggy

from oneclick.errors import ConfigError, OneClickError
from oneclick_hooks import ENTRY_POINT_GROUP, PROJECT, SPECIFICATIONS, OperationEvent, hookimpl

log = logging.getLogger(__name__)

DISTRIBUTION = "oneclick"
CORE = "core"


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


class PluginError(OneClickError):
    """A plugin breaks the contract; the sentence says how."""


@dataclass(frozen=True, slots=True)
class LoadedPlugin:
    """A plugin that runs. ``source`` is ``built-in``, the distribution's name or the file's path."""

    name: str
    source: str
    module: Any


@dataclass(frozen=True, slots=True)
class BrokenPlugin:
    """A plugin that is switched off, and why."""

    name: str
    source: str
    error: str
    traceback: str


@dataclass(slots=True)
class HookCount:
    """How often an implementation ran, for how long, and how often it raised (a veto counts too)."""

    calls: int = 0
    seconds: float = 0.0
    errors: int = 0


@dataclass(frozen=True, slots=True)
class _Found:
    name: str
    source: str
    load: Callable[[], Any]


@dataclass(slots=True)
class Plugins:
    """The plugins of one application and the ways to call their hooks."""

    trace: bool = False
    loaded: list[LoadedPlugin] = field(default_factory=list)
    broken: list[BrokenPlugin] = field(default_factory=list)
    counts: dict[tuple[str, str], HookCount] = field(default_factory=dict)
    on_switched_off: list[Callable[[str], None]] = field(default_factory=list, repr=False)
    manager: pluggy.PluginManager = field(default_factory=lambda: pluggy.PluginManager(PROJECT), repr=False)
    _implemented: dict[str, bool] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        for specification in SPECIFICATIONS:
            self.manager.add_hookspecs(specification)
        self.manager.register(_operations(), CORE)

    @property
    def hook(self) -> pluggy.HookRelay:
        """pluggy's relay, for hooks that neither hold an operation nor follow a commit."""
        return self.manager.hook

    def has(self, hook_name: str) -> bool:
        """Tell whether any plugin implements the hook."""
        known = self._implemented.get(hook_name)
        if known is None:
            known = self._implemented[hook_name] = any(True for _ in self._implementations(hook_name))
        return known

    def is_off(self, name: str) -> bool:
        """Tell whether the plugin of this name is switched off (or not there at all)."""
        return not any(plugin.name == name for plugin in self.loaded)

    def run(self, hook_name: str, event: OperationEvent) -> Any:
        """Run the event's operation inside the hook's implementations and return the operation's result.

        What an implementation raises passes through. ``None`` comes back when an implementation kept the operation
        from running without raising, or when there is no operation.
        """
        if not self.trace and not self.has(hook_name):
            return event.operation() if event.operation is not None else None
        operation, result = event.operation, _Result()
        if operation is not None:
            event.operation = result.of(operation)
        try:
            with self._traced(hook_name):
                getattr(self.hook, hook_name)(event=event)
        finally:
            event.operation = operation
        return result.value

    def run_enrich(self, event: Any) -> None:
        """Call ``on_record_enrich``: it is called for each record that is sent, and most often nobody implements it."""
        if self.trace or self.has("on_record_enrich"):
            with self._traced("on_record_enrich"):
                self.hook.on_record_enrich(event=event)

    def after(self, hook_name: str, event: Any) -> None:
        """Call each implementation by itself: one that raises is logged and does not stop the next."""
        for implementation in self._implementations(hook_name):
            try:
                with self._traced(hook_name):
                    _call_alone(implementation, {"event": event})
            except Exception:
                log.exception("plugin %s failed in %s", implementation.plugin_name, hook_name)

    def start(self, hook_name: str, event: Any) -> None:
        """Call each implementation by itself: one that raises has its plugin switched off; ``ConfigError`` passes."""
        for implementation in self._implementations(hook_name):
            try:
                with self._traced(hook_name):
                    _call_alone(implementation, {"event": event})
            except ConfigError:
                raise
            except Exception as error:  # noqa: BLE001 a plugin may raise anything, and must not take the house down
                self.switch_off(implementation.plugin_name, error)

    def collect(self, hook_name: str, /, *, tolerate: bool = False, **arguments: Any) -> list[tuple[str, Any]]:
        """Ask every plugin for what it registers; return ``(plugin name, item)`` in the plugins' order.

        An iterable answer gives one pair an item; a mapping stays whole. A plugin that raises is switched off, or
        just logged with ``tolerate`` (for what is asked again and again). ``ConfigError`` passes: it stops the start.
        """
        items: list[tuple[str, Any]] = []
        for implementation in self._implementations(hook_name):
            try:
                with self._traced(hook_name):
                    answer = _call_alone(implementation, arguments)
                whole = answer is None or isinstance(answer, Mapping)
                found = ([answer] if answer else []) if whole else list(answer)
            except ConfigError:
                raise
            except Exception as error:
                if tolerate:
                    log.exception("plugin %s failed in %s", implementation.plugin_name, hook_name)
                else:
                    self.switch_off(implementation.plugin_name, error)
                continue
            items += [(implementation.plugin_name, item) for item in found]
        return items

    def switch_off(self, name: str, error: BaseException) -> None:
        """Take a plugin out of the house and keep its traceback for the admin pages."""
        if name == CORE:
            raise error
        plugin = next((entry for entry in self.loaded if entry.name == name), None)
        if self.manager.has_plugin(name):
            self.manager.unregister(name=name)
        self.loaded = [entry for entry in self.loaded if entry.name != name]
        self._note_broken(name, plugin.source if plugin else "", error)
        self._implemented.clear()
        for tell in self.on_switched_off:
            tell(name)

    def register(self, name: str, source: str, load: Callable[[], Any]) -> None:
        """Import a plugin and register it; switch it off by name when either fails."""
        try:
            module = load()
            if self.manager.has_plugin(name):
                raise PluginError(f"The name {name!r} is taken by another plugin.")
            self.manager.register(module, name)
            self.loaded.append(LoadedPlugin(name, source, module))
        except (Exception, SystemExit) as error:  # noqa: BLE001 importing runs the plugin's own code
            self._note_broken(name, source, error)
            return
        try:
            self._check(module)
        except PluginError as error:
            self.switch_off(name, error)
            return
        self._measure(module)
        self._implemented.clear()

    def check_names(self) -> None:
        """Switch off each plugin that implements a hook nobody specifies."""
        while True:
            try:
                self.manager.check_pending()
            except pluggy.PluginValidationError as error:
                self.switch_off(str(self.manager.get_name(error.plugin)), error)
            else:
                return

    def _implementations(self, hook_name: str) -> Iterator[pluggy.HookImpl]:
        """Yield the plugins' implementations (not the core's own) in the order in which pluggy calls them."""
        for implementation in reversed(getattr(self.hook, hook_name).get_hookimpls()):
            if implementation.plugin_name != CORE:
                yield implementation

    def _check(self, module: Any) -> None:
        for caller in self.manager.get_hookcallers(module) or ():
            for implementation in caller.get_hookimpls():
                if implementation.plugin is not module:
                    continue
                if implementation.hookwrapper:
                    raise PluginError(f"{caller.name}: use wrapper=True; hookwrapper=True is not supported.")
                if implementation.trylast and caller.name in OPERATION_HOOKS:
                    raise PluginError(f"{caller.name}: trylast is kept for the operation itself.")

    def _measure(self, module: Any) -> None:
        """Wrap the plugin's implementations for counting and timing."""
        for caller in self.manager.get_hookcallers(module) or ():
            for implementation in caller.get_hookimpls():
                if implementation.plugin is module:
                    count = self.counts.setdefault((implementation.plugin_name, caller.name), HookCount())
                    measured = _measured(implementation.function, count, implementation.wrapper)
                    # pluggy has no way to wrap what it found; the attribute is plain, only typed as final.
                    object.__setattr__(implementation, "function", measured)

    def _note_broken(self, name: str, source: str, error: BaseException) -> None:
        text = "".join(traceback.format_exception(error))
        self.broken.append(BrokenPlugin(name, source, str(error) or type(error).__name__, text))
        log.error("plugin %s is switched off: %s", name, error, extra={"plugin": name, "traceback": text})

    def _traced(self, hook_name: str) -> _Trace:
        return _Trace(hook_name if self.trace else "", self)


class _Result:
    """Keeps what an operation returned, whatever the wrappers around it return."""

    __slots__ = ("value",)

    def __init__(self) -> None:
        self.value: Any = None

    def of(self, operation: Callable[[], Any]) -> Callable[[], Any]:
        def perform() -> Any:
            self.value = operation()
            return self.value

        return perform


class _Trace:
    """Prints one hook call with its implementations and its time."""

    __slots__ = ("hook_name", "plugins", "started")

    def __init__(self, hook_name: str, plugins: Plugins) -> None:
        self.hook_name, self.plugins, self.started = hook_name, plugins, 0.0

    def __enter__(self) -> None:
        self.started = time.perf_counter()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if self.hook_name:
            called = self.plugins._implementations(self.hook_name)
            who = ", ".join(implementation.plugin_name for implementation in called)
            spent = (time.perf_counter() - self.started) * 1000
            ending = f" raised {error!r}" if error is not None else ""
            sys.stderr.write(f"hook {self.hook_name} [{who}] {spent:.2f} ms{ending}\n")


def load_plugins(config: PluginSettings, extra: Iterable[Any] = ()) -> Plugins:
    """Find, import and register all plugins.

    ``extra`` are further modules (or ``(name, module)`` pairs) that count as the last drop-ins: for tests.
    """
    plugins = Plugins(trace=config.trace_hooks)
    found = [*_installed(), *_drop_ins(config.data_dir / "plugins")]
    if config.plugins_only is not None:
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
            plugins._note_broken(entry.name, entry.source, PluginError(f"The name {entry.name!r} is already taken."))
        else:
            kept[entry.name] = entry
    return list(kept.values())


def _call_alone(implementation: pluggy.HookImpl, arguments: Mapping[str, Any]) -> Any:
    """Call one implementation outside pluggy's chain; a wrapper finds nothing inside."""
    answer = implementation.function(*[arguments[name] for name in implementation.argnames])
    if not implementation.wrapper:
        return answer
    wrapper = typing.cast("Generator[None, Any, Any]", answer)
    next(wrapper)
    try:
        wrapper.send([])
    except StopIteration as ending:
        return ending.value
    raise PluginError(f"{implementation.plugin_name}: a wrapper yields once.")


def _measured(function: Callable[..., Any], count: HookCount, wrapper: bool) -> Callable[..., Any]:
    """Count calls, errors and time. A wrapper's time includes what it wraps."""

    def call(*arguments: Any) -> Any:
        count.calls += 1
        started = time.perf_counter()
        try:
            return function(*arguments)
        except BaseException:
            count.errors += 1
            raise
        finally:
            count.seconds += time.perf_counter() - started

    def around(*arguments: Any) -> Generator[None, Any, Any]:
        count.calls += 1
        started = time.perf_counter()
        try:
            return (yield from function(*arguments))
        except BaseException:
            count.errors += 1
            raise
        finally:
            count.seconds += time.perf_counter() - started

    return around if wrapper else call


def _find_operation_hooks() -> frozenset[str]:
    """Return the hooks whose event holds an operation: all that take an ``OperationEvent``, save what comes after."""
    names = set()
    for name, function in itertools.chain.from_iterable(vars(module).items() for module in SPECIFICATIONS):
        if not inspect.isfunction(function) or not hasattr(function, f"{PROJECT}_spec") or "_after_" in name:
            continue
        event = typing.get_type_hints(function).get("event")
        if inspect.isclass(event) and issubclass(event, OperationEvent):
            names.add(name)
    return frozenset(names)


OPERATION_HOOKS = _find_operation_hooks()
"""The hooks that hold an operation; the core's implementation of each is the innermost."""


def _operations() -> SimpleNamespace:
    """Return the core's plugin: for each operation hook the operation itself, the only ``trylast`` one."""

    def named(name: str) -> Callable[[OperationEvent], Any]:
        def innermost(event: OperationEvent) -> Any:
            return event.operation() if event.operation is not None else None

        innermost.__name__ = name
        return hookimpl(innermost, trylast=True)

    return SimpleNamespace(**{name: named(name) for name in OPERATION_HOOKS})
