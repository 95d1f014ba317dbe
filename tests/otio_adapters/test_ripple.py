"""Changes on one track, held against lists of frames."""

from __future__ import annotations

from fractions import Fraction

import opentimelineio as otio
import pytest
from frame_sheet import Frame, sheet
from hypothesis import example, given
from hypothesis import strategies as st

from otio_adapters.errors import UnsupportedEdit
from otio_adapters.links import LinkNumbers
from otio_adapters.opentime import Clock, TimeRange, rational_time, time_range
from otio_adapters.ripple import Blade, gap, laid
from otio_adapters.track_changes import Change, Torn, TrackEdit

R = Fraction(30000, 1001)


def blade() -> Blade:
    return Blade(clock=Clock(rate=R), links=LinkNumbers(()))


def changed(before: otio.schema.Track, *changes: Change) -> tuple[otio.schema.Track, tuple[Torn, ...]]:
    after = before.deepcopy()
    return after, TrackEdit(after, laid(after, R), changes, blade()).make()


def remove(before: otio.schema.Track, at: int, frames: int) -> otio.schema.Track:
    return changed(before, Change(start=at, end=at + frames))[0]


def replace(before: otio.schema.Track, at: int, frames: int, *items: otio.core.Item) -> otio.schema.Track:
    return changed(before, Change(start=at, end=at + frames, items=items))[0]


def split(before: otio.schema.Track, at: int) -> otio.schema.Track:
    """Cut in two by an item of no length."""
    after = replace(before, at, 0, gap(0, R))
    del after[[item.duration().value == 0 for item in after].index(True)]
    return after


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


@given(tracks(), st.integers(0, 60), st.integers(1, 20))
def test_a_removal_takes_its_frames_and_no_other(before: otio.schema.Track, at: int, count: int) -> None:
    frames = sheet(before, R)
    assert sheet(remove(before, at, count), R) == frames[:at] + frames[at + count :]


@given(tracks(), st.integers(0, 60), st.integers(1, 20))
def test_added_time_is_a_gap_and_a_hole_where_it_tears_a_clip(
    before: otio.schema.Track, at: int, count: int
) -> None:
    frames = sheet(before, R)
    after, holes = changed(before, Change(start=at, end=at, added=count))
    wanted = frames if at >= len(frames) else frames[:at] + [None] * count + frames[at:]
    assert sheet(after, R) == wanted
    same_clip = 0 < at < len(frames) and frames[at - 1] is not None and frames[at] is not None
    torn = same_clip and frames[at - 1][0] == frames[at][0]  # type: ignore[index]
    assert [(hole.start, hole.frames) for hole in holes] == ([(at, count)] if torn else [])


@given(tracks(), st.integers(0, 60), st.integers(1, 20))
def test_added_time_never_makes_two_gaps_of_one(before: otio.schema.Track, at: int, count: int) -> None:
    def gaps(track: otio.schema.Track) -> int:
        return sum(isinstance(item, otio.schema.Gap) for item in track)

    after, _ = changed(before, Change(start=at, end=at, added=count))
    idle = gaps(before) > 0 and gaps(after) == gaps(before)
    assert idle or gaps(after) - gaps(before) == (at < len(sheet(before, R)))


@given(tracks(), st.integers(0, 60), st.integers(0, 20), st.integers(1, 20))
def test_a_replacement_has_its_own_length(
    before: otio.schema.Track, at: int, count: int, length: int
) -> None:
    frames = sheet(before, R)
    padded = frames + [None] * max(0, at - len(frames))
    after = sheet(replace(before, at, count, clip("new.mov", 5, length)), R)
    assert after == padded[:at] + [("new.mov", Fraction(5 + k)) for k in range(length)] + padded[at + count :]


@given(tracks(), st.integers(0, 30), st.integers(1, 20))
def test_an_overwrite_moves_nothing(before: otio.schema.Track, at: int, length: int) -> None:
    frames = sheet(before, R)
    after = sheet(replace(before, at, length, clip("new.mov", 0, length)), R)
    assert after[:at][: len(frames)] == frames[:at]
    assert after[at + length :] == frames[at + length :]


