"""Written projects in the real player: exactly the timeline's frames, each the right one, with its sound."""

from __future__ import annotations

import shutil
from fractions import Fraction
from pathlib import Path

import numpy as np
import opentimelineio as otio
import pytest
from melt_player import SAMPLES_PER_SECOND, STEP, draw, grey, played
from shared_media import shared
from timelines import Cut, Source, timeline

from otio_adapters.media_linker import MediaFacts, note_facts
from otio_adapters.opentime import rational_time
from otio_adapters.read import read
from otio_adapters.takes import Placement, Ripple, find_clip, place_takes
from otio_adapters.write import write

pytestmark = [
    pytest.mark.nle,
    pytest.mark.skipif(shutil.which("melt") is None, reason="needs melt, the player of MLT projects"),
]


def film_cut(media: Path, rate: Fraction, timecode: int = 0) -> otio.schema.Timeline:
    """Three clips out of order, with their sound."""
    cuts = [
        Cut(name=f"clip {number}", media=media, start=start, frames=20)
        for number, start in enumerate((60, 10, 35), start=1)
    ]
    made = timeline(cuts, Source(frames=100, timecode=timecode), rate, marker=50)
    facts = MediaFacts(rate=rate, start=timecode, frames=100, width=64, height=48, channels=2)
    for clip in made.find_clips():
        note_facts(clip.media_reference, facts)
    return made


def assert_greys(found: list[float], frames: list[int]) -> None:
    assert len(found) == len(frames)
    off = [abs(a - grey(k)) for a, k in zip(found, frames, strict=True)]
    assert max(off) < 0.75 * STEP, f"frame {off.index(max(off))} is not the one that was asked for"


RATES = (Fraction(24), Fraction(25), Fraction(30), Fraction(30000, 1001))


@pytest.mark.parametrize("rate", RATES)
def test_a_new_project_plays_every_frame_in_its_place_and_ends_there(tmp_path: Path, rate: Fraction) -> None:
    """The media's timecode starts at ten hours: MLT counts from its first frame all the same."""
    media = draw(tmp_path / "film.mov", rate, 100)
    write(film_cut(media, rate, timecode=36_000 * 30), tmp_path / "cut.kdenlive")
    greys, sound = played(tmp_path / "cut.kdenlive")
    assert_greys(greys, [*range(60, 80), *range(10, 30), *range(35, 55)])
    assert abs(len(sound) / 2 / SAMPLES_PER_SECOND - 60 / rate) < 0.05
    assert np.abs(sound[: len(sound) // 2]).mean() > 1000


def test_a_take_plays_in_the_place_of_what_it_replaces(tmp_path: Path) -> None:
    rate = Fraction(25)
    media, take_media = (
        draw(tmp_path / "film.mov", rate, 100),
        draw(tmp_path / "take v1.mov", rate, 30, 200),
    )
    made = film_cut(media, rate)
    facts = MediaFacts(rate=rate, start=5000, frames=30, width=64, height=48, channels=2)
    take = Placement(
        start=25,
        length=10,
        media=take_media,
        name="take",
        facts=facts,
        source_range=(4, 14),
        ripples=(Ripple(at=30, added=4),),
    )
    after = place_takes(made, find_clip(made, "clip 2"), [take]).timeline
    write(after, tmp_path / "cut.kdenlive")
    greys, sound = played(tmp_path / "cut.kdenlive")
    assert_greys(
        greys,
        [*range(60, 80), *range(10, 15), *range(204, 218), *range(25, 30), *range(35, 55)],
    )
    assert np.abs(sound).mean() > 1000


def test_an_edit_of_a_project_plays_as_the_same_edit_written_anew(tmp_path: Path) -> None:
    rate = Fraction(25)
    media = draw(tmp_path / "film.mov", rate, 100)
    write(film_cut(media, rate), tmp_path / "cut.kdenlive")
    made = read(tmp_path / "cut.kdenlive")
    facts = MediaFacts(rate=rate, start=0, frames=30)
    take = Placement(
        start=25,
        length=10,
        media=draw(tmp_path / "take.mov", rate, 30, 200),
        name="take",
        facts=facts,
        source_range=(4, 7),
        ripples=(Ripple(at=26, removed=3),),
    )
    clip = made.tracks[0][1]
    after = place_takes(
        made, find_clip(made, f"{clip.name}#2" if clip.name != "clip 2" else clip.name), [take]
    )
    write(after.timeline, tmp_path / "edited.kdenlive", origin=tmp_path / "cut.kdenlive")
    greys, sound = played(tmp_path / "edited.kdenlive")
    assert_greys(greys, [*range(60, 80), *range(10, 15), *range(204, 211), *range(25, 30), *range(35, 55)])
    assert np.abs(sound).mean() > 1000


def test_a_dissolve_mixes_both_clips_and_ends_on_the_second(tmp_path: Path) -> None:
    rate = Fraction(25)
    made = film_cut(draw(tmp_path / "film.mov", rate, 100), rate)
    mix = otio.schema.Transition("Mix", "SMPTE_Dissolve", rational_time(5, rate), rational_time(5, rate))
    made.tracks[0].insert(1, mix)
    write(made, tmp_path / "cut.kdenlive")
    greys, _ = played(tmp_path / "cut.kdenlive")
    assert len(greys) == 60
    assert_greys(greys[:15] + greys[26:], [*range(60, 75), *range(16, 30), *range(35, 55)])
    assert grey(10) < greys[20] < grey(79)


def test_a_project_of_an_older_kdenlive_ends_where_its_timeline_does(tmp_path: Path) -> None:
    """Kdenlive 22.12 saves twenty minutes too many, and melt plays them."""
    text = shared("timelines/kdenlive/kdenlive-test-suite__mix-slide.kdenlive").read_text("utf-8")
    sample = tmp_path / "sample.kdenlive"
    sample.write_text(text.replace('"1920"', '"64"').replace('"1080"', '"36"'), "utf-8")
    write(read(sample), tmp_path / "cut.kdenlive", origin=sample)
    assert 'version">1.04<' in (tmp_path / "cut.kdenlive").read_text()
    greys, _ = played(tmp_path / "cut.kdenlive")
    assert len(greys) == 300
