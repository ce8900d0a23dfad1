"""The plugins of one application: registering them, switching one off, calling their hooks."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pluggy

from oneclick.errors import ConfigError
from oneclick.plugins.calls import Result, Trace, call_alone, measured
from oneclick.plugins.kinds import BrokenPlugin, HookCount, LoadedPlugin, PluginError
from oneclick.plugins.operations import CORE, OPERATION_HOOKS, operations
from oneclick_hooks import PROJECT, SPECIFICATIONS, OperationEvent

log = logging.getLogger(__name__)


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
        self.manager.register(operations(), CORE)

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
        operation, result = event.operation, Result()
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
                with self._traced(hook_name, implementation):
                    call_alone(implementation, {"event": event})
            except Exception:
                log.exception("plugin %s failed in %s", implementation.plugin_name, hook_name)

    def start(self, hook_name: str, event: Any) -> None:
        """Call each implementation by itself: one that raises has its plugin switched off; ``ConfigError`` passes."""
        for implementation in self._implementations(hook_name):
            try:
                with self._traced(hook_name, implementation):
                    call_alone(implementation, {"event": event})
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
                with self._traced(hook_name, implementation):
                    answer = call_alone(implementation, arguments)
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
        self.note_broken(name, plugin.source if plugin else "", error)
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
            self.note_broken(name, source, error)
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
                    counted = measured(implementation.function, count, implementation.wrapper)
                    # pluggy has no way to wrap what it found; the attribute is plain, only typed as final.
                    object.__setattr__(implementation, "function", counted)

    def note_broken(self, name: str, source: str, error: BaseException) -> None:
        """Note that a plugin is off, and why."""
        text = "".join(traceback.format_exception(error))
        self.broken.append(BrokenPlugin(name, source, str(error) or type(error).__name__, text))
        log.error("plugin %s is switched off: %s", name, error, extra={"plugin": name, "traceback": text})

    def _traced(self, hook_name: str, implementation: pluggy.HookImpl | None = None) -> Trace:
        if not self.trace:
            return Trace("", ())
        called = self._implementations(hook_name) if implementation is None else (implementation,)
        return Trace(hook_name, [one.plugin_name for one in called])