@st.composite
def several(draw: st.DrawFn) -> list[tuple[int, int, int, int]]:
    """Changes that may touch and never overlap: (start, removed, added, frames put in)."""
    found, at = [], 0
    for _ in range(draw(st.integers(1, 4))):
        at += draw(st.integers(0, 9))
        removed = draw(st.integers(0, 9))
        put_in = draw(st.integers(0, 5))
        added = 0 if put_in else draw(st.integers(0, 5))
        if removed or added or put_in:
            found.append((at, removed, added, put_in))
            at += removed + (not removed)
    return found


def clips_after_a_gap(frames: int) -> otio.schema.Track:
    return track(gap(frames, R), clip("0.mov", 0, 1), clip("1.mov", 100, 1))


@given(tracks(), several())
@example(clips_after_a_gap(1), [(0, 1, 0, 1), (1, 0, 1, 0)])
@example(clips_after_a_gap(1), [(0, 1, 0, 1), (1, 1, 1, 0)])
@example(clips_after_a_gap(10), [(2, 2, 0, 1), (4, 2, 0, 0)])
@example(track(clip("2.mov", 200, 2), gap(8, R), clip("0.mov", 0, 1)), [(1, 3, 0, 0), (4, 2, 0, 0)])
@example(clips_after_a_gap(10), [(0, 2, 0, 1), (2, 2, 0, 0), (4, 2, 0, 0)])
@example(clips_after_a_gap(10), [(4, 0, 0, 1), (4, 2, 0, 0)])
def test_several_changes_count_frames_of_the_track_as_it_was(
    before: otio.schema.Track, wanted: list[tuple[int, int, int, int]]
) -> None:
    frames = sheet(before, R)
    end = len(frames)
    changes = []
    for at, removed, added, put_in in reversed(wanted):
        new = [("new.mov", Fraction(k)) for k in range(put_in)]
        if put_in:
            frames += [None] * (at - len(frames))
        if put_in or at < end:
            time = [None] * added if at + removed < end or frames[at + removed :] else []
            frames = [*frames[:at], *new, *time, *frames[at + removed :]]
        items = (clip("new.mov", 0, put_in),) if put_in else ()
        changes.append(Change(start=at, end=at + removed, items=items, added=added))
    assert without_tail(sheet(changed(before, *changes)[0], R)) == without_tail(frames)


def dissolve(before: int, after: int) -> otio.schema.Transition:
    return otio.schema.Transition(
        "Dissolve", "SMPTE_Dissolve", rational_time(before, R), rational_time(after, R)
    )


def mixed(before: int = 3, after: int = 3) -> otio.schema.Track:
    """A ten frames, B ten frames, C ten frames; A and B mixed around frame 10."""
    clips = [clip(f"{name}.mov", 50, 10) for name in "abc"]
    return track(clips[0], dissolve(before, after), *clips[1:])


@pytest.mark.parametrize("at", [8, 9, 11, 12])
def test_a_cut_in_a_dissolve_is_refused_by_its_name(at: int) -> None:
    with pytest.raises(UnsupportedEdit, match="'Dissolve' at 00:00:00:10 lies where the edit cuts"):
        remove(mixed(), at, 5)


@pytest.mark.parametrize("at", [3, 7, 13])
def test_a_cut_at_the_edge_of_a_dissolve_or_away_from_it_is_made(at: int) -> None:
    assert len(sheet(split(mixed(), at), R)) == 30


@pytest.mark.parametrize(("at", "count", "one_more"), [(10, 7, (10, 8)), (4, 6, (2, 8))])
def test_a_clip_is_trimmed_at_its_dissolve_as_far_as_the_frames_that_are_mixed(
    at: int, count: int, one_more: tuple[int, int]
) -> None:
    after = remove(mixed(), at, count)
    assert [item.schema_name() for item in after] == ["Clip", "Transition", "Clip", "Clip"]
    with pytest.raises(UnsupportedEdit, match="would be left with 2 of the 3 frames that it mixes"):
        remove(mixed(), *one_more)


