"""Everything that is and that was, in order."""

from __future__ import annotations

import pytest
from drawn_scene import rough
from hypothesis import given
from hypothesis import strategies as st

from engine.protocol import Add, Keep, Retime, Span
from nle_panels.strip.axis import Axis, Kind


def told(axis: Axis) -> list[tuple[Kind, int, int]]:
    """(kind, start, frames) of what lies on the axis, neighbours of one kind together."""
    out: list[tuple[Kind, int, int]] = []
    for stretch in axis.stretches:
        if out and out[-1][0] is stretch.kind:
            out[-1] = stretch.kind, out[-1][1], out[-1][2] + stretch.frames
        else:
            out.append((stretch.kind, stretch.start, stretch.frames))
    return out


REPLACED = (Keep(start=0, end=30), Add(frames=15, speech=0), Keep(start=40, end=100))


def test_what_is_struck_stays_in_its_place_before_what_replaces_it() -> None:
    assert told(Axis(rough(100, REPLACED), 100)) == [
        (Kind.KEPT, 0, 30),
        (Kind.STRUCK, 30, 10),
        (Kind.NEW, 40, 15),
        (Kind.KEPT, 55, 60),
    ]


def test_struck_ends_of_the_clip_are_there_too() -> None:
    spans = (Keep(start=20, end=90),)
    assert told(Axis(rough(100, spans), 100)) == [
        (Kind.STRUCK, 0, 20),
        (Kind.KEPT, 20, 70),
        (Kind.STRUCK, 90, 10),
    ]


def test_retimed_footage_is_as_long_as_it_plays() -> None:
    spans = (Keep(start=0, end=40), Retime(start=40, end=60, frames=30), Keep(start=60, end=100))
    axis = Axis(rough(100, spans), 100)
    assert (Kind.RETIMED, 40, 30) in told(axis)
    assert axis.strip_of_clip(50) == pytest.approx(55)


def test_a_mouth_that_is_rendered_anew_is_told() -> None:
    spans = (Keep(start=0, end=40), Keep(start=40, end=60, resync=True), Keep(start=60, end=100))
    assert (Kind.ANEW, 40, 20) in told(Axis(rough(100, spans), 100))


def test_a_click_on_what_is_struck_plays_what_comes_next() -> None:
    axis = Axis(rough(100, (Keep(start=0, end=30), Keep(start=40, end=100))), 100)
    assert [axis.edited_at(frame) for frame in (29.9, 30, 39, 40, 41)] == [29, 30, 30, 30, 31]


def test_a_click_on_a_struck_end_plays_the_last_frame() -> None:
    assert Axis(rough(100, (Keep(start=0, end=90),)), 100).edited_at(95) == 89


def test_with_nothing_edited_the_axis_is_the_clip() -> None:
    axis = Axis(rough(100, (Keep(start=0, end=100),)), 100)
    assert told(axis) == [(Kind.KEPT, 0, 100)]


@st.composite
def edits(draw: st.DrawFn) -> tuple[Span, ...]:
    edges = draw(st.lists(st.integers(1, 199), max_size=6, unique=True).map(sorted))
    spans: list[Span] = []
    for start, end in zip([0, *edges], [*edges, 200], strict=True):
        match draw(st.sampled_from(["keep", "keep", "out", "add", "retime"])):
            case "keep":
                spans.append(Keep(start=start, end=end))
            case "retime":
                spans.append(Retime(start=start, end=end, frames=draw(st.integers(1, 90))))
            case "add":
                spans.append(Add(frames=draw(st.integers(1, 40)), speech=len(spans)))
    return tuple(spans) if any(isinstance(span, Keep) for span in spans) else (Keep(start=0, end=200),)


@given(edits())
def test_every_frame_of_the_edit_lies_in_its_place_and_in_order(spans: tuple[Span, ...]) -> None:
    playlist = rough(200, spans)
    axis = Axis(playlist, 200)
    places = [axis.strip_of_edited(frame) for frame in range(playlist.frames)]
    assert places == sorted(set(places))
    assert [axis.edited_at(place) for place in places] == list(range(playlist.frames))


@given(edits())
def test_every_frame_of_the_clip_lies_in_its_place(spans: tuple[Span, ...]) -> None:
    axis = Axis(rough(200, spans), 200)
    for clip in range(200):
        assert axis.clip_at(axis.strip_of_clip(clip + 0.5)) == pytest.approx(clip + 0.5)
