"""The engine's own memory, workers not counted: before it fills the machine's, the engine ends.

libzmq gathers a message of many frames whole before anybody can look at it, and counts no frames of it:
a client that is let in could have it take all there is. An engine that ends loses no job; a machine without
memory ends whatever it likes.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

import structlog

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()

LARGEST = 2 << 30  # ours: bytes; what is waited with for slow readers and by requests comes to some 500 MiB
LOOK_EVERY = 0.5  # seconds
_STATM = Path("/proc/self/statm")  # Linux's


class MemoryWatch:
    """Looks from a thread of its own; where the system does not say, not at all."""

    def __init__(self, largest: int, stop: Callable[[], None]) -> None:
        """`stop` is called once, when the engine takes more than `largest` bytes."""
        self.swollen = False
        self._largest = largest
        self._stop = stop
        if _STATM.exists():
            threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        pause = threading.Event()
        while not pause.wait(LOOK_EVERY):
            if (taken := _taken()) > self._largest:
                log.error("engine_swollen", bytes=taken)
                self.swollen = True
                self._stop()
                return


def _taken() -> int:
    resident_pages = int(_STATM.read_bytes().split()[1])
    return resident_pages * os.sysconf("SC_PAGE_SIZE")
