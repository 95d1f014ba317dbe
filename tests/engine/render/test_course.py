"""Which source frame each frame of a take shows, and where it cuts."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.protocol import Add, EditPlan, Keep, Ratio, Retime, Span
from engine.render.course import Course, course_of

RATE = Ratio(num=25)
FIRST, LAST = -20, 400


def course(*spans: Span, handles: tuple[int, int] = (0, 0), bridge: int = 5) -> Course:
    return course_of(EditPlan(rate=RATE, spans=spans, handles=handles), FIRST, LAST, bridge)


@st.composite
def plans(draw: st.DrawFn) -> EditPlan:
    """Source that runs forward, with removals, insertions, replacements and retimes in it."""
    at, spans = draw(st.integers(-10, 20)), []
    for _ in range(draw(st.integers(1, 4))):
        length = draw(st.integers(12, 40))
        spans.append(Keep(start=at, end=at + length))
        at += length
        kind = draw(st.sampled_from(["remove", "insert", "replace", "retime", "none"]))
        if kind in ("remove", "replace"):
            at += draw(st.integers(1, 40))
        if kind in ("insert", "replace"):
            spans.append(Add(frames=draw(st.integers(1, 60)), speech=0))
        if kind == "retime":
            spans.append(Retime(start=at, end=at + 20, frames=draw(st.integers(1, 60))))
            at += 20
    spans.append(Keep(start=at, end=at + 12))
    return EditPlan(rate=RATE, spans=tuple(spans), handles=(3, 3))


@given(plans(), st.integers(0, 8))
def test_a_course_is_as_long_as_its_plan_and_stays_in_the_footage(plan: EditPlan, bridge: int) -> None:
    made = course_of(plan, FIRST, LAST, bridge)
    assert len(made.positions) == plan.frames
    assert all(FIRST <= position <= LAST - 1 for position in made.positions)


@given(plans(), st.integers(0, 8))
def test_kept_frames_are_the_sources_own(plan: EditPlan, bridge: int) -> None:
    made, at = course_of(plan, FIRST, LAST, bridge), 0
    for span in plan.spans:
        frames = span.end - span.start if isinstance(span, Keep) else span.frames
        if isinstance(span, Keep):
            assert list(made.positions[at : at + frames]) == list(range(span.start, span.end))
        at += frames


@given(plans(), st.integers(0, 8))
def test_cuts_never_touch_handles_nor_one_another(plan: EditPlan, bridge: int) -> None:
    made = course_of(plan, FIRST, LAST, bridge)
    for cut in made.cuts:
        assert cut.at - cut.before >= plan.handles[0]
        assert cut.at + cut.after <= plan.frames - plan.handles[1]
        assert max(cut.before, cut.after) <= bridge
    for one, other in pairwise(made.cuts):
        assert one.at + one.after < other.at - other.before


@given(plans(), st.integers(0, 8))
def test_between_cuts_nothing_jumps(plan: EditPlan, bridge: int) -> None:
    made = course_of(plan, FIRST, LAST, bridge)
    cuts = {cut.at for cut in made.cuts}
    for at, (one, other) in enumerate(pairwise(made.positions), start=1):
        assert at in cuts or abs(other - one) <= 2


def test_a_removal_is_one_cut() -> None:
    made = course(Keep(start=0, end=30), Keep(start=50, end=80))
    assert [(cut.at, cut.before, cut.after) for cut in made.cuts] == [(30, 5, 5)]


def test_footage_that_runs_on_has_no_cut() -> None:
    assert course(Keep(start=0, end=30), Keep(start=30, end=60)).cuts == ()


def test_a_retime_starts_and_ends_on_the_sources_frames() -> None:
    made = course(Retime(start=10, end=30, frames=33))
    assert (made.positions[0], made.positions[-1]) == (10, 29)


def test_a_replaced_phrase_of_about_the_right_length_is_played_under_the_new_words() -> None:
    made = course(Keep(start=0, end=30), Add(frames=25, speech=0), Keep(start=50, end=80))
    under = made.positions[30:55]
    assert all(29 < position < 50 for position in under)
    assert list(under) == sorted(under)
    assert made.cuts == ()


def test_inserted_words_move_there_and_back_without_a_stop_or_a_jump() -> None:
    made = course(Keep(start=0, end=100), Add(frames=40, speech=0), Keep(start=100, end=200))
    under = made.positions[99:141]
    assert made.cuts == ()
    assert max(under) > 102
    assert min(under[5:]) < 98
    standing = [one for one, other in pairwise(under) if one == other]
    assert len(standing) <= 4  # where it turns


@pytest.mark.parametrize("frames", [1, 2, 3, 5, 8])
def test_even_the_shortest_insertion_is_shown(frames: int) -> None:
    made = course(Keep(start=0, end=50), Add(frames=frames, speech=0), Keep(start=50, end=100))
    assert len(made.positions) == 100 + frames
    assert all(isinstance(position, int | Fraction) for position in made.positions)


@pytest.mark.parametrize("frames", [1, 7, 30])
@pytest.mark.parametrize("at", ["start", "end"])
def test_words_at_either_end_of_the_media_are_shown_over_what_there_is(at: str, frames: int) -> None:
    added, kept = Add(frames=frames, speech=0), Keep(start=0, end=40)
    plan = EditPlan(rate=RATE, spans=(added, kept) if at == "start" else (kept, added))
    positions = course_of(plan, 0, 40, 5).positions
    assert min(positions) >= 0
    assert max(positions) <= 39


@pytest.mark.parametrize("at", ["start", "end"])
def test_words_at_either_end_of_the_media_turn_there_and_do_not_freeze(at: str) -> None:
    added, kept = Add(frames=21, speech=0), Keep(start=0, end=40)
    plan = EditPlan(rate=RATE, spans=(added, kept) if at == "start" else (kept, added))
    positions = course_of(plan, 0, 40, 5).positions
    standing = [one for one, other in pairwise(positions) if one == other]
    assert len(standing) <= 4  # where it turns
    assert course_of(plan, 0, 40, 5).cuts == ()
