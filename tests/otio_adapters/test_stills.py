"""A freeze frame cut in two: both parts show the frame that it showed, and the file says so as it did."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest
from lxml import etree

from bridge.timeline_check import check
from otio_adapters.opentime import time_range
from otio_adapters.read import read
from otio_adapters.ripple import part
from otio_adapters.write import write

R = Fraction(25)


def still(*others: otio.schema.TimeEffect, frames: int = 50) -> otio.schema.Clip:
    reference = otio.schema.ExternalReference("/m/a.mov", time_range(0, 100, R))
    clip = otio.schema.Clip("a", reference, time_range(10, frames, R))
    clip.effects.extend([*others, otio.schema.FreezeFrame("F")])
    return clip


def written(folder: Path, clip: otio.schema.Clip) -> Path:
    timeline, track = otio.schema.Timeline("t"), otio.schema.Track(kind="Video")
    track.append(clip)
    timeline.tracks.append(track)
    write(timeline, folder / "t.otio")
    return folder / "t.otio"


def source(clip: otio.core.Item) -> tuple[float, float]:
    return clip.source_range.start_time.value, clip.source_range.duration.value


def test_both_parts_show_the_one_frame() -> None:
    assert [source(part(still(), first, frames, R)) for first, frames in ((0, 20), (20, 30))] == [
        (10, 20),
        (10, 30),
    ]


def test_a_still_under_a_ramp_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, still(otio.schema.TimeEffect("Ramp")))
    assert "variable speed" in str(check(path).checked.refused)


def test_an_otio_file_is_carried_and_nothing_is_added_to_its_clips(tmp_path: Path) -> None:
    answer = check(written(tmp_path, still()), keep=tmp_path / "out.otio").checked
    assert (answer.refused, answer.lost) == (None, ())
    back = read(tmp_path / "out.otio")
    assert [source(clip) for clip in back.find_clips()] == [(10, 23), (10, 22)]
    assert [dict(clip.metadata) for clip in back.find_clips()] == [{}, {}]


EDL = """TITLE: STILL
FCM: NON-DROP FRAME

001  FOO      V     C        01:00:01:00 {end} 01:00:00:00 01:00:04:00
M2   FOO            000.0                01:00:01:00
002  FOO      V     C        01:00:02:24 01:00:04:24 01:00:04:00 01:00:06:00
"""


@pytest.mark.parametrize("end", ["01:00:01:01", "01:00:05:00"])  # as Avid and as Final Cut write it
def test_an_edit_list_says_the_frame_and_its_speed_for_both(tmp_path: Path, end: str) -> None:
    (tmp_path / "s.edl").write_text(EDL.format(end=end), "ascii")
    answer = check(tmp_path / "s.edl", keep=tmp_path / "out.edl").checked
    assert (answer.refused, answer.lost) == (None, ())
    text = (tmp_path / "out.edl").read_text("ascii")
    assert [line.split()[-1] for line in text.splitlines() if line.startswith("M2")] == ["01:00:01:00"] * 2


XMEML = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE xmeml>
<xmeml version="5"><sequence id="s"><name>s</name><duration>100</duration>
<rate><timebase>25</timebase><ntsc>FALSE</ntsc></rate><media><video><track><clipitem id="c1"><name>a</name>
<duration>200</duration><rate><timebase>25</timebase><ntsc>FALSE</ntsc></rate><start>0</start><end>100</end>
<in>30</in><out>130</out><file id="f1"><name>a</name><pathurl>file://localhost/m/a.png</pathurl>
<duration>1</duration></file>
<filter><start>0</start><end>200</end><effect><name>Basic Motion</name><effectid>basic</effectid>
<parameter><parameterid>scale</parameterid><keyframe><when>30</when><value>100</value></keyframe>
<keyframe><when>130</when><value>200</value></keyframe></parameter></effect></filter>
<filter><effect><name>Time Remap</name><effectid>timeremap</effectid><parameter>
<parameterid>speed</parameterid><value>0</value></parameter></effect></filter></clipitem></track></video></media></sequence></xmeml>
"""


def test_in_xmeml_both_parts_start_at_the_frame_and_a_zoom_over_it_goes_on(tmp_path: Path) -> None:
    (tmp_path / "s.xml").write_text(XMEML, "utf-8")
    answer = check(tmp_path / "s.xml", keep=tmp_path / "out.xml").checked
    assert (answer.refused, answer.lost) == (None, ())
    clips = etree.parse(tmp_path / "out.xml").getroot().findall(".//clipitem")
    assert [(one.findtext("in"), one.findtext("out")) for one in clips] == [("30", "78"), ("30", "77")]
    keys = [[key.text for key in one.iter("when")] for one in clips]
    assert keys == [["30", "130"], ["-23", "77"]]  # frame 53 of the clip is the second part's 30


FCPXML = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE fcpxml>
<fcpxml version="1.11"><resources><format id="r1" frameDuration="1/25s"/>
<asset id="r2" name="a" start="0s" duration="40s" hasVideo="1"><media-rep src="file:///m/a.mov"/></asset>
</resources><project name="p"><sequence format="r1" duration="4s"><spine>
<asset-clip ref="r2" offset="0s" name="a" start="2s" duration="4s"><timeMap><timept time="0s" value="3s"/>
<timept time="40s" value="3s"/></timeMap></asset-clip></spine></sequence></project></fcpxml>
"""


def test_in_fcpxml_the_clips_own_time_goes_on_under_its_time_map(tmp_path: Path) -> None:
    (tmp_path / "s.fcpxml").write_text(FCPXML, "utf-8")
    answer = check(tmp_path / "s.fcpxml", keep=tmp_path / "out.fcpxml").checked
    assert (answer.refused, answer.lost) == (None, ())
    clips = etree.parse(tmp_path / "out.fcpxml").getroot().findall(".//asset-clip")
    assert [(one.get("start"), one.get("duration")) for one in clips] == [
        ("2s", "48/25s"),
        ("103/25s", "47/25s"),
    ]
