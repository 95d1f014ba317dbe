"""The latest events, numbered: what a client has missed it can ask for.

They live as long as the engine. Each job's last change outlives it, in the job store, by the number it had
here: what is no longer kept is told from there (`JobBook.events_since`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from engine.envelope import encode
from engine.messages import Event, JobChanged, JobProgressed, JobRecord, Published
from engine.protocol import Progress

KEPT = 4096


class EventLog:
    """Numbers events, keeps the latest, hands each to `write_down` and, as a frame, to `publish`.

    `sequence`: of the latest event; at first that of the last one before this run.
    """

    def __init__(
        self,
        run: str,
        sequence: int,
        publish: Callable[[bytes], None],
        write_down: Callable[[Event], None] = lambda _: None,
    ) -> None:
        self.run = run
        self.sequence = sequence
        self._publish = publish
        self._write_down = write_down
        self._events: deque[Event] = deque(maxlen=KEPT)

    @property
    def next(self) -> int:
        return self.sequence + 1

    def changed(self, job: JobRecord) -> None:
        self._append(JobChanged(sequence=self.next, job=job))

    def progressed(self, job_id: str, progress: Progress) -> None:
        self._append(JobProgressed(sequence=self.next, id=job_id, progress=progress))

    def since(self, run: str, sequence: int) -> tuple[Event, ...] | None:
        """All that came after `sequence`; None where some of it is not kept, or not of this run."""
        oldest = self._events[0].sequence if self._events else self.next
        if run != self.run or not oldest - 1 <= sequence <= self.sequence:
            return None
        missed = self.sequence - sequence
        return tuple(self._events)[len(self._events) - missed :]

    def _append(self, event: Event) -> None:
        self.sequence = event.sequence
        self._events.append(event)
        self._write_down(event)
        self._publish(encode(Published(run=self.run, event=event)))


def first_sequence(now_us: int, last_change: int) -> int:
    """Where the numbers of a run go on from: higher than any told before, of this job list or another.

    ours: microseconds since 1970. No engine has an event in each, so that numbers which nobody wrote down, of
    progress, lie below too. `last_change`: the highest written down, for clocks that were set back.
    """
    return max(now_us, last_change)
