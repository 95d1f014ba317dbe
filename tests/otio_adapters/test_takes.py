"""Takes placed on a timeline, held frame by frame against lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest
from frame_sheet import Frame, sheet
from hypothesis import given, settings
from hypothesis import strategies as st
from timelines import Cut, Source, timeline

from otio_adapters.errors import UnsupportedEdit, UnwritableOutput
from otio_adapters.links import link_of, set_link
from otio_adapters.media_linker import MediaFacts
from otio_adapters.opentime import exact_frames, rational_time, time_range
from otio_adapters.takes import (
    SOURCE_KEY,
    Hole,
    Lay,
    Placed,
    Placement,
    Ripple,
    RippleMode,
    Splice,
    check_lay,
    find_clip,
    place_takes,
)

RATES = (Fraction(24), Fraction(25), Fraction(30), Fraction(30000, 1001))
TEN_HOURS = 1_078_920  # 10:00:00;00 at 30000/1001
MEDIA = Path("/media/interview.mov")
BED = Path("/media/music.wav")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A timeline of three clips or so, one of them to be edited, and the takes for it."""

    timeline: otio.schema.Timeline
    rate: Fraction
    clip: str
    placements: tuple[Placement, ...]
    marker: int

    @property
    def ripples(self) -> list[Ripple]:
        found = [ripple for placement in self.placements for ripple in placement.ripples]
        return sorted(found, key=lambda ripple: -ripple.at)


def take(start: int, length: int, rate: Fraction, *ripples: Ripple, name: str = "take") -> Placement:
    """A take with four frames of handle on either side, its timecode at ten hours."""
    shown = length + sum(ripple.added - ripple.removed for ripple in ripples)
    return Placement(
        start=start,
        length=length,
        media=Path(f"/takes/{name}.mov"),
        name=name,
        facts=MediaFacts(rate=rate, start=TEN_HOURS + start, frames=shown + 8),
        source_range=(4, shown),
        ripples=ripples,
    )


def cut_of(lengths: Sequence[int], rate: Fraction, *, marker: int | None = None) -> otio.schema.Timeline:
    cuts = [
        Cut(name=f"clip {number}", media=MEDIA, start=200 * number, frames=frames)
        for number, frames in enumerate(lengths, start=1)
    ]
    bed = Cut(name="music", media=BED, start=7, frames=sum(lengths))
    made = timeline(
        cuts,
        Source(frames=2000, timecode=TEN_HOURS),
        rate,
        bed=(bed, Source(frames=9000)),
        marker=marker,
        start=107_892,
    )
    return made


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    rate = draw(st.sampled_from(RATES))
    lengths = draw(st.lists(st.integers(20, 60), min_size=1, max_size=4))
    number = draw(st.integers(0, len(lengths) - 1))
    begin = sum(lengths[:number])
    marker = draw(st.integers(0, sum(lengths) - 1))
    placements = []
    at = begin
    for count in range(draw(st.integers(1, 3))):
        room = begin + lengths[number] - at
        if room < 6:
            break
        start = at + draw(st.integers(0, room - 6))
        length = draw(st.integers(6, begin + lengths[number] - start))
        removed = draw(st.integers(0, 3))
        ripples = [Ripple(at=start + 1, removed=removed)] if removed else []
        if draw(st.booleans()):
            ripples.append(Ripple(at=start + 5, added=draw(st.integers(1, 9))))
        placements.append(take(start, length, rate, *ripples, name=f"take {count}"))
        at = start + length
    made = cut_of(lengths, rate, marker=marker)
    return Scene(
        timeline=made,
        rate=rate,
        clip=f"clip {number + 1}",
        placements=tuple(placements),
        marker=marker,
    )


def run(scene: Scene, mode: RippleMode) -> otio.schema.Timeline:
    place = find_clip(scene.timeline, scene.clip)
    return place_takes(scene.timeline, place, scene.placements, mode).timeline


def with_takes(frames: list[Frame], placements: Sequence[Placement]) -> list[Frame]:
    for placement in reversed(placements):
        first = placement.facts.start + placement.source_range[0]
        shown = [(placement.media.name, Fraction(first + k)) for k in range(placement.source_range[1])]
        frames = frames[: placement.start] + list(shown) + frames[placement.end :]
    return frames


