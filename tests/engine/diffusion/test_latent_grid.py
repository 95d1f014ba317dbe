"""Frames and latents, and edits on their grid."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.diffusion.latent_grid import (
    LatentCourse,
    frames_of,
    latent_course,
    latent_of,
    latents_for,
    padded_frames,
    touched,
)
from engine.errors import OffTheGrid
from engine.model.config import STRIDE
from engine.protocol import Add, EditPlan, Keep, Ratio, Retime, Span


def course(*spans: Span) -> LatentCourse:
    return latent_course(EditPlan(rate=Ratio(num=25), spans=spans))


EIGHTS = st.integers(1, 6).map(lambda count: STRIDE * count)


@st.composite
def plans(draw: st.DrawFn) -> EditPlan:
    """Edits on the grid, at the very start and end too."""
    at, spans = draw(st.integers(-20, 50)), []
    if draw(st.booleans()):
        length = draw(st.integers(1, 40))
        spans.append(Keep(start=at, end=at + length))
        at += length
    for _ in range(draw(st.integers(1, 4))):
        for kind in draw(st.permutations(["remove", "add", "retime", "keep"])):
            if kind == "remove" and draw(st.booleans()):
                at += draw(EIGHTS)
            if kind == "add" and draw(st.booleans()):
                spans.append(Add(frames=draw(EIGHTS), speech=0))
            if kind == "retime" and draw(st.booleans()):
                length = draw(EIGHTS)
                spans.append(Retime(start=at, end=at + length, frames=draw(EIGHTS)))
                at += length
            if kind == "keep":
                length = draw(EIGHTS)
                spans.append(Keep(start=at, end=at + length, resync=draw(st.booleans())))
                at += length
    if draw(st.booleans()):
        spans.append(Keep(start=at, end=at + draw(st.integers(1, 40))))
    return EditPlan(rate=Ratio(num=25), spans=tuple(spans))


def shown(made: LatentCourse) -> list[int | None]:
    """The source frame that each frame of the plan shows, None where it is new."""
    frames: list[int | None] = []
    for at, latent in enumerate(made.latents):
        if latent is None:
            frames += [None] * len(frames_of(at))
        else:
            assert len(frames_of(latent)) == len(frames_of(at))
            frames += [made.first + frame for frame in frames_of(latent)]
    return frames[made.shown]


@given(st.integers(1, 400))
def test_every_frame_lies_in_one_latent_and_back(frames: int) -> None:
    groups = [frames_of(latent) for latent in range(latents_for(frames))]
    assert [frame for group in groups for frame in group] == list(range(padded_frames(frames)))
    for latent, group in enumerate(groups):
        assert {latent_of(frame) for frame in group} == {latent}


@given(st.integers(1, 400))
def test_padding_is_the_least_that_makes_whole_latents(frames: int) -> None:
    padded = padded_frames(frames)
    assert 0 <= padded - frames < STRIDE
    assert padded % STRIDE == 1
    assert padded == STRIDE * (latents_for(frames) - 1) + 1


@given(st.lists(st.booleans(), min_size=1, max_size=100))
def test_a_latent_is_touched_if_any_of_its_frames_is(flags: list[bool]) -> None:
    latents = touched(flags)
    assert len(latents) == latents_for(len(flags))
    assert {at for at, flag in enumerate(latents) if flag} == {
        latent_of(frame) for frame, flag in enumerate(flags) if flag
    }


@given(plans())
def test_a_course_decodes_to_exactly_the_plans_frames(plan: EditPlan) -> None:
    assert len(shown(latent_course(plan))) == plan.frames


@given(plans())
def test_kept_frames_are_the_sources_and_added_ones_are_new(plan: EditPlan) -> None:
    frames, at = shown(latent_course(plan)), 0
    for span in plan.spans:
        if isinstance(span, Keep):
            length = span.end - span.start
            assert frames[at : at + length] == list(range(span.start, span.end))
        else:
            length = span.frames
        if isinstance(span, Add):
            assert frames[at : at + length] == [None] * length
        at += length


@given(plans())
def test_a_retime_shows_its_own_latents_in_their_order(plan: EditPlan) -> None:
    frames, at = shown(latent_course(plan)), 0
    for span in plan.spans:
        length = span.end - span.start if isinstance(span, Keep) else span.frames
        if isinstance(span, Retime):
            played = [frame for frame in frames[at : at + length] if frame is not None]
            assert played == sorted(set(played))
            assert set(played) <= set(range(span.start, span.end))
            assert len(played) == min(span.frames, span.end - span.start)
        at += length


@given(plans())
def test_every_latent_that_is_kept_was_encoded(plan: EditPlan) -> None:
    made = latent_course(plan)
    encoded = latents_for(made.encoded) if made.encoded else 0
    assert all(0 <= latent < encoded for latent in made.latents if latent is not None)
    assert 0 <= made.lead_in < STRIDE


@given(plans())
def test_the_media_is_left_by_at_most_7_frames_before_the_plan(plan: EditPlan) -> None:
    made = latent_course(plan)
    starts = [span.start for span in plan.spans if not isinstance(span, Add)]
    assert not starts or starts[0] - made.first < STRIDE


def test_a_removal_is_a_cut_between_latents() -> None:
    made = course(Keep(start=0, end=17), Keep(start=33, end=50))
    assert made.latents == (0, 1, 2, 5, 6, 7)
    assert (made.cuts, made.lead_in, made.first, made.encoded) == ((17,), 0, 0, 50)
    assert made.new == (False,) * 6


def test_what_comes_before_the_first_cut_is_filled_up_to_whole_latents() -> None:
    made = course(Keep(start=100, end=110), Keep(start=118, end=130))
    assert (made.first, made.lead_in, made.shown) == (93, 7, slice(7, 29))
    assert made.latents == (0, 1, 2, 4, 5)


def test_an_addition_is_new_latents_without_a_cut() -> None:
    made = course(Keep(start=0, end=9), Add(frames=16, speech=0), Keep(start=9, end=17))
    assert made.latents == (0, 1, None, None, 2)
    assert made.cuts == ()


def test_an_addition_at_the_very_start_has_a_first_latent_of_its_own() -> None:
    made = course(Add(frames=16, speech=0), Keep(start=0, end=10))
    assert made.latents == (None, None, None, 1, 2)
    assert (made.first, made.lead_in) == (-1, 1)


def test_an_addition_at_the_very_end_ends_the_clip() -> None:
    made = course(Keep(start=0, end=9), Add(frames=8, speech=0))
    assert made.latents == (0, 1, None)


def test_a_slower_retime_puts_new_latents_in_evenly() -> None:
    made = course(Keep(start=0, end=1), Retime(start=1, end=17, frames=32), Keep(start=17, end=25))
    assert made.latents == (0, None, 1, None, 2, 3)


def test_a_faster_retime_leaves_latents_out_evenly() -> None:
    made = course(Keep(start=0, end=1), Retime(start=1, end=33, frames=16), Keep(start=33, end=41))
    assert made.latents == (0, 2, 4, 5)
    assert made.cuts == (1, 9)


def test_a_mouth_to_render_is_no_cut() -> None:
    made = course(Keep(start=0, end=13), Keep(start=13, end=20, resync=True), Keep(start=20, end=30))
    assert made.latents == tuple(range(5))
    assert (made.cuts, made.lead_in) == ((), 0)


@pytest.mark.parametrize(
    "spans",
    [
        (Keep(start=0, end=9), Keep(start=14, end=30)),
        (Keep(start=0, end=9), Add(frames=5, speech=0), Keep(start=9, end=17)),
        (Keep(start=0, end=9), Keep(start=17, end=24), Keep(start=32, end=40)),
        (Keep(start=0, end=9), Retime(start=9, end=20, frames=16)),
        (Retime(start=0, end=8, frames=11),),
        (Keep(start=100, end=109), Keep(start=0, end=8)),
    ],
    ids=["gap", "addition", "kept", "retimed", "retime's length", "backwards"],
)
def test_a_plan_off_the_grid_is_refused(spans: tuple[Span, ...]) -> None:
    with pytest.raises(OffTheGrid):
        course(*spans)
