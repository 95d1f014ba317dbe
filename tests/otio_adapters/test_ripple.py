"""Edits on one track, held against lists of frames."""

from __future__ import annotations

from fractions import Fraction

import opentimelineio as otio
import pytest
from frame_sheet import Frame, sheet
from hypothesis import given
from hypothesis import strategies as st

from otio_adapters.errors import UnsupportedEdit
from otio_adapters.links import LinkNumbers
from otio_adapters.opentime import TimeRange, rational_time, time_range
from otio_adapters.ripple import Blade, add_time, gap, overwrite, remove, replace, split

R = Fraction(30000, 1001)


def blade() -> Blade:
    return Blade(rate=R, links=LinkNumbers(otio.schema.Timeline()))


def clip(name: str, start: int, frames: int) -> otio.schema.Clip:
    reference = otio.schema.ExternalReference(f"/media/{name}", time_range(0, 10_000, R))
    return otio.schema.Clip(name, reference, time_range(start, frames, R))


def track(*items: otio.core.Composable) -> otio.schema.Track:
    made = otio.schema.Track("V1", kind="Video")
    made.extend(list(items))
    return made


@st.composite
def tracks(draw: st.DrawFn) -> otio.schema.Track:
    items: list[otio.core.Item] = []
    for number in range(draw(st.integers(1, 5))):
        frames = draw(st.integers(1, 12))
        items.append(gap(frames, R) if draw(st.booleans()) else clip(f"{number}.mov", 100 * number, frames))
    return track(*items)


def without_tail(frames: list[Frame]) -> list[Frame]:
    """A gap at the end of a track is nothing that plays."""
    while frames and frames[-1] is None:
        frames = frames[:-1]
    return frames


@given(tracks(), st.integers(0, 70))
def test_a_split_changes_nothing_that_plays(before: otio.schema.Track, at: int) -> None:
    assert sheet(split(before, at, blade()), R) == sheet(before, R)


@given(tracks(), st.integers(0, 60), st.integers(1, 20))
def test_a_removal_takes_its_frames_and_no_other(before: otio.schema.Track, at: int, count: int) -> None:
    frames = sheet(before, R)
    assert sheet(remove(before, at, count, blade()), R) == frames[:at] + frames[at + count :]


@given(tracks(), st.integers(0, 60), st.integers(1, 20))
def test_added_time_is_a_gap_and_a_hole_where_it_tears_a_clip(
    before: otio.schema.Track, at: int, count: int
) -> None:
    frames = sheet(before, R)
    after, hole = add_time(before, at, count, blade())
    wanted = frames if at >= len(frames) else frames[:at] + [None] * count + frames[at:]
    assert sheet(after, R) == wanted
    same_clip = 0 < at < len(frames) and frames[at - 1] is not None and frames[at] is not None
    torn = same_clip and frames[at - 1][0] == frames[at][0]  # type: ignore[index]
    assert (hole is not None) == torn


@given(tracks(), st.integers(0, 60), st.integers(0, 20), st.integers(1, 20))
def test_a_replacement_has_its_own_length(
    before: otio.schema.Track, at: int, count: int, length: int
) -> None:
    frames = sheet(before, R)
    padded = frames + [None] * max(0, at - len(frames))
    new = clip("new.mov", 5, length)
    after = sheet(replace(before, at, count, (new,), blade()), R)
    assert after == padded[:at] + [("new.mov", Fraction(5 + k)) for k in range(length)] + padded[at + count :]


@given(tracks(), st.integers(0, 30), st.integers(1, 20))
def test_an_overwrite_moves_nothing(before: otio.schema.Track, at: int, length: int) -> None:
    frames = sheet(before, R)
    after = sheet(overwrite(before, at, (clip("new.mov", 0, length),), blade()), R)
    assert after[:at][: len(frames)] == frames[:at]
    assert after[at + length :] == frames[at + length :]