@settings(max_examples=40)
@given(scenes(), st.sampled_from(["all", "linked"]))
def test_only_the_replaced_frames_change_and_sound_keeps_in_step(scene: Scene, mode: RippleMode) -> None:
    before = sheet(scene.timeline.tracks[0], scene.rate)
    after = run(scene, mode)
    picture, sound, _ = (sheet(track, scene.rate) for track in after.tracks)
    assert picture == with_takes(before, scene.placements)
    assert sound == picture


@settings(max_examples=40)
@given(scenes())
def test_under_all_every_other_track_loses_and_gains_the_same_frames(scene: Scene) -> None:
    expected = sheet(scene.timeline.tracks[2], scene.rate)
    for ripple in scene.ripples:
        expected = expected[: ripple.at] + expected[ripple.at + ripple.removed :]
        if ripple.at < len(expected):
            expected[ripple.at : ripple.at] = [None] * ripple.added
    assert sheet(run(scene, "all").tracks[2], scene.rate) == expected


@settings(max_examples=40)
@given(scenes())
def test_under_linked_other_tracks_and_markers_stay(scene: Scene) -> None:
    after = run(scene, "linked")
    assert after.tracks[2].is_equivalent_to(scene.timeline.tracks[2])
    assert marker_of(after, scene.rate) == scene.marker


@settings(max_examples=40)
@given(scenes())
def test_a_marker_keeps_to_its_frame_or_to_the_start_of_what_was_taken_out(scene: Scene) -> None:
    frames: list[int | None] = list(range(10_000))
    for ripple in scene.ripples:
        frames = [*frames[: ripple.at], *[None] * ripple.added, *frames[ripple.at + ripple.removed :]]
    expected = next(at for at, was in enumerate(frames) if was is not None and was >= scene.marker)
    assert marker_of(run(scene, "all"), scene.rate) == expected


@settings(max_examples=40)
@given(scenes())
def test_the_given_timeline_and_its_start_timecode_stay(scene: Scene) -> None:
    text = scene.timeline.to_json_string()
    assert run(scene, "all").global_start_time == scene.timeline.global_start_time
    assert scene.timeline.to_json_string() == text


@settings(max_examples=40)
@given(scenes())
def test_the_report_tells_where_each_take_lies_and_how_long_all_is(scene: Scene) -> None:
    place = find_clip(scene.timeline, scene.clip)
    report = place_takes(scene.timeline, place, scene.placements)
    picture = sheet(report.timeline.tracks[0], scene.rate)
    for placed, placement in zip(report.placed, scene.placements, strict=True):
        shown = picture[placed.start : placed.start + placed.frames]
        assert {frame and frame[0] for frame in shown} == {placement.media.name}
        assert len(shown) == placement.source_range[1]
    assert report.duration_after - report.duration_before == sum(one.change for one in scene.placements)


def marker_of(made: otio.schema.Timeline, rate: Fraction) -> int:
    return int(exact_frames(made.tracks.markers[0].marked_range.start_time, rate))


R = Fraction(25)


def test_a_clip_of_another_track_that_spans_an_addition_is_split_and_the_hole_reported() -> None:
    made = cut_of([40, 40, 40], R)
    report = place_takes(made, find_clip(made, "clip 2"), [take(50, 10, R, Ripple(at=55, added=6))])
    assert report.holes == (Hole(track="A2", start=55, frames=6, clip="music"),)
    assert [link_of(item) for item in report.timeline.tracks[2]] == [None, None, None]


def test_holes_are_told_in_frames_of_the_new_timeline() -> None:
    made = cut_of([40, 40, 40], R)
    placements = [
        take(44, 8, R, Ripple(at=46, removed=3), name="one"),
        take(60, 8, R, Ripple(at=62, added=5), name="two"),
    ]
    report = place_takes(made, find_clip(made, "clip 2"), placements)
    assert report.holes == (Hole(track="A2", start=59, frames=5, clip="music"),)
    assert report.placed == (
        Placed(name="one", start=44, frames=5),
        Placed(name="two", start=57, frames=13),
    )


