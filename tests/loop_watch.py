"""How long what comes has to wait for the window's thread: asked every few milliseconds by another."""

from __future__ import annotations

import sys
import threading
import time
from types import FrameType

from PySide6.QtCore import QObject, Qt, Signal

BLOCK = 0.016  # seconds
_PAUSE = 0.003


class LoopWatch(QObject):
    """While it is entered. `blocks`: (seconds, where the thread was when it had not answered for BLOCK)."""

    _asked = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[tuple[float, str]] = []
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
        return max((seconds for seconds, _ in self.blocks), default=0.0)

    def _answer(self, asked: float) -> None:
        took = time.perf_counter() - asked
        if took > BLOCK:
            self.blocks.append((took, self._where))
        self._answered.set()

    # ---- in the other thread

    def _ask(self, main: int) -> None:
        while not self._done.is_set():
            self._answered.clear()
            self._where = ""
            self._asked.emit(time.perf_counter())
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
