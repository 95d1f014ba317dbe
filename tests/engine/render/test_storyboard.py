"""Which frames a diffusion renderer makes anew, and how far each shows through."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from engine.protocol import Add, EditPlan, Keep, Ratio, Retime, Span
from engine.render.course import course_of
from engine.render.storyboard import Storyboard, mouths_of, storyboard_of

RATE, HANDLE, BRIDGE = Ratio(num=25), 4, 3


def board_of(*spans: Span, bridge: int = BRIDGE) -> Storyboard:
    plan = EditPlan(rate=RATE, spans=spans, handles=(HANDLE, HANDLE))
    return storyboard_of(plan, course_of(plan, 0, 1000, bridge), bridge)


def thirds(*weights: int) -> tuple[Fraction, ...]:
    return tuple(Fraction(weight, 3) for weight in weights)


def test_a_clip_that_is_kept_shows_nothing_generated() -> None:
    board = board_of(Keep(start=100, end=120))
    assert (any(board.whole), any(board.region), board.cuts) == (False, False, ())


def test_new_words_are_generated_whole_and_fade_out_into_what_may_be_rewritten() -> None:
    board = board_of(Keep(start=100, end=110), Add(frames=5, speech=0), Keep(start=110, end=120))
    quarters = [4 * weight for weight in board.whole]
    assert quarters == [0] * 7 + [1, 2, 3] + [4] * 5 + [3, 2, 1] + [0] * 7
    assert board.new == (False,) * 10 + (True,) * 5 + (False,) * 10
    assert board.cuts == ()


def test_a_cut_is_generated_on_both_sides() -> None:
    board = board_of(Keep(start=100, end=110), Keep(start=130, end=140))
    assert board.whole == thirds(*[0] * 7, 1, 2, 3, 3, 2, 1, *[0] * 7)
    assert board.cuts == (10,)


def test_handles_stay_the_sources_own_however_far_the_bridge_reaches() -> None:
    board = board_of(Keep(start=100, end=106), Keep(start=130, end=136), bridge=9)
    assert not any(board.whole[:HANDLE] + board.whole[-HANDLE:])


def test_another_pace_is_generated_whole_so_that_sharpness_does_not_flicker() -> None:
    board = board_of(Keep(start=100, end=110), Retime(start=110, end=115, frames=9), Keep(start=115, end=125))
    assert [4 * weight for weight in board.whole] == [0] * 7 + [1, 2, 3] + [4] * 9 + [3, 2, 1] + [0] * 7
    assert board.cuts == ()


def test_a_pace_that_only_leaves_frames_out_needs_nothing_generated() -> None:
    board = board_of(Keep(start=100, end=110), Retime(start=110, end=119, frames=5), Keep(start=119, end=130))
    assert not any(board.whole)


def test_a_rerender_comes_and_goes_over_two_frames() -> None:
    board = board_of(
        Keep(start=100, end=106), Keep(start=106, end=113, resync=True), Keep(start=113, end=120)
    )
    assert board.region == thirds(*[0] * 6, 1, 2, 3, 3, 3, 2, 1, *[0] * 7)
    assert not any(board.whole)


def test_a_rerender_of_a_single_frame_is_seen() -> None:
    board = board_of(
        Keep(start=100, end=106), Keep(start=106, end=107, resync=True), Keep(start=107, end=120)
    )
    assert [frame for frame, weight in enumerate(board.region) if weight] == [6]


def test_a_rerender_of_all_there_is_does_not_fade_at_the_takes_ends() -> None:
    plan = EditPlan(rate=RATE, spans=(Keep(start=0, end=9, resync=True),))
    board = storyboard_of(plan, course_of(plan, 0, 9, BRIDGE), BRIDGE)
    assert set(board.region) == {Fraction(1)}


@given(
    kept=st.lists(st.integers(5, 30), min_size=2, max_size=4),
    gaps=st.lists(st.integers(0, 20), min_size=4, max_size=4),
    new=st.lists(st.integers(0, 12), min_size=4, max_size=4),
)
def test_every_frame_of_any_plan_has_its_weights(kept: list[int], gaps: list[int], new: list[int]) -> None:
    spans: list[Span] = []
    at = 50
    for number, frames in enumerate(kept):
        if number and new[number]:
            spans.append(Add(frames=new[number], speech=0))
        spans.append(Keep(start=at, end=at + frames))
        at += frames + gaps[number]
    board = board_of(*spans)
    assert board.frames == len(board.region) == len(board.new) == sum(kept) + sum(new[1 : len(kept)])
    assert all(0 <= weight <= 1 for weight in board.whole)
    assert all(weight == 1 for weight, fresh in zip(board.whole, board.new, strict=True) if fresh)


# ------------------------------------------------------------------------------- mouths alone


def mouths(*spans: Span) -> Storyboard:
    return mouths_of(EditPlan(rate=RATE, spans=spans, handles=(HANDLE, HANDLE)))


def test_of_mouths_alone_nothing_is_generated_whole() -> None:
    board = mouths(Keep(start=100, end=110), Add(frames=5, speech=0), Retime(start=130, end=140, frames=15))
    assert (any(board.whole), any(board.new), board.cuts) == (False, False, ())
    assert board.frames == 30


def test_the_mouths_of_new_words_come_and_go_as_those_of_re_renders_do() -> None:
    new = mouths(Keep(start=100, end=110), Add(frames=6, speech=0), Keep(start=110, end=120))
    anew = mouths(Keep(start=100, end=110), Keep(start=110, end=116, resync=True), Keep(start=116, end=126))
    assert new.region == anew.region == thirds(*[0] * 10, 1, 2, 3, 3, 2, 1, *[0] * 10)


def test_between_a_re_render_and_new_words_mouths_do_not_come_and_go() -> None:
    board = mouths(
        Keep(start=100, end=105),
        Keep(start=105, end=110, resync=True),
        Add(frames=5, speech=0),
        Keep(start=110, end=115),
    )
    assert board.region == thirds(*[0] * 5, 1, 2, *[3] * 6, 2, 1, *[0] * 5)