def test_the_original_media_is_one_step_behind_the_take() -> None:
    made = cut_of([40], R)
    after = place_takes(made, find_clip(made, "clip 1"), [take(10, 10, R)]).timeline
    shown = after.tracks[0][1]
    assert shown.media_reference.target_url == "/takes/take.mov"
    assert shown.media_references()[SOURCE_KEY].target_url == str(MEDIA)
    assert shown.metadata["pickup"]["source_range"] == time_range(TEN_HOURS + 210, 10, R)


def test_a_take_of_a_take_still_leads_back_to_the_camera_original() -> None:
    made = cut_of([40], R)
    once = place_takes(made, find_clip(made, "clip 1"), [take(10, 20, R, name="v1")]).timeline
    again = place_takes(once, find_clip(once, "v1"), [take(15, 5, R, name="v2")]).timeline
    shown = again.tracks[0][2]
    assert (shown.name, shown.media_references()[SOURCE_KEY].target_url) == ("v2", str(MEDIA))


def test_a_take_carries_its_handles_and_its_own_timecode() -> None:
    made = cut_of([40], R)
    after = place_takes(made, find_clip(made, "clip 1"), [take(10, 10, R)]).timeline
    shown = after.tracks[0][1]
    assert shown.source_range == time_range(TEN_HOURS + 14, 10, R)
    assert shown.media_reference.available_range == time_range(TEN_HOURS + 10, 18, R)


def test_the_clips_effects_and_metadata_come_with_the_take() -> None:
    made = cut_of([40], R)
    made.tracks[0][0].effects.append(otio.schema.Effect("Grade", "grade"))
    made.tracks[0][0].metadata["Resolve_OTIO"] = {"Colour": "Orange"}
    after = place_takes(made, find_clip(made, "clip 1"), [take(10, 10, R)]).timeline
    assert [[one.name for one in item.effects] for item in after.tracks[0]] == [["Grade"]] * 3
    assert after.tracks[0][1].metadata["Resolve_OTIO"]["Colour"] == "Orange"


def test_a_marker_on_the_clip_goes_to_the_same_moment_of_the_take() -> None:
    made = cut_of([40], R)
    marker = otio.schema.Marker("blink", time_range(TEN_HOURS + 200 + 18, 0, R))
    made.tracks[0][0].markers.append(marker)
    edit = take(10, 20, R, Ripple(at=12, removed=3))
    after = place_takes(made, find_clip(made, "clip 1"), [edit]).timeline
    assert [len(item.markers) for item in after.tracks[0]] == [0, 1, 0]
    first = after.tracks[0][1].source_range.start_time
    at = after.tracks[0][1].markers[0].marked_range.start_time
    assert at - first == rational_time(18 - 10 - 3, R)


# A take that is longer by two pieces, of which other tracks see only the sum, at its end.
SPREAD = (Ripple(at=15, added=4), Ripple(at=25, added=6))


def spread_take() -> Placement:
    return replace(take(10, 20, R, Ripple(at=30, added=10)), moments=SPREAD)


@pytest.mark.parametrize(
    ("at", "frames", "goes_to", "lasts"),
    [(12, 1, 12, 1), (14, 4, 14, 8), (17, 3, 21, 3), (20, 10, 24, 16), (30, 5, 40, 5), (35, 0, 45, 0)],
)
def test_a_marker_within_a_take_follows_its_moments_not_the_sum(
    at: int, frames: int, goes_to: int, lasts: int
) -> None:
    made = cut_of([40], R)
    made.tracks.markers.append(otio.schema.Marker("caption", time_range(at, frames, R)))
    after = place_takes(made, find_clip(made, "clip 1"), [spread_take()]).timeline
    assert after.tracks.markers[0].marked_range == time_range(goes_to, lasts, R)


