"""Events are numbered without a gap, and can be asked for again."""

from __future__ import annotations

from engine.daemon.event_log import KEPT, EventLog
from engine.envelope import open_envelope, read_answer
from engine.messages import Published
from engine.protocol import Progress


def log_of(count: int, sent: list[bytes] | None = None) -> EventLog:
    log = EventLog("run", (sent if sent is not None else []).append)
    for number in range(count):
        log.progressed("1", Progress(phase="p", done=number, total=count))
    return log


def test_what_is_kept_is_what_is_sent() -> None:
    sent: list[bytes] = []
    log = log_of(3, sent)
    published = [read_answer(open_envelope(frame)) for frame in sent]
    assert tuple(one.event for one in published if isinstance(one, Published)) == log.since("run", 0).events


def test_what_came_after_a_number_is_complete() -> None:
    found = log_of(5).since("run", 3)
    assert found.complete
    assert [event.sequence for event in found.events] == [4, 5]


def test_nothing_new_is_complete_too() -> None:
    assert log_of(0).since("run", 0).complete
    found = log_of(5).since("run", 5)
    assert (found.complete, found.events) == (True, ())


def test_too_long_ago_is_not_complete() -> None:
    found = log_of(KEPT + 10).since("run", 5)
    assert not found.complete
    assert len(found.events) == KEPT
    assert log_of(KEPT + 10).since("run", 10).complete


def test_a_number_of_another_run_or_of_the_future_is_not_complete() -> None:
    log = log_of(3)
    assert not log.since("former", 3).complete
    assert len(log.since("former", 3).events) == 3
    assert not log.since("run", 99).complete
