"""Long work in the window's thread, in turns with all else that comes to it."""

from __future__ import annotations

import time
from collections.abc import Iterator

from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from nle_panels.turns import AT_ONCE, Turns, of_the_latest


def slow(done: list[int], count: int) -> Iterator[None]:
    """Steps of a millisecond."""
    for number in range(count):
        time.sleep(0.001)
        done.append(number)
        yield


def test_what_is_short_is_done_at_once(qtbot: QtBot) -> None:
    done: list[int] = []
    turns = Turns()
    turns.take(slow(done, 10))
    assert done == list(range(10))
    assert not turns.busy


def test_what_takes_long_lets_other_events_in(qtbot: QtBot) -> None:
    done: list[int] = []
    seen: list[int] = []
    turns = Turns()
    clock = QTimer(interval=2)
    clock.timeout.connect(lambda: seen.append(len(done)))
    clock.start()
    turns.take(slow(done, 100))
    assert len(done) == AT_ONCE
    qtbot.waitUntil(lambda: not turns.busy)
    assert done == list(range(100))
    assert len({count for count in seen if count < 100}) > 3


def test_what_comes_next_takes_the_place_of_what_is_not_done_yet(qtbot: QtBot) -> None:
    first: list[int] = []
    second: list[int] = []
    turns = Turns()
    turns.take(slow(first, 1000))
    turns.take(slow(second, 20))
    qtbot.waitUntil(lambda: not turns.busy)
    assert len(second) == 20
    assert len(first) < 100


def test_work_that_asks_for_other_work_is_followed_by_it(qtbot: QtBot) -> None:
    done: list[int] = []
    turns = Turns()

    def first() -> Iterator[None]:
        turns.take(slow(done, 40))
        yield

    turns.take(first())
    qtbot.waitUntil(lambda: not turns.busy)
    assert done == list(range(40))


def test_whoever_cannot_wait_has_it_finished(qtbot: QtBot) -> None:
    done: list[int] = []
    turns = Turns()
    turns.take(slow(done, 50))
    with qtbot.waitSignal(turns.turned):
        turns.finish()
    assert len(done) == 50
    assert not turns.busy


def test_what_is_put_off_is_not_begun_yet(qtbot: QtBot) -> None:
    done: list[int] = []
    turns = Turns()
    turns.put_off(slow(done, 3))
    assert done == []
    qtbot.waitUntil(lambda: not turns.busy)
    assert len(done) == 3


def test_two_long_works_do_not_have_their_turns_at_once(qtbot: QtBot) -> None:
    """Between two turns Qt looks at all else; but for a machine that is busy at that very moment."""
    passed = [0]

    def steps(into: set[int]) -> Iterator[None]:
        for _ in range(100):
            time.sleep(0.001)
            into.add(passed[0])
            yield

    def count() -> None:
        passed[0] += 1

    one: set[int] = set()
    other: set[int] = set()
    first, second = Turns(), Turns()
    first.put_off(steps(one))
    second.put_off(steps(other))
    clock = QTimer(interval=0)
    clock.timeout.connect(count)
    clock.start()
    qtbot.waitUntil(lambda: not first.busy and not second.busy)
    assert min(len(one), len(other)) > 5
    assert len(one & other) < 4


def test_what_is_done_of_something_that_changes_is_begun_again() -> None:
    texts = ["old"]

    def letters(text: str) -> Iterator[str | None]:
        yield from [None] * len(text)
        yield text.upper()

    def come() -> Iterator[None]:
        found.append((yield from of_the_latest(lambda: texts[-1], letters)))

    found: list[str] = []
    work = come()
    next(work)
    texts.append("later")
    assert len(list(work)) == len("later") + 1
    assert found == ["LATER"]
