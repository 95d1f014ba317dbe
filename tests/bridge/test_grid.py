"""A plan's cuts on the grid of latents."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bridge.errors import ImpossibleEdit
from bridge.grid import STEP, snapped
from bridge.quiet import ClipWindow
from bridge.shots import bridge_frames, shots_of
from engine.diffusion.latent_grid import latent_course
from engine.protocol import SAMPLE_RATE, Add, Keep, Retime, Span, span_frames

RATE = Fraction(25)


def window(frames: int, first: int = -40, beyond: int = 40) -> ClipWindow:
    return ClipWindow(
        rate=RATE, offset=Fraction(0), frames=frames, first=min(first, 0), last=frames + max(beyond, 0)
    )


def grid(*spans: Span, frames: int = 100) -> tuple[Span, ...]:
    return snapped(window(frames), spans)


@st.composite
def plans(draw: st.DrawFn) -> tuple[ClipWindow, tuple[Span, ...]]:
    """A clip with removals, additions, replacements, retimes and mouths, at its very ends too."""
    at, spans = draw(st.sampled_from([0, 0, 3])), []
    lengths, leads = st.integers(1, 60), st.integers(-900, 900)
    for _ in range(draw(st.integers(1, 6))):
        kind = draw(st.sampled_from(["keep", "mouth", "add", "replace", "remove", "retime"]))
        length = draw(lengths)
        if kind in ("keep", "mouth"):
            spans.append(Keep(start=at, end=at + length, resync=kind == "mouth", lead=draw(leads)))
        if kind in ("add", "replace"):
            spans.append(Add(frames=draw(lengths), speech=len(spans), lead=draw(leads)))
        if kind == "retime":
            spans.append(Retime(start=at, end=at + length, frames=draw(lengths)))
        at += 0 if kind == "add" else length
    frames = at + draw(st.sampled_from([0, 0, 5]))
    assume(any(isinstance(span, Keep | Retime) for span in spans))
    clip = window(frames, draw(st.sampled_from([0, -40])), draw(st.sampled_from([0, 40])))
    return clip, tuple(spans)


def on_grid(case: tuple[ClipWindow, tuple[Span, ...]]) -> tuple[Span, ...]:
    try:
        return snapped(*case)
    except ImpossibleEdit:
        assume(False)
        raise


@given(plans())
def test_every_shot_of_a_snapped_plan_is_on_the_engines_grid(
    case: tuple[ClipWindow, tuple[Span, ...]],
) -> None:
    clip, _ = case
    for shot in shots_of(clip, on_grid(case), bridge=bridge_frames(RATE)):
        if shot.plan is not None:
            assert latent_course(shot.plan).frames == shot.plan.frames


@given(plans())
def test_the_same_spans_in_the_same_order_inside_the_clip(
    case: tuple[ClipWindow, tuple[Span, ...]],
) -> None:
    clip, spans = case
    made = on_grid(case)
    assert [type(span) for span in made] == [type(span) for span in spans]
    at = 0
    for span in made:
        assert span_frames(span) > 0
        if not isinstance(span, Add):
            assert at <= span.start < span.end <= clip.frames
            at = span.end


@given(plans())
def test_what_is_left_out_is_a_multiple_of_8_and_something_only_where_something_was(
    case: tuple[ClipWindow, tuple[Span, ...]],
) -> None:
    def gaps(spans: tuple[Span, ...]) -> list[int]:
        sources = [span for span in spans if not isinstance(span, Add)]
        return [other.start - one.end for one, other in pairwise(sources)]

    after = gaps(on_grid(case))
    assert all(gap % STEP == 0 for gap in after)
    assert [gap > 0 for gap in after] == [gap > 0 for gap in gaps(case[1])]


@given(plans())
def test_new_words_fit_and_a_retime_plays_for_about_as_long(
    case: tuple[ClipWindow, tuple[Span, ...]],
) -> None:
    for before, after in zip(case[1], on_grid(case), strict=True):
        if isinstance(before, Add):
            assert 0 <= span_frames(after) - span_frames(before) < STEP
        if isinstance(before, Retime):
            assert abs(span_frames(after) - before.frames) <= STEP // 2 or span_frames(after) == STEP
        if not isinstance(before, Keep):
            assert span_frames(after) % STEP == 0


@given(plans())
def test_snapping_again_changes_nothing(case: tuple[ClipWindow, tuple[Span, ...]]) -> None:
    made = on_grid(case)
    assert snapped(case[0], made) == made


def test_a_single_removal_moves_both_its_ends_by_little() -> None:
    made = grid(Keep(start=0, end=30), Keep(start=50, end=100))
    assert made == (Keep(start=0, end=32), Keep(start=48, end=100))


def test_errors_do_not_add_up_along_the_clip() -> None:
    spans = tuple(Keep(start=21 * k, end=21 * k + 15) for k in range(20))
    for before, after in zip(spans, grid(*spans, frames=420), strict=True):
        assert abs(after.start - before.start) <= 7
        assert abs(after.end - before.end) <= 7


def test_the_shortest_removal_is_8_frames() -> None:
    one, other = grid(Keep(start=0, end=30), Keep(start=31, end=100))
    assert other.start - one.end == STEP


def test_a_mouth_rendered_anew_stays_where_it_is() -> None:
    spans = (Keep(start=0, end=13), Keep(start=13, end=27, resync=True), Keep(start=27, end=100))
    assert grid(*spans) == spans


def test_words_at_the_very_ends_leave_the_clips_ends_alone() -> None:
    made = grid(Add(frames=10, speech=0), Keep(start=3, end=90), frames=100)
    assert made == (Add(frames=16, speech=0, delay=5760), Keep(start=8, end=90))
    made = grid(Keep(start=0, end=93), Add(frames=10, speech=0), frames=100)
    assert made == (Keep(start=0, end=92), Add(frames=16, speech=0, delay=5760))


def test_new_words_stay_in_the_middle_of_their_room() -> None:
    _, added, _ = grid(Keep(start=0, end=40), Add(frames=12, speech=0, delay=1000), Keep(start=40, end=100))
    assert added == Add(frames=16, speech=0, delay=1000 + 2 * SAMPLE_RATE // 25)


def test_the_sounds_cut_stays_in_its_quiet_place_only_where_the_pictures_stays() -> None:
    kept = (Keep(start=0, end=40), Keep(start=48, end=100, lead=700))
    assert grid(*kept) == kept
    assert [span.lead for span in grid(Keep(start=0, end=40), Keep(start=53, end=100, lead=700))] == [0, 0]


def test_a_clip_too_short_for_its_edits_is_refused() -> None:
    spans = (Keep(start=0, end=2), Keep(start=4, end=6), Keep(start=8, end=10), Keep(start=11, end=12))
    with pytest.raises(ImpossibleEdit, match="grid=frame"):
        grid(*spans, frames=12)
