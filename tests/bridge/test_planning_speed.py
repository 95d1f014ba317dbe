"""Thousands of edits of one clip are planned in a time that grows with their number, not with its square."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from fractions import Fraction

import pytest

from bridge.edit_plan import FrameEdit, ShortenPause, plan_clip
from bridge.quiet import ClipWindow, Spoken
from bridge.revision import Change
from bridge.shots import Shot, bridge_frames, shots_of
from engine.protocol import Span, Word

RATE = Fraction(25)  # a word of 0.3 s and a pause of 0.5 s are 20 frames


def spoken(count: int) -> Spoken:
    words = tuple(Word(text="word", start=0.8 * i, end=0.8 * i + 0.3) for i in range(count))
    return Spoken(words=words, energy=bytes([20] * 30 + [90] * 50) * count)


def window(said: Spoken) -> ClipWindow:
    frames = 20 * len(said.words)
    return ClipWindow(rate=RATE, offset=Fraction(0), frames=frames, first=0, last=frames)


def planned(said: Spoken) -> tuple[Span, ...]:
    """Of twenty words the first goes, the third's mouth is made anew, and every other pause is shortened."""
    count = len(said.words)
    changes = [Change(start=i, stop=i + 1) for i in range(0, count, 20)]
    anew = [FrameEdit(start=20 * i, end=20 * i + 8, yields=True) for i in range(2, count, 20)]
    pauses = [ShortenPause(after=i, kept=10) for i in range(1, count, 2)]
    return plan_clip(window(said), said, changes, (), [*anew, *pauses])


def shots(said: Spoken, spans: Sequence[Span]) -> tuple[Shot, ...]:
    return shots_of(window(said), spans, bridge=bridge_frames(RATE))


def seconds(action: Callable[[], object]) -> float:
    """Of the processor, in the quickest of three rounds."""
    times = []
    for _ in range(3):
        began = time.process_time()
        action()
        times.append(time.process_time() - began)
    return min(times)


def test_twice_as_many_edits_take_about_twice_as_long_to_plan() -> None:
    few, many = spoken(1500), spoken(3000)
    assert seconds(lambda: planned(many)) / seconds(lambda: planned(few)) < 2.5


def test_twice_as_many_edits_take_about_twice_as_long_to_be_cut_into_shots() -> None:
    few, many = spoken(4000), spoken(8000)
    spans = planned(few), planned(many)
    assert seconds(lambda: shots(many, spans[1])) / seconds(lambda: shots(few, spans[0])) < 2.5


@pytest.mark.bench
def test_7500_pauses_of_three_hours(capsys: pytest.CaptureFixture[str]) -> None:
    said = spoken(15_000)
    took = seconds(lambda: shots(said, planned(said)))
    with capsys.disabled():
        print(f"| planning 7,500 pauses | {took:.2f} s |")  # noqa: T201  (a benchmark's answer)
    assert took < 3
