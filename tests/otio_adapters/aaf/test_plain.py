"""What the AAF adapter makes of a file, made plain: stereo stacks, gaps of no length, media and links."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import opentimelineio as otio

from otio_adapters.aaf.plain import make_plain
from otio_adapters.links import link_of
from otio_adapters.opentime import rational_time, time_range, timeline_rate
from otio_adapters.ripple import gap

R = Fraction(25)


def clip(first: int = 0, frames: int = 50, url: str = "file:///m/a.wav") -> otio.schema.Clip:
    reference = otio.schema.ExternalReference(url, time_range(0, 500, R))
    return otio.schema.Clip("a", reference, time_range(first, frames, R))


def stack(*layers: Any, frames: int = 50, first: int = 0) -> otio.schema.Stack:
    """What Avid calls a channel combiner: a track for each channel."""
    made = otio.schema.Stack("a", source_range=time_range(first, frames, R))
    for layer in layers:
        made.append(otio.schema.Track("", children=[layer], kind="Audio"))
    made.effects.append(otio.schema.Effect("Audio Channel Combiner"))
    return made


def plain(*items: Any, kind: str = "Audio") -> otio.schema.Timeline:
    timeline = otio.schema.Timeline("t")
    timeline.global_start_time = rational_time(90_000, R)
    timeline.tracks.append(otio.schema.Track("T", children=list(items), kind=kind))
    make_plain(timeline)
    return timeline


def shapes(timeline: otio.schema.Timeline, track: int = 0) -> list[tuple[str, float]]:
    return [(type(item).__name__, item.duration().value) for item in timeline.tracks[track]]


def test_a_stereo_clip_is_one_clip_with_the_stacks_effects() -> None:
    timeline = plain(stack(clip(), clip()))
    assert shapes(timeline) == [("Clip", 50)]
    assert [effect.name for effect in timeline.tracks[0][0].effects] == ["Audio Channel Combiner"]


def test_a_stack_that_is_longer_than_its_clip_ends_in_a_gap() -> None:
    timeline = plain(stack(clip(), clip(), frames=60))
    assert shapes(timeline) == [("Clip", 50), ("Gap", 10)]


def test_a_stack_that_shows_a_part_of_its_clip_is_that_part() -> None:
    timeline = plain(stack(clip(100), clip(100), first=10, frames=20))
    assert timeline.tracks[0][0].source_range == time_range(110, 20, R)


def test_layers_of_several_media_stay_a_stack() -> None:
    timeline = plain(stack(clip(), clip(url="file:///m/b.wav")))
    assert shapes(timeline) == [("Stack", 50)]


def test_a_stack_with_a_speed_stays_a_stack() -> None:
    fast = stack(clip(), clip())
    fast.effects.append(otio.schema.LinearTimeWarp("", time_scalar=2.0))
    assert shapes(plain(fast)) == [("Stack", 50)]


def test_a_marker_on_a_stereo_clip_marks_the_same_moment() -> None:
    marked = stack(clip(100), clip(100))
    marked.markers.append(otio.schema.Marker("m", time_range(7, 1, R)))
    marker = plain(marked).tracks[0][0].markers[0]
    assert marker.marked_range.start_time.value == 107


def test_gaps_of_no_length_go() -> None:
    fade = otio.schema.Transition("", "SMPTE_Dissolve", rational_time(0, R), rational_time(5, R))
    timeline = plain(gap(0, R), fade, clip())
    assert [type(item).__name__ for item in timeline.tracks[0]] == ["Transition", "Clip"]


def test_a_clip_without_a_file_plays_the_one_among_its_others() -> None:
    offline = otio.schema.Clip("a", source_range=time_range(0, 10, R))
    offline.set_media_references(
        {
            "DEFAULT_MEDIA": otio.schema.MissingReference(),
            "late": otio.schema.ExternalReference("file:///late.mov", time_range(500, 9, R)),
            "here": otio.schema.ExternalReference("file:///here.mov", time_range(0, 50, R)),
        },
        "DEFAULT_MEDIA",
    )
    assert plain(offline).tracks[0][0].media_reference.target_url == "file:///here.mov"


def test_sound_in_samples_is_on_a_timeline_of_frames() -> None:
    sound = clip()
    sound.source_range = time_range(0, 93_860, Fraction(48_000))
    assert timeline_rate(plain(sound)) == 25


def test_tracks_of_other_kinds_are_left_and_listed() -> None:
    timeline = otio.schema.Timeline("t")
    timeline.global_start_time = rational_time(0, R)
    timeline.tracks.append(otio.schema.Track("V", children=[clip()], kind="Video"))
    timeline.tracks.append(otio.schema.Track("Data 1", children=[gap(5, R)], kind="Data"))
    timeline.metadata["pickup"] = {"losses": ["media inside"], "drop_frame": True}
    make_plain(timeline)
    assert len(timeline.tracks) == 1
    assert list(timeline.metadata["pickup"]["losses"]) == [
        "media inside",
        "the track 'Data 1': it is neither picture nor sound",
    ]
    assert not timeline.metadata["pickup"]["drop_frame"]  # at 25 there is none


def test_picture_and_sound_cut_alike_are_linked() -> None:
    timeline = otio.schema.Timeline("t")
    timeline.global_start_time = rational_time(0, R)
    for kind in ("Video", "Audio"):
        timeline.tracks.append(otio.schema.Track(kind, children=[clip(), clip(60)], kind=kind))
    make_plain(timeline)
    links = [[link_of(item) for item in track] for track in timeline.tracks]
    assert links == [[1, 2], [1, 2]]
