"""What a timeline holds, looked for again after an edit."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest
from hypothesis import given
from hypothesis import strategies as st
from timelines import Cut, Source, timeline

from otio_adapters.features import compare_features
from otio_adapters.opentime import rational_time, time_range
from otio_adapters.placement import Ripple
from otio_adapters.trial_cut import trial_cut

R = Fraction(25)
HERE = (Path("/here"), Path("/here"))


def project() -> otio.schema.Timeline:
    """Three clips with linked sound, the middle one longest, and one of whatever else there is."""
    cuts = [
        Cut(name=f"clip {i}", media=Path("/m/a.mov"), start=100 * i, frames=20 + 30 * (i == 1))
        for i in range(3)
    ]
    made = timeline(
        cuts,
        Source(frames=500, timecode=90_000),
        R,
        bed=(Cut(name="bed", media=Path("/m/bed.wav"), start=0, frames=90), Source(frames=900)),
        marker=80,
        start=90_000,
    )
    video = made.tracks[0]
    video.metadata["Studio"] = {"Layer": "main"}
    last = video[2]
    last.effects.append(otio.schema.Effect("Blur", "blur"))
    last.markers.append(otio.schema.Marker("eye", time_range(90_205, 1, R)))
    last.metadata["Studio"] = {"Shot": "s010"}
    made.tracks[1][2].effects.append(otio.schema.LinearTimeWarp("slow", time_scalar=0.5))
    over = otio.schema.Track("V2", kind="Video")
    for gap, frames in ((72, 9), (4, 3)):
        text = otio.schema.GeneratorReference(generator_kind="text")
        over.append(otio.schema.Gap(source_range=time_range(0, gap, R)))
        over.append(otio.schema.Clip("title", text, time_range(0, frames, R)))
    over.markers.append(otio.schema.Marker("here", time_range(75, 1, R)))
    made.tracks.insert(1, over)
    mix = otio.schema.Transition("Mix", "SMPTE_Dissolve", rational_time(2, R), rational_time(2, R))
    video.insert(2, mix)
    return made


def edited(before: otio.schema.Timeline) -> tuple[otio.schema.Timeline, Ripple]:
    trial = trial_cut(before)
    return trial.report.timeline, trial.cut


def lost(before: otio.schema.Timeline, after: otio.schema.Timeline, cut: Ripple) -> list[str]:
    return sorted({fact.feature for fact in compare_features(before, after, cut, HERE).lost})


def test_an_edit_that_does_what_it_should_loses_nothing() -> None:
    before = project()
    after, cut = edited(before)
    assert lost(before, after, cut) == []


def test_every_feature_that_the_project_has_is_counted() -> None:
    before = project()
    kept = compare_features(before, *edited(before), HERE).kept
    assert kept["clips"] == 9
    assert {"links", "gaps", "transitions", "effects", "speed effects", "titles and generators"} < set(kept)
    assert {"timeline markers", "track markers", "clip markers", "start timecode", "metadata"} < set(kept)


def test_what_is_lost_is_told_with_its_place() -> None:
    before = project()
    after, cut = edited(before)
    del after.tracks[0][-1].effects[:]
    (fact,) = compare_features(before, after, cut, HERE).lost
    assert fact.told == "'Blur' of 'clip 2' at 01:00:02:20 on V1"


Tamper = Callable[[otio.schema.Timeline], None]


def clip_of(made: otio.schema.Timeline) -> otio.schema.Clip:
    return made.tracks[0][-1]


def set_start(made: otio.schema.Timeline) -> None:
    shown = clip_of(made).source_range
    clip_of(made).source_range = otio.opentime.TimeRange(
        shown.start_time + rational_time(1, R), shown.duration
    )


def set_media(made: otio.schema.Timeline) -> None:
    clip_of(made).media_reference = otio.schema.ExternalReference("/m/other.mov")


def grow_gap(made: otio.schema.Timeline) -> None:
    made.tracks[1][2].source_range = time_range(0, 5, R)


def untitle(made: otio.schema.Timeline) -> None:
    made.tracks[1][1].media_reference = otio.schema.MissingReference()


@pytest.mark.parametrize(
    ("tamper", "features"),
    [
        (lambda made: setattr(clip_of(made), "name", "other"), ["clip names"]),
        (set_start, ["source timecode"]),
        (set_media, ["media references"]),
        (lambda made: clip_of(made).markers.clear(), ["clip markers"]),
        (lambda made: made.tracks.markers.clear(), ["timeline markers"]),
        (lambda made: made.tracks[1].markers.clear(), ["track markers"]),
        (lambda made: clip_of(made).metadata.pop("Studio"), ["metadata"]),
        (lambda made: clip_of(made).metadata.pop("pickup"), ["links"]),
        (lambda made: made.tracks[2][-1].effects.clear(), ["speed effects"]),
        (lambda made: made.tracks[0].remove(made.tracks[0][-2]), ["transitions"]),
        (lambda made: setattr(made, "global_start_time", None), ["start timecode"]),
        (lambda made: setattr(made.tracks[0], "name", ""), ["tracks"]),
        (untitle, ["titles and generators"]),
    ],
)
def test_each_feature_is_missed_where_it_is_gone(tamper: Tamper, features: list[str]) -> None:
    before = project()
    after, cut = edited(before)
    tamper(after)
    assert lost(before, after, cut) == features


def test_a_clip_that_moved_is_lost_with_all_that_it_has() -> None:
    before = project()
    after, cut = edited(before)
    grow_gap(after)
    assert {"clips", "gaps", "titles and generators"} <= set(lost(before, after, cut))


def test_a_disabled_track_and_clip_that_come_back_enabled_are_missed() -> None:
    before = project()
    before.tracks[0].enabled = False
    clip_of(before).enabled = False
    after, cut = edited(before)
    after.tracks[0].enabled = True
    clip_of(after).enabled = True
    assert lost(before, after, cut) == ["disabled clips", "disabled tracks"]


@given(st.lists(st.integers(1, 40), min_size=1, max_size=8), st.integers(20, 200), st.booleans())
def test_no_cut_of_whatever_clips_is_taken_for_a_loss(lengths: list[int], bed: int, marked: bool) -> None:
    cuts = [
        Cut(name=f"clip {i}", media=Path("/m/a.mov"), start=50 * i, frames=frames)
        for i, frames in enumerate(lengths)
    ]
    music = Cut(name="bed", media=Path("/m/bed.wav"), start=0, frames=bed)
    before = timeline(
        cuts,
        Source(frames=900),
        R,
        bed=(music, Source(frames=900)),
        marker=sum(lengths) // 2 if marked else None,
    )
    after, cut = edited(before)
    assert lost(before, after, cut) == []