def test_a_marker_on_the_clip_goes_by_the_moments_too_and_becomes_as_long() -> None:
    made = cut_of([40], R)
    marker = otio.schema.Marker("caption", time_range(TEN_HOURS + 200 + 14, 8, R))
    made.tracks[0][0].markers.append(marker)
    after = place_takes(made, find_clip(made, "clip 1"), [spread_take()]).timeline
    shown = after.tracks[0][1]
    span = shown.markers[0].marked_range
    assert span.start_time - shown.source_range.start_time == rational_time(4, R)
    assert span.duration == rational_time(8 + 4, R)


def test_moments_that_do_not_make_up_the_change_are_the_callers_mistake() -> None:
    made = cut_of([40], R)
    wrong = replace(spread_take(), moments=SPREAD[:1])
    with pytest.raises(ValueError, match="do not make up its change of length"):
        place_takes(made, find_clip(made, "clip 1"), [wrong])


def test_picture_and_sound_of_each_piece_share_a_link_of_their_own() -> None:
    made = cut_of([40, 40], R)
    edit = take(50, 10, R, Ripple(at=52, removed=2))
    after = place_takes(made, find_clip(made, "clip 2"), [edit]).timeline
    picture, sound = ([link_of(item) for item in after.tracks[track]] for track in (0, 1))
    assert picture == sound
    assert len(set(picture)) == 4


def test_resolves_own_link_numbers_are_kept_up() -> None:
    made = cut_of([40], R)
    for track in (0, 1):
        made.tracks[track][0].metadata.clear()
        made.tracks[track][0].metadata["Resolve_OTIO"] = {"Link Group ID": 7}
    after = place_takes(made, find_clip(made, "clip 1"), [take(10, 10, R)]).timeline
    numbers = [[item.metadata["Resolve_OTIO"]["Link Group ID"] for item in after.tracks[t]] for t in (0, 1)]
    assert numbers[0] == numbers[1]
    assert numbers[0][0] == 7
    assert len(set(numbers[0])) == 3


def test_sound_that_starts_later_than_the_picture_is_filled_from_where_it_starts() -> None:
    """An L-cut: the sound of the clip comes in ten frames after its picture."""
    made = cut_of([40], R)
    made.tracks[1][0].source_range = time_range(TEN_HOURS + 210, 30, R)
    made.tracks[1].insert(0, otio.schema.Gap(source_range=time_range(0, 10, R)))
    edit = take(5, 20, R, Ripple(at=7, removed=2))
    after = place_takes(made, find_clip(made, "clip 1"), [edit]).timeline
    picture, sound = (sheet(after.tracks[track], R) for track in (0, 1))
    assert sound[:8] == [None] * 8
    assert sound[8:] == picture[8:]


def test_unlinked_sound_in_step_goes_with_the_picture_and_sound_out_of_step_does_not() -> None:
    made = cut_of([40], R)
    for track in (0, 1):
        made.tracks[track][0].metadata.clear()
    slipped = made.tracks[1].deepcopy()
    slipped[0].source_range = time_range(TEN_HOURS + 203, 40, R)
    made.tracks.append(slipped)
    after = place_takes(made, find_clip(made, "clip 1"), [take(10, 10, R)], "linked").timeline
    assert sheet(after.tracks[1], R) == sheet(after.tracks[0], R)
    assert sheet(after.tracks[3], R) == sheet(made.tracks[3], R)


def test_linked_sound_of_a_recorder_is_replaced_with_the_takes() -> None:
    made = cut_of([40], R)
    made.tracks[2][0].name = "recorder"
    set_link(made.tracks[2][0], 1)
    after = place_takes(made, find_clip(made, "clip 1"), [take(10, 10, R)]).timeline
    assert [frame and frame[0] for frame in sheet(after.tracks[2], R)][10:20] == ["take.mov"] * 10


def test_a_trim_takes_time_without_a_take() -> None:
    made = cut_of([40, 40], R)
    before = sheet(made.tracks[0], R)
    place = find_clip(made, "clip 2")
    report = place_takes(made, place, [take(60, 6, R)], "all", [Ripple(at=40, removed=10)])
    assert report.placed == (Placed(name="take", start=50, frames=6),)
    assert sheet(report.timeline.tracks[0], R)[:50] == before[:40] + before[50:60]
    assert report.duration_after == 70


