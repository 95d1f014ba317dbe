"""Long work in the window's own thread, in turns with all else that comes to it.

Another thread would not do: Python runs one at a time, and each handing over makes the window wait.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

from PySide6.QtCore import QObject, QTimer, Signal

TURN = 0.005  # ours: seconds; with an event before it and one behind it is well within a frame at 60 a second


class Turns(QObject):
    """One piece of work at a time: what is taken on is begun at once, in the place of what is not done yet.

    `turned`: a turn is over, and what came of it may be shown.
    """

    turned = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._work: Iterator[object] = iter(())
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._turn)

    @property
    def busy(self) -> bool:
        return self._timer.isActive()

    def take(self, work: Iterator[object]) -> None:
        """`work` rests for a moment wherever it yields."""
        self._work = work
        self._timer.start()
        self._turn()

    def put_off(self, work: Iterator[object]) -> None:
        """As `take`, but what waits already comes first."""
        self._work = work
        self._timer.start()

    def drop(self) -> None:
        self._timer.stop()

    def _turn(self) -> None:
        ends = time.perf_counter() + TURN
        for _ in self._work:
            if time.perf_counter() >= ends:
                break
        else:
            self._timer.stop()
        self.turned.emit()
