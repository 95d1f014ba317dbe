"""A clip that plays backwards, cut in two, where the file says from which end its source is counted."""

from __future__ import annotations

from pathlib import Path

import opentimelineio as otio
import pytest
from lxml import etree

from bridge.timeline_check import check
from otio_adapters.errors import UnsupportedEdit
from otio_adapters.opentime import time_range
from otio_adapters.ripple import HEADING, part

R = 25


def backwards(heading: int | None, *scales: float) -> otio.schema.Clip:
    reference = otio.schema.ExternalReference("/m/a.mov", time_range(0, 100, R))
    clip = otio.schema.Clip("a", reference, time_range(60, 40, R))
    for scale in scales or (-0.5,):
        notes = {} if heading is None else {"pickup": {HEADING: heading}}
        clip.effects.append(otio.schema.LinearTimeWarp("back", time_scalar=scale, metadata=notes))
    for at in (50, 62):
        clip.markers.append(otio.schema.Marker(f"at {at}", time_range(at, 0, R)))
    return clip


@pytest.mark.parametrize(
    ("heading", "starts", "marked"),
    [
        (-1, [60, 55], [["at 62"], ["at 50"]]),  # the media's own frames: ten of the timeline are five
        (1, [60, 65], [["at 50", "at 62"], []]),  # those of the reversed media
    ],
)
def test_the_second_part_starts_where_the_first_one_ends(
    heading: int, starts: list[int], marked: list[list[str]]
) -> None:
    parts = [part(backwards(heading), first, frames, R) for first, frames in ((0, 10), (10, 30))]
    assert [one.source_range.start_time.value for one in parts] == starts
    assert [[marker.name for marker in one.markers] for one in parts] == marked


@pytest.mark.parametrize("clip", [backwards(None), backwards(-1, -1, -2)])
def test_where_nothing_tells_it_is_refused(clip: otio.schema.Clip) -> None:
    with pytest.raises(UnsupportedEdit, match="plays backwards"):
        part(clip, 10, 30, R)


FCPXML = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE fcpxml>
<fcpxml version="1.11"><resources><format id="r1" frameDuration="1/25s"/>
<asset id="r2" name="a" start="0s" duration="40s" hasVideo="1" hasAudio="1"><media-rep src="file:///m/a.mov"/>
</asset></resources><project name="p"><sequence format="r1" duration="8s"><spine>
<asset-clip ref="r2" offset="0s" name="a" start="2s" duration="8s"><timeMap><timept time="0s" value="40s"/>
<timept time="20s" value="0s"/></timeMap><asset-clip ref="r2" lane="1" offset="3s" name="b" start="2s"
duration="4s"><timeMap><timept time="0s" value="40s"/><timept time="40s" value="0s"/></timeMap>
<marker start="3s" duration="1/25s" value="M"/></asset-clip></asset-clip></spine>
</sequence></project></fcpxml>
"""


def test_in_fcpxml_its_own_time_goes_on_under_its_time_map(tmp_path: Path) -> None:
    (tmp_path / "b.fcpxml").write_text(FCPXML, "utf-8")
    answer = check(tmp_path / "b.fcpxml", keep=tmp_path / "out.fcpxml").checked
    assert (answer.refused, answer.lost) == (None, ())
    clips = etree.parse(tmp_path / "out.fcpxml").getroot().findall(".//asset-clip[@name='a']")
    assert [(one.get("start"), one.get("duration")) for one in clips] == [
        ("2s", "98/25s"),
        ("153/25s", "97/25s"),
    ]


KDENLIVE = """<?xml version='1.0' encoding='utf-8'?>
<mlt LC_NUMERIC="C" producer="main_bin" version="7.9.0"><profile frame_rate_num="25" frame_rate_den="1"/>
<producer id="producer0"><property name="length">471</property>
<property name="resource">-1:/m/a.mov</property><property name="warp_speed">-1</property>
<property name="warp_resource">/m/a.mov</property>
<property name="mlt_service">timewarp</property><property name="kdenlive:id">2</property></producer>
<playlist id="main_bin"><property name="kdenlive:docproperties.version">1.04</property>
<entry producer="producer0"/></playlist>
<playlist id="playlist0"><entry producer="producer0" in="00:00:01.000" out="00:00:04.960"/></playlist>
<playlist id="playlist1"/><tractor id="tractor0"><track hide="audio" producer="playlist0"/>
<track hide="audio" producer="playlist1"/></tractor><tractor id="main"><track producer="tractor0"/></tractor>
</mlt>
"""


def test_in_kdenlive_it_counts_the_frames_of_the_reversed_media(tmp_path: Path) -> None:
    (tmp_path / "b.kdenlive").write_text(KDENLIVE, "utf-8")
    answer = check(tmp_path / "b.kdenlive", keep=tmp_path / "out.kdenlive").checked
    assert (answer.refused, answer.lost) == (None, ())
    cuts = etree.parse(tmp_path / "out.kdenlive").getroot().findall("playlist[@id='playlist0']/entry")
    assert [(one.get("in"), one.get("out")) for one in cuts] == [
        ("00:00:01.000", "00:00:02.880"),
        ("00:00:03.120", "00:00:04.960"),
    ]
