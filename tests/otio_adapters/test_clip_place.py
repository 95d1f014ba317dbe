from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest
from timelines import Cut, Source, timeline

from otio_adapters.clip_place import clip_names, find_clip, linked_audio
from otio_adapters.errors import AmbiguousClip, UnknownClip, UnreadableTimeline, UnsupportedEdit
from otio_adapters.opentime import RationalTime, TimeRange, time_range

R = Fraction(25)


def cut(*names: str) -> otio.schema.Timeline:
    media = Path("/media/interview take 3.mov")
    cuts = [Cut(name=name, media=media, start=100 * i, frames=50) for i, name in enumerate(names)]
    return timeline(
        cuts,
        Source(frames=1000),
        R,
        bed=(Cut(name="music", media=Path("/m.wav"), start=0, frames=50), Source(frames=90)),
    )


def test_a_clip_is_found_where_it_lies() -> None:
    place = find_clip(cut("intro", "answer"), "answer")
    assert (place.track, place.index, place.start, place.frames, place.rate) == (0, 1, 50, 50, R)


@pytest.mark.parametrize("name", ["interview take 3.mov", "interview take 3"])
def test_a_clip_is_found_by_its_media_file(name: str) -> None:
    assert find_clip(cut("intro"), name).name == "intro"


def test_an_unknown_name_gets_the_list_and_the_nearest() -> None:
    with pytest.raises(UnknownClip, match=r"Did you mean 'answer'\? The clips are: intro, answer"):
        find_clip(cut("intro", "answer"), "anwser")


def test_twins_are_told_apart_by_number() -> None:
    made = cut("answer", "intro", "answer")
    with pytest.raises(AmbiguousClip, match=r"answer#1 at 00:00:00:00, answer#2 at 00:00:04:00"):
        find_clip(made, "answer")
    assert find_clip(made, "answer#2").start == 100
    assert clip_names(made) == ("answer#1", "intro", "answer#2")
    with pytest.raises(UnknownClip):
        find_clip(made, "answer#3")


def test_every_listed_name_finds_its_clip() -> None:
    made = cut("a", "b", "a", "take #2")
    assert [find_clip(made, name).start for name in clip_names(made)] == [0, 50, 100, 150]


def test_a_clip_of_sound_is_said_to_be_one() -> None:
    with pytest.raises(UnknownClip, match="'music' is a clip of sound"):
        find_clip(cut("intro"), "music")


def test_a_clip_in_a_nested_sequence_is_refused() -> None:
    made = cut("intro")
    stack = otio.schema.Stack("scene", children=[otio.schema.Track(children=[made.tracks[0][0].deepcopy()])])
    stack[0][0].name = "inner"
    made.tracks[0].append(stack)
    with pytest.raises(UnsupportedEdit, match="nested"):
        find_clip(made, "inner")


@pytest.mark.parametrize(
    ("effect", "reason"),
    [
        (otio.schema.TimeEffect("Ramp", "ramp"), r"has a variable speed \(the effect 'Ramp'\)"),
        (otio.schema.LinearTimeWarp("Back", time_scalar=-1), "plays backwards"),
        (otio.schema.FreezeFrame("Still"), "is a freeze frame"),
    ],
)
def test_what_does_not_play_steadily_forward_is_refused_by_name_and_timecode(
    effect: otio.schema.TimeEffect, reason: str
) -> None:
    made = cut("intro", "answer")
    made.tracks[0][1].effects.append(effect)
    with pytest.raises(UnsupportedEdit, match=f"'answer' at 00:00:02:00 {reason}"):
        find_clip(made, "answer")


def test_a_clip_at_a_constant_speed_is_found_and_its_sound_at_that_speed_goes_with_it() -> None:
    made = cut("intro", "answer")
    for track in (0, 1):
        for clip in made.tracks[track]:
            clip.metadata.clear()
        made.tracks[track][1].effects.append(otio.schema.LinearTimeWarp("fast", time_scalar=1.5))
    place = find_clip(made, "answer")
    assert [(one.track, one.start) for one in linked_audio(made, place)] == [(1, 50)]
    del made.tracks[1][1].effects[0]
    assert linked_audio(made, place) == ()


def test_a_clip_between_frames_is_refused() -> None:
    made = cut("intro", "answer")
    made.tracks[0][0].source_range = TimeRange(RationalTime(0, 24), RationalTime(47, 24))
    made.metadata["pickup"] = {"rate": "25"}
    with pytest.raises(UnsupportedEdit, match="between two frames"):
        find_clip(made, "answer")


def test_an_empty_timeline_is_said_to_be_empty() -> None:
    with pytest.raises(UnreadableTimeline, match="empty"):
        find_clip(otio.schema.Timeline("cut"), "intro")


def test_linked_audio_is_what_goes_with_the_clip() -> None:
    made = cut("intro", "answer")
    found = linked_audio(made, find_clip(made, "answer"))
    assert [(one.track, one.start) for one in found] == [(1, 50)]


def test_sound_cut_between_frames_is_still_in_step() -> None:
    made = cut("intro")
    for track in (0, 1):
        made.tracks[track][0].metadata.clear()
    made.tracks[1][0].source_range = TimeRange(RationalTime(100, 48000), RationalTime(96000, 48000))
    assert len(linked_audio(made, find_clip(made, "intro"))) == 1


def test_the_clips_of_a_timeline_without_names_are_called_by_their_files() -> None:
    made = cut("", "")
    assert clip_names(made) == ("interview take 3.mov#1", "interview take 3.mov#2")
    assert find_clip(made, "interview take 3.mov#2").start == 50


def test_a_range_of_the_media_decides_nothing_about_the_place() -> None:
    made = cut("intro")
    made.tracks[0][0].source_range = None
    made.tracks[0][0].media_reference.available_range = time_range(900_000, 80, R)
    assert find_clip(made, "intro").frames == 80