def test_the_edit_is_told_as_a_list_for_a_program_that_makes_it_itself() -> None:
    made = cut_of([40, 40], R)
    placements = (take(50, 10, R, name="first"), take(70, 5, R, Ripple(at=72, added=3), name="second"))
    trim = Ripple(at=40, removed=10)
    splice = place_takes(made, find_clip(made, "clip 2"), placements[::-1], "linked", [trim]).splice
    assert splice == Splice(placements=placements, trims=(trim,), ripple="linked", track=1, sound_tracks=(1,))


def test_takes_beside_what_was_there_are_no_splice() -> None:
    made = cut_of([40, 40], R)
    assert place_takes(made, find_clip(made, "clip 2"), [take(50, 10, R)], lay="above").splice is None


@pytest.mark.parametrize("at", [40, 55, 80])
def test_a_take_that_replaces_nothing_is_put_in(at: int) -> None:
    made = cut_of([40, 40], R)
    before = sheet(made.tracks[0], R)
    edit = take(at, 0, R, Ripple(at=at, added=7))
    after = place_takes(made, find_clip(made, "clip 2"), [edit]).timeline
    picture, sound = (sheet(after.tracks[track], R) for track in (0, 1))
    assert picture == sound == with_takes(before, [edit])


def test_a_take_of_another_rate_is_the_callers_mistake() -> None:
    made = cut_of([40], R)
    with pytest.raises(ValueError, match="does not fit"):
        place_takes(made, find_clip(made, "clip 1"), [take(10, 10, Fraction(24))])


def test_a_locked_track_without_a_name_is_told_by_its_number() -> None:
    made = cut_of([40], R)
    made.tracks[2].name = ""
    made.tracks[2].metadata["pickup"] = {"locked": True}
    with pytest.raises(UnsupportedEdit, match="track 3 is locked"):
        place_takes(made, find_clip(made, "clip 1"), [take(10, 10, R, Ripple(at=12, removed=2))])


@pytest.mark.parametrize("namespace", ["Resolve_OTIO", "pickup"])
def test_a_locked_track_that_would_have_to_move_is_refused_by_name(namespace: str) -> None:
    made = cut_of([40], R)
    key = "Locked" if namespace == "Resolve_OTIO" else "locked"
    made.tracks[2].metadata[namespace] = {key: True}
    edit = [take(10, 10, R, Ripple(at=12, removed=2))]
    with pytest.raises(UnsupportedEdit, match="'A2' is locked"):
        place_takes(made, find_clip(made, "clip 1"), edit)
    assert place_takes(made, find_clip(made, "clip 1"), edit, "linked").duration_after == 40


def test_an_edit_in_a_dissolve_is_refused_by_its_name() -> None:
    made = cut_of([40, 40], R)
    mix = otio.schema.Transition("Mix", "SMPTE_Dissolve", rational_time(4, R), rational_time(4, R))
    made.tracks[0].insert(1, mix)
    with pytest.raises(UnsupportedEdit, match="'Mix'"):
        place_takes(made, find_clip(made, "clip 2"), [take(42, 10, R)])
    assert place_takes(made, find_clip(made, "clip 2"), [take(44, 10, R)]).duration_after == 80


def test_a_ramp_on_another_track_is_refused_where_it_would_be_cut_and_moves_where_not() -> None:
    made = cut_of([40, 40], R)
    made.tracks[2][0].effects.append(otio.schema.TimeEffect("Ramp", "ramp"))
    with pytest.raises(UnsupportedEdit, match="'music' at 01:11:55:17 has a variable speed"):
        place_takes(made, find_clip(made, "clip 2"), [take(50, 9, R, Ripple(at=52, removed=2))])
    assert place_takes(made, find_clip(made, "clip 2"), [take(50, 9, R)]).duration_after == 80


def fast_cut() -> otio.schema.Timeline:
    made = cut_of([40, 40], R)
    for track in (0, 1):
        made.tracks[track][1].effects.append(otio.schema.LinearTimeWarp("fast", time_scalar=2))
    return made


