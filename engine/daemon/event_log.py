"""The latest events, numbered: what a client has missed it can ask for.

They live as long as the engine; a job's state outlives it, in the job store.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from engine.envelope import encode
from engine.messages import Event, EventList, JobChanged, JobProgressed, JobRecord, Published
from engine.protocol import Progress

KEPT = 4096


class EventLog:
    """Numbers events from 1, keeps the latest, hands each to `write_down` and, as a frame, to `publish`."""

    def __init__(
        self, run: str, publish: Callable[[bytes], None], write_down: Callable[[Event], None] = lambda _: None
    ) -> None:
        self._run = run
        self._publish = publish
        self._write_down = write_down
        self._events: deque[Event] = deque(maxlen=KEPT)
        self.sequence = 0

    def changed(self, job: JobRecord) -> None:
        self._append(JobChanged(sequence=self.sequence + 1, job=job))

    def progressed(self, job_id: str, progress: Progress) -> None:
        self._append(JobProgressed(sequence=self.sequence + 1, id=job_id, progress=progress))

    def since(self, run: str, sequence: int) -> EventList:
        """What came after `sequence`; all that is kept, and not `complete`, for another run's number."""
        oldest = self._events[0].sequence if self._events else self.sequence + 1
        complete = run == self._run and oldest - 1 <= sequence <= self.sequence
        after = sequence if run == self._run else 0
        events = tuple(event for event in self._events if event.sequence > after)
        return EventList(run=self._run, events=events, complete=complete)

    def _append(self, event: Event) -> None:
        self.sequence = event.sequence
        self._events.append(event)
        self._write_down(event)
        self._publish(encode(Published(run=self._run, event=event)))
