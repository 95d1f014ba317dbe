"""How long what comes has to wait for the window's thread: asked every few milliseconds by another."""

from __future__ import annotations

import sys
import threading
import time
from dataclasses import dataclass
from types import FrameType

from PySide6.QtCore import QObject, Qt, Signal

BLOCK = 0.016  # seconds
_PAUSE = 0.003


@dataclass(frozen=True, slots=True, order=True)
class Wait:
    """In seconds. `own`: for how much of it the thread itself was at work; for the rest of it other threads
    or programs had its turn. `where`: it was when it had not answered for BLOCK.
    """

    took: float
    own: float
    where: str

    def __str__(self) -> str:
        return f"{1000 * self.took:.0f} ms, {1000 * self.own:.0f} of them at work: {self.where}"


class LoopWatch(QObject):
    """While it is entered. `waits`: those that were longer than BLOCK. `own`: the most work in any of all."""

    _asked = Signal(float, float)

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[Wait] = []
        self.own = 0.0
        self._where = ""
        self._answered, self._done = threading.Event(), threading.Event()
        self._asked.connect(self._answer, Qt.ConnectionType.QueuedConnection)
        self._thread = threading.Thread(target=self._ask, args=(threading.get_ident(),), daemon=True)

    def __enter__(self) -> LoopWatch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._answered.set()
        self._thread.join()

    @property
    def longest(self) -> float:
        return max((wait.took for wait in self.waits), default=0.0)

    def _answer(self, asked: float, worked: float) -> None:
        took, own = time.perf_counter() - asked, time.thread_time() - worked
        self.own = max(self.own, own)
        if took > BLOCK:
            self.waits.append(Wait(took, own, self._where))
        self._answered.set()

    # ---- in the other thread

    def _ask(self, main: int) -> None:
        clock = time.pthread_getcpuclockid(main)
        while not self._done.is_set():
            self._answered.clear()
            self._where = ""
            self._asked.emit(time.perf_counter(), time.clock_gettime(clock))
            if not self._answered.wait(BLOCK):
                self._where = _place(sys._current_frames()[main])
                self._answered.wait()
            time.sleep(_PAUSE)


def _place(frame: FrameType | None) -> str:
    """The panel's innermost functions. Not by `traceback`: it reads the sources, and all wait for it."""
    ours: list[str] = []
    while frame is not None and len(ours) < 4:
        if "nle_panels" in frame.f_code.co_filename:
            ours.insert(0, f"{frame.f_code.co_name}:{frame.f_lineno}")
        frame = frame.f_back
    return " > ".join(ours)
