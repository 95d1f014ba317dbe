"""The edited clip as what is played, frame by frame and sample by sample."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise

import pytest
from drawn_reels import made_take
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.quiet import ClipWindow
from bridge.shots import Shot, bridge_frames, shots_of
from engine.protocol import Add, Keep, Retime, Span, Take, span_frames
from nle_panels.player.cut import after, before
from nle_panels.player.playlist import CLIP, Place, Playlist

RATES = [Fraction(24000, 1001), Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(60000, 1001)]


def window(frames: int = 200, rate: Fraction = Fraction(25)) -> ClipWindow:
    return ClipWindow(rate=rate, offset=Fraction(1, 3), frames=frames, first=-20, last=frames + 20)


def shots(clip: ClipWindow, *spans: Span) -> tuple[Shot, ...]:
    return shots_of(clip, spans, bridge=bridge_frames(clip.rate))


def takes(made: tuple[Shot, ...]) -> Mapping[int, Take]:
    return {number: made_take(shot, f"take{number}") for number, shot in enumerate(made) if shot.plan}


@st.composite
def plans(draw: st.DrawFn) -> tuple[ClipWindow, tuple[Span, ...]]:
    """A clip's frames in order, some left out, some retimed or made anew, new words between."""
    clip = window(rate=draw(st.sampled_from(RATES)))
    edges = draw(st.lists(st.integers(1, clip.frames - 1), max_size=8, unique=True).map(sorted))
    spans: list[Span] = []
    speeches = 0
    for start, end in zip([0, *edges], [*edges, clip.frames], strict=True):
        kind = draw(st.sampled_from(["keep", "keep", "anew", "retime", "out", "add"]))
        lead = draw(st.integers(-300, 300)) if spans else 0
        if kind == "add":
            spans.append(Add(frames=draw(st.integers(1, 60)), speech=speeches, lead=lead))
            speeches += 1
            lead = 0
        if kind == "retime":
            spans.append(Retime(start=start, end=end, frames=draw(st.integers(1, 300)), lead=lead))
        elif kind != "out":
            spans.append(Keep(start=start, end=end, resync=kind == "anew", lead=lead))
    if not any(isinstance(span, Keep) for span in spans):
        spans = [Keep(start=0, end=clip.frames)]
    return clip, tuple(spans)


@st.composite
def playlists(draw: st.DrawFn) -> tuple[ClipWindow, tuple[Span, ...], Playlist]:
    """Some shots have a take, some play rough."""
    clip, spans = draw(plans())
    made = shots(clip, *spans)
    chosen = {number: one for number, one in takes(made).items() if draw(st.booleans())}
    return clip, spans, after(clip, made, chosen)


def stood_for(spans: tuple[Span, ...]) -> list[int | None]:
    """For each frame that the plan plays, the clip frame that it plays; None for new words."""
    out: list[int | None] = []
    for span in spans:
        if isinstance(span, Add):
            out += [None] * span.frames
        else:
            length, frames = span.end - span.start, span_frames(span)
            middles = (Fraction(2 * number + 1, 2) * length / frames for number in range(frames))
            out += [span.start + int(middle) for middle in middles]
    return out


@settings(max_examples=50)
@given(playlists())
def test_an_edited_clip_plays_exactly_the_plans_frames(
    case: tuple[ClipWindow, tuple[Span, ...], Playlist],
) -> None:
    _, spans, playlist = case
    assert [playlist.clip_frame_at(frame) for frame in range(playlist.frames)] == stood_for(spans)


@settings(max_examples=50)
@given(playlists())
def test_a_clip_frame_is_found_where_it_is_played(
    case: tuple[ClipWindow, tuple[Span, ...], Playlist],
) -> None:
    clip, spans, playlist = case
    ranges = [range(span.start, span.end) for span in spans if not isinstance(span, Add)]
    for clip_frame in range(clip.frames):
        at = playlist.edited_of(clip_frame)
        assert (at is not None) == any(clip_frame in played for played in ranges)
        if at is not None:
            segment, _ = playlist.segment_at(at)
            assert segment.clip is not None
            assert segment.clip[0] <= clip_frame < segment.clip[1]


@settings(max_examples=50)
@given(playlists())
def test_what_is_not_retimed_is_found_exactly(case: tuple[ClipWindow, tuple[Span, ...], Playlist]) -> None:
    _, _, playlist = case
    for edited in range(playlist.frames):
        segment, _ = playlist.segment_at(edited)
        clip_frame = playlist.clip_frame_at(edited)
        if clip_frame is not None and not segment.retimed:
            assert playlist.edited_of(clip_frame) == edited


@settings(max_examples=50)
@given(playlists())
def test_the_sound_has_every_sample_once_and_in_order(
    case: tuple[ClipWindow, tuple[Span, ...], Playlist],
) -> None:
    _, _, playlist = case
    assert playlist.sound[0].start == 0
    assert playlist.sound[-1].stop == playlist.samples
    assert all(one.stop == other.start for one, other in pairwise(playlist.sound))
    assert all(piece.start < piece.stop for piece in playlist.sound)