@pytest.mark.parametrize(("start", "end"), [(10, 16), (4, 10)])
def test_a_take_up_to_a_dissolve_has_the_handle_that_it_needs_or_is_refused(start: int, end: int) -> None:
    take = clip("take.mov", 4, end - start)
    after, _ = changed(mixed(), Change(start=start, end=end, items=(take,), handles=(3, 3)))
    assert sum(isinstance(item, otio.schema.Transition) for item in after) == 1
    with pytest.raises(UnsupportedEdit, match=r"needs 3 spare frames .*, and the take has 2"):
        changed(mixed(), Change(start=start, end=end, items=(take.deepcopy(),), handles=(2, 2)))


def test_a_take_too_short_for_the_dissolve_before_it_is_refused() -> None:
    change = Change(start=10, end=20, items=(clip("take.mov", 4, 2),), handles=(9, 9))
    with pytest.raises(UnsupportedEdit, match="would be left with 2 of the 3"):
        changed(mixed(), change)


def test_time_does_not_come_in_between_a_dissolves_clips() -> None:
    with pytest.raises(UnsupportedEdit, match="lies where the edit cuts"):
        changed(mixed(0, 6), Change(start=10, end=10, added=4))


def test_a_fade_at_the_head_of_a_track_is_not_lost_with_the_frames_it_fades() -> None:
    faded = track(dissolve(0, 4), clip("a.mov", 50, 10))
    assert isinstance(remove(faded, 0, 6)[0], otio.schema.Transition)
    with pytest.raises(UnsupportedEdit, match="would be left with 3 of the 4"):
        remove(faded, 0, 7)


def test_a_dissolve_goes_with_the_clips_on_both_of_its_sides() -> None:
    after = remove(mixed(), 2, 16)
    assert not any(isinstance(item, otio.schema.Transition) for item in after)
    assert len(sheet(after, R)) == 14


def test_both_halves_of_a_retimed_clip_play_on_at_its_speed() -> None:
    fast = clip("a.mov", 100, 10)
    fast.effects.append(otio.schema.LinearTimeWarp("fast", time_scalar=2))
    left, right = split(track(fast), 4)
    assert (left.source_range, right.source_range) == (time_range(100, 4, R), time_range(108, 6, R))


def test_a_ramp_is_refused_by_name() -> None:
    ramped = clip("a.mov", 0, 10)
    ramped.effects.append(otio.schema.TimeEffect("Ramp", "ramp"))
    with pytest.raises(UnsupportedEdit, match=r"'a\.mov' at 00:00:00:00 has a variable speed"):
        split(track(ramped), 4)


def test_a_clips_markers_stay_with_the_half_they_are_in() -> None:
    marked = clip("a.mov", 100, 10)
    marked.markers.extend([otio.schema.Marker(f"at {at}", time_range(at, 0, R)) for at in (103, 106)])
    left, right = split(track(marked), 5)
    assert [[one.name for one in half.markers] for half in (left, right)] == [["at 103"], ["at 106"]]


def test_sound_counted_in_samples_is_cut_at_the_picture_frame() -> None:
    sound = otio.schema.Clip(
        "a.wav",
        otio.schema.ExternalReference("/media/a.wav"),
        TimeRange(rational_time(0, Fraction(48000)), rational_time(48048, Fraction(48000))),
    )
    left, right = split(track(sound), 10)
    assert left.source_range.duration == rational_time(16016, Fraction(48000))
    assert right.source_range.start_time == rational_time(16016, Fraction(48000))


def test_a_track_that_shows_a_part_of_its_content_is_cut_where_it_is_seen() -> None:
    trimmed = track(clip("a.mov", 0, 10))
    trimmed.source_range = time_range(2, 5, R)
    after = remove(trimmed, 1, 2)
    assert after.source_range == time_range(2, 3, R)
    assert sheet(after, R)[2:5] == [("a.mov", Fraction(at)) for at in (2, 5, 6)]
    with pytest.raises(UnsupportedEdit, match="'V1' ends at 00:00:00:05, amid what the edit takes out"):
        remove(trimmed, 3, 4)


def test_a_track_range_as_long_as_the_timeline_shrinks_with_it() -> None:
    """Kdenlive gives every track such a range."""
    whole = track(clip("a.mov", 0, 10))
    whole.source_range = time_range(0, 30, R)
    assert remove(whole, 3, 2).source_range == time_range(0, 28, R)
