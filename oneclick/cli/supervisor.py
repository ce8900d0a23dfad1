"""Starting processes, starting them again when they die, and ending all of them."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from oneclick.jobs.backoff import BackOff
from oneclick.lifeline import tied_to_this_process

POLL_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Program:
    """What to run. ``grace`` is how many seconds it may take to end by itself, ``files`` are descriptors it gets."""

    name: str
    argv: Sequence[str]
    environ: Mapping[str, str]
    grace: float = 8.0
    files: tuple[int, ...] = ()


@dataclass(slots=True)
class Child:
    """A program and its process at the moment; ``due`` is when a dead one is started again."""

    program: Program
    process: subprocess.Popen[bytes]
    started: float
    back_off: BackOff = field(default_factory=BackOff)
    due: float | None = None

    @property
    def alive(self) -> bool:
        """Whether its process runs."""
        return self.process.poll() is None


class Supervisor:
    """Children in the order in which they were started; the last ends first."""

    def __init__(self) -> None:
        self.children: list[Child] = []

    def start(self, program: Program) -> Child:
        """Start a program. Only from the main thread: the kernel ties children to the thread that forked them."""
        child = Child(program, _spawn(program), time.monotonic())
        self.children.append(child)
        return child

    def watch(self) -> list[str]:
        """Start again what has died and waited long enough; return a sentence for each death that is new."""
        now = time.monotonic()
        sentences = []
        for child in self.children:
            if child.due is not None:
                if now >= child.due:
                    child.process, child.started, child.due = _spawn(child.program), now, None
            elif not child.alive:
                wait = child.back_off.pause(now - child.started)
                child.due = now + wait
                _kill_group(child)
                sentences.append(f"{child.program.name} {_ending(child)}; it starts again in {wait:.1f} s.")
        return sentences

    def stop(self) -> None:
        """End all: the last started first, each with its time to end by itself."""
        for child in reversed(self.children):
            child.due = None
        # What serves people and works goes at once; what it needs (started earlier, ``grace`` 0) follows.
        self._end([child for child in self.children if child.program.grace > 0])
        for child in reversed(self.children):
            self._end([child])
        self.children.clear()

    def _end(self, children: list[Child]) -> None:
        for child in children:
            if child.alive:
                with contextlib.suppress(ProcessLookupError):
                    child.process.send_signal(signal.SIGTERM)
        started = time.monotonic()
        for child in children:
            left = started + max(child.program.grace, 2.0) - time.monotonic()
            try:
                child.process.wait(max(0.0, left))
            except subprocess.TimeoutExpired:
                child.process.kill()
                child.process.wait()
            _kill_group(child)


def _spawn(program: Program) -> subprocess.Popen[bytes]:
    # A session of its own: Ctrl-C in the terminal reaches the supervisor alone, which then ends its children in order.
    return subprocess.Popen(
        program.argv,
        env=dict(program.environ),
        stdin=subprocess.DEVNULL,
        pass_fds=program.files,
        start_new_session=True,
        preexec_fn=tied_to_this_process(),
    )


def _kill_group(child: Child) -> None:
    """Kill what a dead child has left of its process group."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.process.pid, signal.SIGKILL)


def _ending(child: Child) -> str:
    code = child.process.returncode
    if code < 0:
        return f"was ended by {signal.Signals(-code).name}"
    return f"ended with exit code {code}"
