"""Long work in the window's own thread, in turns with all else that comes to it.

Another thread would not do: Python runs one at a time, and each handing over makes the window wait.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Generator, Iterator
from typing import ClassVar, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

# ours: seconds; with an event before it and one behind it a turn is well within a frame at 60 a second.
TURN = 0.005
# ours: steps that are made when the work is taken on, so that what is short is there when that returns,
# however busy the machine is.
AT_ONCE = 16
_PASS = 0.0005  # seconds within which one timer follows another

Of = TypeVar("Of")
Comes = TypeVar("Comes")


def of_the_latest(
    latest: Callable[[], Of], work: Callable[[Of], Iterator[Comes | None]]
) -> Generator[None, None, Comes]:
    """What work comes to that says it last; from its beginning where it is of something else meanwhile."""
    done = None
    while done is None:
        of = latest()
        for step in work(of):
            yield
            if latest() is not of:
                break
            done = step
    return done


class Turns(QObject):
    """One piece of work at a time: what is taken on is begun at once, in the place of what is not done yet.

    `turned`: a turn is over, and what came of it may be shown.
    """

    turned = Signal()
    _last: ClassVar[tuple[Turns | None, float]] = (None, 0.0)  # who had a turn, and when it was over

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._work: Iterator[object] = iter(())
        self._working = False
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._next_turn)

    @property
    def busy(self) -> bool:
        return self._timer.isActive()

    def take(self, work: Iterator[object]) -> None:
        """`work` may rest wherever it yields: after steps of a tenth of a millisecond or so."""
        self.put_off(work)
        self._turn(count=AT_ONCE)

    def put_off(self, work: Iterator[object]) -> None:
        """As `take`, but begun with the next turn."""
        self._work = work
        self._timer.start()

    def finish(self) -> None:
        """All that is left of it, now. In the midst of the work itself nothing is left."""
        if self.busy and not self._working:
            self._turn()

    def _next_turn(self) -> None:
        """Qt goes through all timers that are due before it looks at what else came: one turn is enough."""
        now = time.perf_counter()
        who, when = Turns._last
        if who is self or now - when > _PASS:
            self._turn(ends=now + TURN)
            Turns._last = self, time.perf_counter()

    def _turn(self, *, count: float = math.inf, ends: float = math.inf) -> None:
        work, self._working = self._work, True
        try:
            for number, _ in enumerate(work, start=1):
                if number >= count or time.perf_counter() >= ends:
                    break
            else:
                if work is self._work:  # it may have asked for other work
                    self._timer.stop()
        finally:
            self._working = False
        self.turned.emit()
