"""The strip's ruler: round timecodes of the edit, wherever it was cut."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from drawn_scene import scene
from hypothesis import given
from hypothesis import strategies as st

from engine.protocol import Add, Keep, Span
from nle_panels.strip.ruler import ROOM, tick_step, ticks
from nle_panels.strip.seen import Seen
from otio_adapters.opentime import Clock

CUT = (Keep(start=0, end=30), Keep(start=41, end=60), Add(frames=20, speech=0), Keep(start=60, end=200))


def whole(frames: int, scale: float) -> Seen:
    return Seen(frames=frames, width=round(frames * scale), scale=scale)


@pytest.mark.parametrize(
    ("rate", "scale", "step"),
    [
        (Fraction(25), 5.0, 25),
        (Fraction(25), 20.0, 5),
        (Fraction(24), 10.0, 12),
        (Fraction(60), 10.0, 10),
        (Fraction(30000, 1001), 4.0, 30),
        (Fraction(24000, 1001), 0.5, 240),
        (Fraction(25, 2), 10.0, 13),
        (Fraction(25), 0.0001, 180_000),
    ],
)
def test_between_two_timecodes_are_frames_that_a_second_is_made_of_or_whole_seconds(
    rate: Fraction, scale: float, step: int
) -> None:
    assert tick_step(rate, scale) == step


def test_behind_a_cut_ticks_stand_at_whole_seconds_of_the_edit() -> None:
    edited = scene(200, CUT)
    seen = whole(edited.axis.frames, 5.0)
    told = [(tick.code, tick.x / seen.scale) for tick in ticks(edited, seen)]
    struck, frames = 11, edited.axis.edited_frames
    assert told == [
        (f"00:00:{second:02}:00", 25 * second + struck * (second > 1)) for second in range(-(-frames // 25))
    ]


def test_a_clip_that_does_not_begin_on_a_whole_second_has_its_ticks_on_them_all_the_same() -> None:
    late = scene(100, (Keep(start=0, end=100),), clock=Clock(rate=Fraction(25), first=90_007))
    told = [(tick.code, tick.x) for tick in ticks(late, whole(100, 5.0))]
    assert told == [(f"01:00:0{second}:00", 5 * (25 * second - 7)) for second in (1, 2, 3, 4)]


@st.composite
def cuts(draw: st.DrawFn) -> tuple[Span, ...]:
    edges = draw(st.lists(st.integers(1, 199), max_size=8, unique=True).map(sorted))
    pairs = zip([0, *edges], [*edges, 200], strict=True)
    return tuple(Keep(start=start, end=end) for number, (start, end) in enumerate(pairs) if number % 2 == 0)


@given(cuts(), st.floats(0.5, 40), st.integers(0, 10_000), st.floats(0, 1))
def test_ticks_are_round_lie_where_their_frame_does_and_have_room(
    spans: tuple[Span, ...], scale: float, first: int, part: float
) -> None:
    cut = scene(200, spans, clock=Clock(rate=Fraction(25), first=first))
    seen = Seen(frames=cut.axis.frames, width=400, scale=scale, left=part * 199).held()
    step = tick_step(Fraction(25), scale)
    told = list(ticks(cut, seen))
    codes = {cut.clock.code(frame): frame for frame in range(cut.axis.edited_frames)}
    for tick in told:
        frame = codes[tick.code]
        assert (first + frame) % step == 0
        assert tick.x == seen.x_of(cut.axis.strip_of_edited(frame))
    assert all(right.x - left.x >= ROOM - 1e-6 for left, right in pairwise(told))
