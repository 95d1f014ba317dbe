"""A listener misses nothing, whatever comes between: a real event log, published to a real subscriber."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import zmq

from engine.daemon.event_log import EventLog
from engine.event_stream import EventStream, missed
from engine.heart import Heart
from engine.messages import WELCOME, Event, EventList, JobChanged, JobRecord
from engine.protocol import Progress

Socket = zmq.Socket[bytes]


class Engine:
    """Publishes, where it is not told to lose what it publishes; can be asked for what was lost."""

    def __init__(self, context: zmq.Context[Socket]) -> None:
        self.publisher = context.socket(zmq.XPUB)
        self.publisher.setsockopt(zmq.XPUB_WELCOME_MSG, WELCOME)
        self.publisher.bind("inproc://events")
        self.loses = False
        self.log = EventLog("run", 100, self._publish)

    def happen(self, count: int = 1, *, lost: bool = False) -> None:
        self.loses = lost
        for _ in range(count):
            self.log.progressed("1", Progress(phase="p", done=1, total=2))

    def since(self, run: str, sequence: int) -> EventList:
        return EventList(run="run", events=self.log.since(run, sequence) or (), complete=True)

    def _publish(self, frame: bytes) -> None:
        if not self.loses:
            self.publisher.send(frame)


@pytest.fixture
def context() -> Iterator[zmq.Context[Socket]]:
    context: zmq.Context[Socket] = zmq.Context()
    yield context
    context.destroy(linger=0)


@pytest.fixture
def engine(context: zmq.Context[Socket]) -> Engine:
    return Engine(context)


@pytest.fixture
def stream(context: zmq.Context[Socket], engine: Engine) -> EventStream:
    pulse = context.socket(zmq.DEALER)
    pulse.connect("inproc://nobody")
    return _subscribed(context, engine, Heart(pulse))


def _subscribed(context: zmq.Context[Socket], engine: Engine, heart: Heart) -> EventStream:
    socket = context.socket(zmq.SUB)
    socket.setsockopt(zmq.SUBSCRIBE, b"")
    socket.connect("inproc://events")
    engine.publisher.recv()
    return EventStream(socket, heart, engine.since, "run", engine.log.sequence)


def heard(stream: EventStream) -> list[int]:
    return [event.sequence for event in stream.within(0.2)]


def test_what_comes_is_told_in_order(engine: Engine, stream: EventStream) -> None:
    engine.happen(3)
    assert heard(stream) == [101, 102, 103]


def test_what_was_lost_on_the_way_is_told_in_its_place(engine: Engine, stream: EventStream) -> None:
    engine.happen()
    engine.happen(2, lost=True)
    engine.happen()
    assert heard(stream) == [101, 102, 103, 104]
    engine.happen()
    assert heard(stream) == [105]


def test_what_happened_while_the_connection_was_lost_is_told_when_it_is_there_again(
    engine: Engine, stream: EventStream
) -> None:
    engine.happen(2, lost=True)
    engine.publisher.send(WELCOME)
    assert heard(stream) == [101, 102]


def changed(sequence: int) -> JobChanged:
    job = JobRecord(id=str(sequence), kind="sleep", hash="h", state="done", submitted=0)
    return JobChanged(sequence=sequence, job=job)


def test_who_was_away_long_is_told_page_by_page() -> None:
    pages: dict[tuple[str, int], tuple[tuple[Event, ...], bool]] = {
        ("old", 5): ((changed(6), changed(8)), False),
        ("new", 8): ((changed(9),), False),
        ("new", 9): ((changed(10), changed(11)), True),
    }
    asked: list[tuple[str, int]] = []

    def ask(run: str, sequence: int) -> EventList:
        asked.append((run, sequence))
        events, complete = pages[run, sequence]
        return EventList(run="new", events=events, complete=complete)

    assert [event.sequence for event in missed(ask, "old", 5)] == [6, 8, 9, 10, 11]
    assert asked == list(pages)


def test_an_engine_that_knows_of_nothing_since_is_asked_once() -> None:
    assert list(missed(lambda *_: EventList(run="new", events=(), complete=False), "old", 5)) == []
