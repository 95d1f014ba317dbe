"""Events are numbered without a gap, and can be asked for again."""

from __future__ import annotations

from engine.daemon.event_log import KEPT, EventLog, first_sequence
from engine.envelope import open_envelope, read_answer
from engine.messages import Published
from engine.protocol import Progress


def log_of(count: int, sent: list[bytes] | None = None, first: int = 0) -> EventLog:
    log = EventLog("run", first, (sent if sent is not None else []).append)
    for number in range(count):
        log.progressed("1", Progress(phase="p", done=number, total=count))
    return log


def since(log: EventLog, sequence: int, run: str = "run") -> list[int] | None:
    events = log.since(run, sequence)
    return None if events is None else [event.sequence for event in events]


def test_what_is_kept_is_what_is_sent() -> None:
    sent: list[bytes] = []
    log = log_of(3, sent)
    published = [read_answer(open_envelope(frame)) for frame in sent]
    assert tuple(one.event for one in published if isinstance(one, Published)) == log.since("run", 0)


def test_what_came_after_a_number_is_told() -> None:
    assert since(log_of(5), 3) == [4, 5]
    assert since(log_of(5, first=100), 100) == [101, 102, 103, 104, 105]


def test_nothing_new_is_told_too() -> None:
    assert since(log_of(0), 0) == []
    assert since(log_of(5), 5) == []


def test_what_is_too_long_ago_is_not_kept() -> None:
    log = log_of(KEPT + 10)
    assert since(log, 5) is None
    told = since(log, 10)
    assert told is not None
    assert len(told) == KEPT


def test_a_number_of_another_run_or_of_the_future_is_not_of_this_log() -> None:
    log = log_of(3, first=10)
    assert since(log, 11, run="former") is None
    assert since(log, 9) is None
    assert since(log, 99) is None


def test_numbers_go_on_above_all_that_were_told_before() -> None:
    assert first_sequence(now_us=1000, last_change=10) == 1000
    assert first_sequence(now_us=1000, last_change=2000) == 2000  # the clock was set back
