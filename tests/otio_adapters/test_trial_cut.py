"""The edit on trial: which clip it meets, and when there is none."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest
from timelines import Cut, Source, timeline

from otio_adapters.errors import UnreadableTimeline, UnsupportedEdit
from otio_adapters.opentime import time_range
from otio_adapters.placement import Ripple
from otio_adapters.trial_cut import trial_cut

R = Fraction(24)


def cut_of(*frames: int) -> otio.schema.Timeline:
    cuts = [
        Cut(name=f"clip {i}", media=Path("/m/a.mov"), start=0, frames=count) for i, count in enumerate(frames)
    ]
    return timeline(cuts, Source(frames=900), R)


def test_the_middle_of_the_longest_clip_goes_on_all_tracks() -> None:
    trial = trial_cut(cut_of(10, 25, 10))
    assert (trial.place.name, trial.cut) == ("clip 1", Ripple(at=20, removed=5))
    lengths = [[int(item.duration().value) for item in track] for track in trial.report.timeline.tracks]
    assert lengths == [[10, 10, 10, 10], [10, 10, 10, 10]]


def test_a_clip_that_cannot_be_cut_gives_way_to_the_next_longest_with_the_reason() -> None:
    made = cut_of(30, 20)
    made.tracks[0][0].effects.append(otio.schema.TimeEffect("hold"))
    trial = trial_cut(made)
    assert trial.place.name == "clip 1"
    assert ["hold" in reason for reason in trial.refused] == [True]


def test_where_no_clip_can_be_cut_the_reason_is_that_of_the_longest() -> None:
    made = cut_of(30, 20)
    for clip, name in zip(made.tracks[0], ("long", "short"), strict=True):
        clip.effects.append(otio.schema.TimeEffect(name))
    with pytest.raises(UnsupportedEdit, match="long"):
        trial_cut(made)


def test_a_locked_track_refuses_the_edit() -> None:
    made = cut_of(30)
    made.tracks[1].metadata["pickup"] = {"locked": True}
    with pytest.raises(UnsupportedEdit, match="locked"):
        trial_cut(made)


def test_short_clips_lose_fewer_frames() -> None:
    assert trial_cut(cut_of(2, 4)).cut == Ripple(at=3, removed=2)
    assert trial_cut(cut_of(2)).cut == Ripple(at=1, removed=1)


def test_a_clip_of_one_frame_has_none_to_lose() -> None:
    with pytest.raises(UnsupportedEdit, match="'clip 0' has 1 frames, too few to lose any"):
        trial_cut(cut_of(1))


def test_the_cut_swallows_no_short_clip_where_there_is_a_choice() -> None:
    made = cut_of(30, 20)
    title = otio.schema.Track("V2", kind="Video")
    title.extend([otio.schema.Gap(source_range=time_range(0, 14, R)), cut_of(3).tracks[0][0].deepcopy()])
    made.tracks.append(title)
    assert trial_cut(made).place.name == "clip 1"


def test_a_nested_sequence_is_cut_where_there_is_no_clip() -> None:
    made = otio.schema.Timeline("compound")
    track = otio.schema.Track("V1", kind="Video")
    inside = otio.schema.Stack("scene")
    inside.extend([cut_of(40).tracks[0].deepcopy()])
    inside.source_range = time_range(0, 40, R)
    track.append(inside)
    made.tracks.append(track)
    assert trial_cut(made).place.name == "scene"


def test_an_empty_timeline_says_so() -> None:
    with pytest.raises(UnreadableTimeline, match="no clips"):
        trial_cut(otio.schema.Timeline("nothing"))
