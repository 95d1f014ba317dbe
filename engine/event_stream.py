"""The engine's events as one client hears them: in their order, and none missed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from engine.envelope import open_envelope, read_answer
from engine.errors import WireError
from engine.heart import Heart, Socket
from engine.messages import WELCOME, Event, EventList, JobProgressed, Published
from engine.protocol import Progress

EventsSince = Callable[[str, int], EventList]


def missed(ask: EventsSince, run: str, sequence: int) -> Iterator[Event]:
    """All that came after that number, of whatever run: of what is long ago each job's latest state."""
    while True:
        found = ask(run, sequence)
        yield from found.events
        if found.complete or not found.events:
            return
        if found.events[-1].sequence <= sequence:
            raise WireError("the engine tells the same events over and over")
        run, sequence = found.run, found.events[-1].sequence


class EventStream:
    """Subscribed once it is made: every event from there on comes through it."""

    def __init__(self, socket: Socket, heart: Heart, ask: EventsSince, run: str, sequence: int) -> None:
        """`run`, `sequence`: of the latest event before; raises `WireError` for a socket of another kind."""
        self.socket = socket
        self._heart = heart
        self._ask = ask
        self._run = run
        self._last = sequence
        heart.wait_for(socket)
        if socket.recv() != WELCOME:
            raise WireError("the engine's events do not begin with its welcome")

    def within(self, seconds: float) -> Iterator[Event]:
        """Those that come, as soon as one does; what did not come through is asked for."""
        self._heart.wait_for(self.socket, seconds=seconds)
        for event in self._arrived():
            if event is None or event.sequence > self._last + 1:
                for one in missed(self._ask, self._run, self._last):
                    self._last = one.sequence
                    yield one
            if event is not None and event.sequence > self._last:
                self._last = event.sequence
                yield event

    def progress_of(self, job_id: str) -> Iterator[Progress]:
        """What has come by now of the job's progress; of all else nothing is told later."""
        for event in self._arrived():
            if isinstance(event, JobProgressed) and event.id == job_id:
                yield event.progress

    def _arrived(self) -> Iterator[Event | None]:
        """What has come by now; None where the connection was lost and is there again."""
        while self.socket.poll(0):
            frame = self.socket.recv()
            if frame == WELCOME:
                yield None
            else:
                published = read_answer(open_envelope(frame))
                if not isinstance(published, Published):
                    raise WireError(f"the engine published {type(published).__name__}, not an event")
                yield published.event
