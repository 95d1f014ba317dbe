"""Sound alone on the storyline, as recorded talks are edited: a gap stands for it among the pictures."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from lxml import etree

from bridge.timeline_check import check
from otio_adapters.clip_place import ClipPlace
from otio_adapters.read import read
from otio_adapters.ripple import track_length
from otio_adapters.takes import Ripple, place_takes
from otio_adapters.write import write

TALK = '<asset-clip ref="r2" offset="{offset}" name="talk" start="{start}" duration="8s"/>'
BLACK = '<gap name="Gap" offset="0s" duration="4s"/>'
PICTURE = '<asset-clip ref="r3" offset="8s" name="picture" duration="2s"/>'


def project(folder: Path, spine: str) -> Path:
    path = folder / "talk.fcpxml"
    path.write_text(
        f"""<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE fcpxml>
<fcpxml version="1.13"><resources><format id="r1" frameDuration="1/24s"/>
<asset id="r2" name="talk" start="0s" duration="100s" hasAudio="1"><media-rep src="file:///m/t.wav"/></asset>
<asset id="r3" name="picture" start="0s" duration="9s" hasVideo="1" hasAudio="1" format="r1">
<media-rep src="file:///m/p.mov"/></asset></resources>
<project name="p"><sequence format="r1" duration="8s"><spine>{spine}</spine></sequence></project></fcpxml>
""",
        "utf-8",
    )
    return path


@pytest.mark.parametrize(
    "spine",
    [
        TALK.format(offset="0s", start="0s"),
        TALK.format(offset="0s", start="3s") + PICTURE,
        BLACK + TALK.format(offset="4s", start="3s"),
        TALK.format(offset="0s", start="50s") + TALK.format(offset="8s", start="3s"),
    ],
)
def test_an_edit_in_its_middle_keeps_all_else(tmp_path: Path, spine: str) -> None:
    answer = check(project(tmp_path, spine)).checked
    assert (answer.refused, answer.lost) == (None, ())


@pytest.mark.parametrize(
    ("at", "times"),
    [
        (24, [("3s", "1s"), ("17/4s", "27/4s")]),  # in the middle: two clips
        (0, [("13/4s", "31/4s")]),  # its head
        (186, [("3s", "31/4s")]),  # its tail
    ],
)
def test_it_is_cut_where_its_sound_is(tmp_path: Path, at: int, times: list[tuple[str, str]]) -> None:
    path = project(tmp_path, TALK.format(offset="0s", start="3s"))
    timeline = read(path)
    talk = ClipPlace(name="talk", track=1, index=0, at=Fraction(0), length=Fraction(192), rate=Fraction(24))
    made = place_takes(timeline, talk, (), trims=(Ripple(at=at, removed=6),)).timeline
    write(made, tmp_path / "out.fcpxml", origin=path)
    spine = etree.parse(tmp_path / "out.fcpxml").getroot().find(".//spine")
    assert [(one.get("start"), one.get("duration")) for one in spine] == times
    back = read(tmp_path / "out.fcpxml")
    assert [track_length(track, Fraction(24)) for track in back.tracks] == [186, 186]


def test_lane_zero_is_no_lane_and_stays_said(tmp_path: Path) -> None:
    path = project(tmp_path, PICTURE.replace("<asset-clip", '<asset-clip lane="0"'))
    answer = check(path).checked
    assert (answer.refused, answer.lost) == (None, ())


def test_sound_between_frames_is_cut_on_the_grid_that_it_is_read_on(tmp_path: Path) -> None:
    bed = '<asset-clip ref="r2" lane="-1" offset="12345/44100s" name="bed" duration="200001/44100s"/>'
    long = (
        PICTURE.replace("duration", 'start="0s" duration')
        .replace('"2s"', '"8s"')
        .replace("/>", f">{bed}</asset-clip>")
    )
    answer = check(project(tmp_path, long)).checked
    assert (answer.refused, answer.lost) == (None, ())


def test_what_begins_before_the_timeline_shows_from_its_start(tmp_path: Path) -> None:
    """A sync clip that starts within its content: half a frame of the sound in it is ahead of all."""
    bed = '<asset-clip ref="r2" lane="-1" offset="0s" name="bed" duration="9s"/>'
    shot = PICTURE.replace("8s", "0s").replace("2s", "9s")
    spine = f'<sync-clip offset="0s" start="1/48s" duration="193/24s"><spine>{shot}</spine>{bed}</sync-clip>'
    path = project(tmp_path, spine)
    timeline = read(path)
    shown = next(clip for clip in timeline.find_clips() if clip.name == "bed").source_range
    assert (shown.start_time.value, shown.duration.value) == (0.5, 215.5)
    answer = check(path).checked
    assert (answer.refused, answer.lost) == (None, ())