def test_the_given_track_is_left_alone() -> None:
    before = track(clip("a.mov", 0, 10), clip("b.mov", 0, 10))
    text = before.to_json_string()
    remove(before, 5, 10, blade())
    add_time(before, 5, 10, blade())
    assert before.to_json_string() == text


def dissolve(before: int, after: int) -> otio.schema.Transition:
    return otio.schema.Transition(
        "Dissolve", "SMPTE_Dissolve", rational_time(before, R), rational_time(after, R)
    )


@pytest.mark.parametrize("at", [8, 9, 10, 11, 12])
def test_a_cut_in_a_dissolve_is_refused_by_its_name(at: int) -> None:
    mixed = track(clip("a.mov", 50, 10), dissolve(3, 3), clip("b.mov", 50, 10))
    with pytest.raises(UnsupportedEdit, match="Dissolve"):
        remove(mixed, at, 5, blade())


@pytest.mark.parametrize("at", [3, 7, 13])
def test_a_cut_at_the_edge_of_a_dissolve_or_away_from_it_is_made(at: int) -> None:
    mixed = track(clip("a.mov", 50, 10), dissolve(3, 3), clip("b.mov", 50, 10))
    assert len(sheet(split(mixed, at, blade()), R)) == 20


def test_a_dissolve_goes_with_the_clips_on_both_of_its_sides() -> None:
    mixed = track(clip("a.mov", 50, 10), dissolve(3, 3), clip("b.mov", 50, 10))
    after = remove(mixed, 2, 16, blade())
    assert not any(isinstance(item, otio.schema.Transition) for item in after)
    assert len(sheet(after, R)) == 4


def test_both_halves_of_a_retimed_clip_play_on_at_its_speed() -> None:
    fast = clip("a.mov", 100, 10)
    fast.effects.append(otio.schema.LinearTimeWarp("fast", time_scalar=2))
    left, right = split(track(fast), 4, blade())
    assert (left.source_range, right.source_range) == (time_range(100, 4, R), time_range(108, 6, R))


def test_a_ramp_is_refused_by_name() -> None:
    ramped = clip("a.mov", 0, 10)
    ramped.effects.append(otio.schema.TimeEffect("Ramp", "ramp"))
    with pytest.raises(UnsupportedEdit, match=r"'a\.mov' has the speed effect 'Ramp'"):
        split(track(ramped), 4, blade())


def test_a_clips_markers_stay_with_the_half_they_are_in() -> None:
    marked = clip("a.mov", 100, 10)
    marked.markers.extend([otio.schema.Marker(f"at {at}", time_range(at, 0, R)) for at in (103, 106)])
    left, right = split(track(marked), 5, blade())
    assert [[one.name for one in half.markers] for half in (left, right)] == [["at 103"], ["at 106"]]


def test_sound_counted_in_samples_is_cut_at_the_picture_frame() -> None:
    sound = otio.schema.Clip(
        "a.wav",
        otio.schema.ExternalReference("/media/a.wav"),
        TimeRange(rational_time(0, Fraction(48000)), rational_time(48048, Fraction(48000))),
    )
    left, right = split(track(sound), 10, blade())
    assert left.source_range.duration == rational_time(16016, Fraction(48000))
    assert right.source_range.start_time == rational_time(16016, Fraction(48000))


def test_a_track_that_trims_its_own_content_is_refused() -> None:
    trimmed = track(clip("a.mov", 0, 10))
    trimmed.source_range = time_range(2, 5, R)
    with pytest.raises(UnsupportedEdit, match="only a part"):
        remove(trimmed, 3, 2, blade())


def test_a_track_range_as_long_as_the_timeline_shrinks_with_it() -> None:
    """Kdenlive gives every track such a range."""
    whole = track(clip("a.mov", 0, 10))
    whole.source_range = time_range(0, 30, R)
    assert remove(whole, 3, 2, blade()).source_range == time_range(0, 28, R)