def test_a_take_in_a_retimed_clip_plays_at_its_own_speed_and_what_is_left_at_the_clips() -> None:
    made = fast_cut()
    after = place_takes(made, find_clip(made, "clip 2"), [take(50, 10, R)]).timeline
    head, shown, tail = list(after.tracks[0])[1:]
    assert [len(one.effects) for one in (head, shown, tail)] == [1, 0, 1]
    assert head.source_range == time_range(TEN_HOURS + 400, 10, R)
    assert tail.source_range == time_range(TEN_HOURS + 440, 20, R)
    assert shown.metadata["pickup"]["source_range"] == time_range(TEN_HOURS + 420, 10, R)
    assert shown.metadata["pickup"]["source_speed"] == "2"


def test_a_clip_linked_on_another_track_stays_linked_on_either_side_of_a_take() -> None:
    """It is cut where time goes, the take's own clip where the take ends."""
    made = cut_of([60], R)
    titles = made.tracks[0].deepcopy()
    titles.name = "V2"
    made.tracks.insert(1, titles)
    edit = take(20, 20, R, Ripple(at=25, removed=3))
    after = place_takes(made, find_clip(made, "clip 1#1"), [edit]).timeline
    picture, above = ([link_of(item) for item in after.tracks[track]] for track in (0, 1))
    assert (above[0], above[-1]) == (picture[0], picture[-1])
    assert picture[0] != picture[-1]


def test_a_take_as_another_reference_leaves_the_clip_its_own_media_under_its_own_key() -> None:
    made = cut_of([40], R)
    after = place_takes(made, find_clip(made, "clip 1"), [take(10, 10, R)], lay="reference").timeline
    shown = after.tracks[0][1]
    assert shown.active_media_reference_key == "take"
    assert shown.media_reference.target_url == "/takes/take.mov"
    assert shown.source_range == time_range(TEN_HOURS + 14, 10, R)
    own = shown.media_references()[otio.schema.Clip.DEFAULT_MEDIA_KEY]
    assert own.target_url == str(MEDIA)


def test_switching_back_to_the_own_media_needs_the_range_that_is_kept_with_the_clip() -> None:
    """OTIO moves no source range with the key: the take's would show other frames of the own media."""
    made = cut_of([40], R)
    after = place_takes(made, find_clip(made, "clip 1"), [take(10, 10, R)], lay="reference").timeline
    shown = after.tracks[0][1]
    shown.active_media_reference_key = otio.schema.Clip.DEFAULT_MEDIA_KEY
    assert shown.source_range != time_range(TEN_HOURS + 210, 10, R)
    assert shown.metadata["pickup"]["source_range"] == time_range(TEN_HOURS + 210, 10, R)


def test_a_take_of_a_take_as_another_reference_is_a_third_one() -> None:
    made = cut_of([40], R)
    for name in ("v1", "v2"):
        place = find_clip(made, "clip 1" if name == "v1" else "v1")
        made = place_takes(made, place, [take(10, 10, R, name=name)], lay="reference").timeline
    assert sorted(made.tracks[0][1].media_references()) == ["DEFAULT_MEDIA", "v1", "v2"]


def test_a_take_above_lies_on_tracks_of_its_own_and_the_sound_under_it_is_switched_off() -> None:
    made = cut_of([40, 40], R)
    before = sheet(made.tracks[0], R)
    report = place_takes(made, find_clip(made, "clip 2"), [take(50, 10, R)], lay="above")
    tracks = list(report.timeline.tracks)
    assert [track.name for track in tracks] == ["V1", "Pickup", "A1", "Pickup", "A2"]
    assert sheet(tracks[0], R) == before
    assert len(tracks[0]) == 2
    assert sheet(tracks[1], R) == [None] * 50 + [
        ("take.mov", Fraction(TEN_HOURS + 54 + k)) for k in range(10)
    ]
    assert sheet(tracks[3], R) == sheet(tracks[1], R)
    assert [item.enabled for item in tracks[2]] == [True, True, False, True]
    assert link_of(tracks[1][1]) == link_of(tracks[3][1]) != link_of(tracks[0][1])


