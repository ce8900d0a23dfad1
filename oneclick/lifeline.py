"""A child process that does not outlive its parent, however the parent ends."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import time
from collections.abc import Callable

PR_SET_PDEATHSIG = 1
POLL_SECONDS = 1.0


def die_with_parent(parent: int | None = None) -> None:
    """Have the kernel kill this process when its parent dies. Called in the child; ``parent`` is the pid it expects.

    The kernel watches the parent's *thread* that forked, so that children are started from main threads only.
    Where there is no ``prctl`` a thread watches instead.
    """
    expected = os.getppid() if parent is None else parent
    if sys.platform == "linux":
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    else:
        threading.Thread(target=_watch, args=(expected,), name="lifeline", daemon=True).start()
    # The parent may have died before the call above.
    if os.getppid() != expected:
        os._exit(1)


def tied_to_this_process() -> Callable[[], None]:
    """Return a ``preexec_fn`` for ``subprocess.Popen``: the kernel's promise outlives ``exec``."""
    parent = os.getpid()
    return lambda: die_with_parent(parent)


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(POLL_SECONDS)
    os._exit(1)


# Looked up at import: a freshly forked child must not import.
_libc = ctypes.CDLL(None)