@settings(max_examples=50)
@given(playlists(), st.data())
def test_a_sample_is_found_where_it_is_heard(
    case: tuple[ClipWindow, tuple[Span, ...], Playlist], data: st.DataObject
) -> None:
    _, _, playlist = case
    sample = data.draw(st.integers(0, playlist.samples - 1))
    (piece,) = playlist.sound_between(sample, sample + 1)
    if piece.clip is not None:
        found = playlist.edited_sample_of(piece.clip)
        # The sounds on either side of a cut may overlap by their leads: then the earlier one is found.
        assert found is not None
        assert found <= sample
        assert next(playlist.sound_between(found, found + 1)).clip == piece.clip


@settings(max_examples=50)
@given(playlists(), st.data())
def test_sound_and_picture_of_a_source_are_in_step(
    case: tuple[ClipWindow, tuple[Span, ...], Playlist], data: st.DataObject
) -> None:
    """In the middle of a frame the sample heard is that of the frame seen, to a sample's rounding."""
    _, _, playlist = case
    frame = data.draw(st.integers(0, playlist.frames - 1))
    segment, _ = playlist.segment_at(frame)
    middle = (playlist.sample_of(frame) + playlist.sample_of(frame + 1)) // 2
    heard = playlist.source_sample_at(middle)
    if segment.silent:
        assert heard is None
    else:
        place = playlist.frame_at(frame)
        into = middle - playlist.sample_of(frame)
        assert heard is not None
        assert heard[0] == place.source
        assert abs(heard[1] - (playlist.sample_of(place.frame) + into)) <= 2


@given(st.fractions(5, 120, max_denominator=1001), st.integers(-1000, 1_000_000))
def test_samples_are_counted_as_the_engine_counts_them(rate: Fraction, frame: int) -> None:
    assert before(window(rate=rate)).sample_of(frame) == round(frame * 48_000 / rate)


@given(st.sampled_from(RATES), st.integers(-1000, 1_000_000))
def test_frames_begin_with_their_sample(rate: Fraction, frame: int) -> None:
    playlist = before(window(rate=rate))
    assert playlist.frame_of(playlist.sample_of(frame)) == frame
    assert playlist.frame_of(playlist.sample_of(frame + 1) - 1) == frame


def test_before_the_edit_every_frame_is_the_clips_own() -> None:
    playlist = before(window(3))
    assert [playlist.frame_at(at) for at in range(playlist.frames)] == [
        Place(source=CLIP, frame=at) for at in range(3)
    ]
    assert playlist.edited_of(2) == 2
    assert playlist.samples == 3 * 1920


def test_a_take_is_shown_without_its_handles() -> None:
    clip = window()
    made = shots(clip, Keep(start=0, end=80), Keep(start=100, end=200))
    playlist = after(clip, made, takes(made))
    assert playlist.frame_at(74) == Place(source=CLIP, frame=74)
    assert playlist.frame_at(75) == Place(source="take0", frame=12)
    assert playlist.frame_at(84) == Place(source="take0", frame=21)
    assert playlist.frame_at(85) == Place(source=CLIP, frame=105)


def test_without_a_take_a_removal_is_a_straight_cut() -> None:
    clip = window()
    made = shots(clip, Keep(start=0, end=80), Keep(start=100, end=200))
    playlist = after(clip, made, {})
    assert [playlist.frame_at(at).frame for at in (79, 80)] == [79, 100]
    assert playlist.source_sample_at(80 * 1920) == (CLIP, 100 * 1920)
    assert playlist.edited_of(90) is None
    assert playlist.edited_near(90) == 80


def test_the_sounds_cut_leads_the_pictures() -> None:
    clip = window()
    made = shots(clip, Keep(start=0, end=80), Keep(start=100, end=200, lead=-500))
    playlist = after(clip, made, {})
    assert playlist.source_sample_at(80 * 1920 - 501) == (CLIP, 80 * 1920 - 501)
    assert playlist.source_sample_at(80 * 1920 - 500) == (CLIP, 100 * 1920 - 500)


def test_footage_that_goes_on_is_one_segment() -> None:
    clip = window()
    playlist = after(clip, shots(clip, Keep(start=0, end=80), Keep(start=100, end=200)), {})
    assert [segment.clip for segment in playlist.segments] == [(0, 80), (100, 200)]


def test_new_words_without_a_take_hold_the_frame_before_them_in_silence() -> None:
    clip = window()
    made = shots(clip, Keep(start=0, end=80), Add(frames=30, speech=0), Keep(start=80, end=200))
    playlist = after(clip, made, {})
    assert {playlist.frame_at(at).frame for at in range(80, 110)} == {79}
    assert playlist.source_sample_at(90 * 1920) is None
    assert playlist.clip_frame_at(90) is None
    assert playlist.clip_frame_near(90) == 79
    assert playlist.segment_at(90)[0].speech == 0


def test_a_take_of_29_97_is_heard_without_a_skipped_sample() -> None:
    clip = window(rate=Fraction(30000, 1001))
    made = shots(clip, Keep(start=0, end=31), Add(frames=7, speech=0), Keep(start=44, end=200))
    playlist = after(clip, made, takes(made))
    heard = [piece for piece in playlist.sound if piece.source == "take0"]
    for one, other in pairwise(heard):
        assert other.first - one.first == other.start - one.start


def test_a_trimmed_end_plays_nothing() -> None:
    clip = window()
    made = shots(clip, Keep(start=20, end=180))
    assert after(clip, made, {}).frames == 160


def test_frames_outside_the_clip_are_an_error() -> None:
    with pytest.raises(IndexError, match="frame 3 of an edited clip of 3 frames"):
        before(window(3)).frame_at(3)