def test_a_longer_take_above_opens_the_clip_under_it_and_leaves_no_hole_to_be_told() -> None:
    made = cut_of([40, 40], R)
    edit = take(50, 10, R, Ripple(at=55, added=6))
    report = place_takes(made, find_clip(made, "clip 2"), [edit], lay="above")
    assert [item.schema_name() for item in report.timeline.tracks[0]] == ["Clip", "Clip", "Gap", "Clip"]
    assert [hole.track for hole in report.holes] == ["A2"]
    assert report.duration_after == 86


def test_a_take_above_half_of_a_dissolve_is_refused() -> None:
    made = cut_of([40, 40], R)
    mix = otio.schema.Transition("Mix", "SMPTE_Dissolve", rational_time(4, R), rational_time(4, R))
    made.tracks[0].insert(1, mix)
    with pytest.raises(UnsupportedEdit, match="'Mix'"):
        place_takes(made, find_clip(made, "clip 2"), [take(42, 10, R)], lay="above")


@pytest.mark.parametrize(
    ("lay", "out", "reason"),
    [
        ("replace", "b.kdenlive", None),
        ("above", "b.otio", None),
        ("above", "b.kdenlive", None),
        ("above", "b.edl", "one track of picture"),
        ("reference", "b.otio", None),
        ("reference", "b.xml", r"\.xml keeps one media reference a clip"),
    ],
)
def test_a_placement_that_the_output_cannot_hold_is_refused(lay: Lay, out: str, reason: str | None) -> None:
    made = cut_of([40], R)
    if reason is None:
        check_lay(lay, made, Path(out))
    else:
        with pytest.raises(UnwritableOutput, match=reason):
            check_lay(lay, made, Path(out))


def test_resolve_keeps_one_reference_a_clip_and_no_take_is_written_as_its_second() -> None:
    made = cut_of([40], R)
    made.metadata["Resolve_OTIO"] = {"Resolve OTIO Meta Version": "1.0"}
    with pytest.raises(UnwritableOutput, match="Resolve keeps one media reference"):
        check_lay("reference", made, Path("b.otio"))


def test_a_nested_sequence_across_the_edit_is_cut_and_one_after_it_moves() -> None:
    made = cut_of([40, 40], R)
    nest = otio.schema.Stack("nest", children=[made.tracks[0].deepcopy()])
    made.tracks[2][:] = [nest]
    report = place_takes(made, find_clip(made, "clip 2"), [take(50, 10, R, Ripple(at=52, removed=4))])
    left, right = report.timeline.tracks[2]
    assert (left.source_range, right.source_range) == (time_range(0, 52, R), time_range(56, 24, R))
    assert [len(list(half[0])) for half in (left, right)] == [2, 2]


def test_of_two_clips_from_one_media_only_the_one_that_is_named_changes() -> None:
    made = cut_of([40, 40], R)
    for track in (0, 1):
        made.tracks[track][1].source_range = made.tracks[track][0].source_range
        for clip in made.tracks[track]:
            clip.metadata.clear()
            clip.name = "twin"
    after = place_takes(made, find_clip(made, "twin#2"), [take(50, 10, R)]).timeline
    for track in (0, 1):
        assert [item.name for item in after.tracks[track]] == ["twin", "twin", "take", "twin"]


def test_a_disabled_track_keeps_in_step_with_the_others() -> None:
    made = cut_of([40, 40], R)
    made.tracks[2].enabled = False
    after = place_takes(made, find_clip(made, "clip 1"), [take(10, 10, R, Ripple(at=12, removed=2))]).timeline
    assert len(sheet(after.tracks[2], R)) == 78
    assert not after.tracks[2].enabled


def test_a_window_of_the_timeline_on_its_tracks_moves_like_a_marker() -> None:
    made = cut_of([40, 40], R)
    made.tracks.source_range = time_range(5, 70, R)
    after = place_takes(made, find_clip(made, "clip 1"), [take(10, 10, R, Ripple(at=12, removed=2))]).timeline
    assert after.tracks.source_range == time_range(5, 68, R)
