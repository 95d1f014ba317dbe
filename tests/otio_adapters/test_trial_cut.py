"""The edit on trial: which clip it meets, and when there is none."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest
from opentimelineio.opentime import RationalTime
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


def dissolved(before: int, after: int, *frames: int) -> otio.schema.Timeline:
    """Clips of so many frames, the first two with a dissolve over their cut."""
    made = cut_of(*frames)
    del made.tracks[1:]
    mix = otio.schema.Transition(
        "mix", in_offset=RationalTime(before, 24), out_offset=RationalTime(after, 24)
    )
    made.tracks[0].insert(1, mix)
    return made


def test_of_a_clip_in_a_dissolve_the_middle_of_the_rest_goes() -> None:
    assert trial_cut(dissolved(10, 10, 30, 20)).cut == Ripple(at=8, removed=5)
    assert trial_cut(dissolved(10, 10, 20, 30)).cut == Ripple(at=37, removed=5)


@pytest.mark.parametrize(
    ("before", "after", "frames", "cut"),
    [
        (3, 3, (5, 5), Ripple(at=1, removed=1)),
        (4, 4, (5, 5), Ripple(at=0, removed=1)),
    ],
)
def test_what_a_dissolve_leaves_may_be_a_frame(
    before: int, after: int, frames: tuple[int, int], cut: Ripple
) -> None:
    assert trial_cut(dissolved(before, after, *frames)).cut == cut


def test_a_clip_that_is_all_dissolve_is_refused_by_the_dissolve() -> None:
    with pytest.raises(UnsupportedEdit, match="'mix'"):
        trial_cut(dissolved(5, 5, 5, 5))
